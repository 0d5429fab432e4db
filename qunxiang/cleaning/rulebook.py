"""What is done with a source's rows before they are tidied: fixes first, then the tracking plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl
import pyarrow as pa

from qunxiang.catalog import (
    Catalog,
    EventDefinition,
    FieldDefinition,
    FixDefinition,
    PlanDefinition,
)
from qunxiang.cleaning.faults import ROW
from qunxiang.cleaning.fixing import fix, sort_fixes
from qunxiang.cleaning.gate import Gate, Sifted, Violation
from qunxiang.cleaning.recipes import Options
from qunxiang.cleaning.switching import find_events
from qunxiang.cleaning.wording import PROPERTY, Told, Words, list_words, words_of_events
from qunxiang.engine import hash_strings
from qunxiang.sources import CUSTOMERS, EVENT, ColumnMapping, MappingDefinition, plain

Fixes = Sequence[FixDefinition]
# Rows of one event (or customers): columns and numbers, what the columns say, the catalog's words.
Part = tuple[str, tuple[pl.DataFrame, pl.Series], Sequence[Told], Words]


def find_plan(plans: Iterable[PlanDefinition], source: str) -> PlanDefinition | None:
    """Return the plan that covers a source: one that names it, or else one for all."""
    every = list(plans)
    named = next((p for p in every if source in p.sources), None)
    return named or next((p for p in every if not p.sources), None)


def begins_by(since: dt.date | None, day: dt.date) -> bool:
    """Say whether something that is for rows since a day is for those received on another."""
    return since is None or since <= day


@dataclass(frozen=True)
class Definitions:
    """The definitions that rules are made of."""

    plans: tuple[PlanDefinition, ...]
    fixes: tuple[FixDefinition, ...]
    events: Mapping[str, EventDefinition]
    fields: Mapping[str, FieldDefinition]

    @classmethod
    def of(cls, catalog: Catalog) -> Definitions:
        """Return those in force."""
        return cls(
            tuple(catalog.all(PlanDefinition).values()),
            tuple(f for f in catalog.all(FixDefinition).values() if f.enabled),
            catalog.all(EventDefinition),
            catalog.all(FieldDefinition),
        )

    @cached_property
    def _by_word(self) -> dict[str, str]:
        return words_of_events(self.events)

    def find(self, word: str) -> str:
        """Return the name of the event that goes by a word; the word itself if none does."""
        return self._by_word.get(plain(word), word)

    def names(self, event: str) -> frozenset[str]:
        """Return every word for an event, compared plainly."""
        found = self.events.get(self.find(event))
        told = () if found is None else (found.name, found.zh, found.en, *found.synonyms)
        return frozenset({plain(event), *(plain(w) for w in told if w)})

    def words(self, event: str) -> Words:
        """Return the words for what rows of an event say."""
        return list_words(self.find(event), self.events, self.fields)

    def rules(self, source: str, day: dt.date, options: Options) -> Rules | None:
        """Return what is done with rows of a source received on a day; None for nothing."""
        plan = find_plan(self.plans, source)
        if plan is not None and not begins_by(plan.since, day):
            plan = None
        fixes = [f for f in self.fixes if f.source == source and begins_by(f.since, day)]
        if plan is None and not fixes:
            return None
        return Rules(plan, fixes, self, options)


class Rules:
    """What is done with the rows of one source and day."""

    def __init__(
        self, plan: PlanDefinition | None, fixes: Fixes, of: Definitions, options: Options
    ) -> None:
        self._of = of
        self._fixes = fixes
        accepted = frozenset(
            (name, word)
            for f in fixes
            if f.does.do == "accept"
            for name in self.names(f.event)
            for word in ([None] if f.property is None else self.words(f.event).all(f.property))
        )
        self.gate = None if plan is None else Gate(plan, options, accepted)

    @property
    def fixes(self) -> Fixes:
        """The fixes there are."""
        return self._fixes

    @cached_property
    def renames(self) -> Mapping[str, str]:
        """Which event stands for which, the former by its plain word."""
        return {
            word: f.does.to
            for f in self._fixes
            if f.does.do == "rename_event"
            for word in self.names(f.event)
        }

    def names(self, event: str) -> frozenset[str]:
        """Return every word for an event, compared plainly."""
        return self._of.names(event)

    def words(self, event: str) -> Words:
        """Return the words for what rows of an event say."""
        return self._of.words(event)

    def planned(self, event: str) -> dict[str, str]:
        """Return how values of properties are to be written, by the plain words for them."""
        found = None if self.gate is None else self.gate.find(self.names(event))
        words = self.words(event)
        return {
            word: p.value
            for p in (() if found is None else found.properties)
            if p.value is not None
            for word in words.all(p.name)
        }

    # ── messages ─────────────────────────────────────────────────────────────────────────────────

    def treat_messages(self, what: str, batch: pa.RecordBatch, numbers: pa.Array) -> Sifted:
        """Return rows made of messages of one event, or of customers, as they are to be tidied."""
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        places = pl.Series(ROW, numbers.to_numpy(), dtype=pl.Int64)
        words = self.words(what)
        frame = self._fix(what, frame, words)
        told = [*words.of_messages(frame.columns)]
        return self._sift(what, (frame, places), told, words)

    def violations(self, what: str, frame: pl.DataFrame) -> Iterator[Violation]:
        """Yield how rows made of messages of one event break the plan, once they are put right."""
        yield from self.judge(what, frame)[1]

    def judge(self, what: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, Iterable[Violation]]:
        """Return rows made of messages of one event, put right, and how they break the plan."""
        words = self.words(what)
        frame = self._fix(what, frame, words)
        told = [*words.of_messages(frame.columns)]
        if self.gate is None or what == CUSTOMERS:
            return frame, ()
        return frame, self.gate.judge(self.names(what), frame, told, words)

    def _fix(self, what: str, frame: pl.DataFrame, words: Words) -> pl.DataFrame:
        for one in self._fixes_of(what):
            told = [*words.of_messages(frame.columns)]
            frame = fix(one, frame, told, words, PROPERTY)
        return frame

    def _fixes_of(self, what: str) -> list[FixDefinition]:
        names = self.names(what)
        return [f for f in sort_fixes(self._fixes) if plain(f.event) in names]

    def _sift(
        self,
        what: str,
        rows: tuple[pl.DataFrame, pl.Series],
        told: Sequence[Told],
        words: Words,
    ) -> Sifted:
        if self.gate is None or what in {CUSTOMERS, ""} or not len(rows[0]):
            return Sifted(*rows)
        out = self.gate.sift(self.names(what), rows, told, words)
        out.faults = [f.with_columns(pl.lit(what).alias("event")) for f in out.faults]
        return out

    # ── files ────────────────────────────────────────────────────────────────────────────────────

    def extend(self, mapping: MappingDefinition) -> MappingDefinition:
        """Return a mapping with the columns that fixes make and it does not name yet."""
        more: dict[str, str] = {}
        for one in sort_fixes(self._fixes):
            asked = {"rename": getattr(one.does, "to", None), "default": one.property}
            word = asked.get(one.does.do)
            name = None if word is None else self.words(one.event).name(word)
            if name is not None and mapping.column_for(name) is None:
                more[name] = name
        columns = tuple(ColumnMapping(column=c, to=to) for c, to in more.items())
        return mapping.model_copy(update={"columns": (*mapping.columns, *columns)})

    def treat_file(
        self, mapping: MappingDefinition, batch: pa.RecordBatch, numbers: pa.Array
    ) -> Sifted:
        """Return rows of a file as they are to be tidied, whatever events they are."""
        parts = [self._sift(*part) for part in self._parts(mapping, batch, numbers)]
        whole = pl.concat(
            [p.frame.with_columns(p.numbers.alias("\0place")) for p in parts], how="diagonal"
        ).sort("\0place")
        faults = [f for p in parts for f in p.faults]
        kept = whole["\0place"].alias(ROW)
        return Sifted(whole.drop("\0place"), kept, faults, sum(p.dropped for p in parts))

    def violations_in_file(
        self, mapping: MappingDefinition, batch: pa.RecordBatch, numbers: pa.Array
    ) -> Iterator[tuple[str, pl.DataFrame, Iterable[Violation]]]:
        """Yield, for each event in a file, the rows that are it, and how they break the plan."""
        for what, (frame, _), told, words in self._parts(mapping, batch, numbers):
            if self.gate is not None and what not in {CUSTOMERS, ""}:
                broken = self.gate.judge(self.names(what), frame, told, words)
                yield what, frame, broken

    def _parts(
        self, mapping: MappingDefinition, batch: pa.RecordBatch, numbers: pa.Array
    ) -> Iterator[Part]:
        """Yield the rows of each event, with what fixes make of them; '' for those of none."""
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        places = pl.Series(ROW, numbers.to_numpy(), dtype=pl.Int64)
        if mapping.rows == CUSTOMERS:
            yield self._part(CUSTOMERS, frame, places, mapping)
            return
        frame = self._rename_events(frame, mapping.column_for(EVENT))
        which = find_events(mapping, self._of.events, frame)
        if len(which) != len(frame):
            yield self._part(which[0], frame, places, mapping)
            return
        for name in which.unique(maintain_order=True).to_list():
            mine = which.is_null() if name is None else (which == name).fill_null(value=False)
            yield self._part(name or "", frame.filter(mine), places.filter(mine), mapping)

    def _part(
        self, what: str, frame: pl.DataFrame, places: pl.Series, mapping: MappingDefinition
    ) -> Part:
        words = self.words(what)
        for one in self._fixes_of(what):
            told = [*words.of_mapping(mapping, frame.columns)]
            frame = fix(one, frame, told, words, "")
        return what, (frame, places), [*words.of_mapping(mapping, frame.columns)], words

    def _rename_events(self, frame: pl.DataFrame, column: str | None) -> pl.DataFrame:
        if column is None or not self.renames:
            return frame
        said = frame[column].unique().drop_nulls().to_list()
        to = {word: self.renames[plain(word)] for word in said if plain(word) in self.renames}
        return frame.with_columns(pl.col(column).replace(to)) if to else frame


def mark_fixes(fixes: Iterable[FixDefinition], source: str, day: dt.date) -> int:
    """Return a mark of the fixes for rows of a source received on a day; 0 where there are none."""
    mine = sorted(
        f.model_dump_json(exclude={"zh", "en"})
        for f in fixes
        if f.enabled and f.source == source and begins_by(f.since, day)
    )
    return int(hash_strings(pa.array([repr(mine)]))[0]) >> 1 if mine else 0
