"""A tracking plan at work: which rows break it, column by column, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from qunxiang.catalog import (
    Action,
    PlanDefinition,
    PlannedEvent,
    PlannedProperty,
    matches,
)
from qunxiang.cleaning.faults import ROW
from qunxiang.cleaning.recipes import RECIPES, Options
from qunxiang.cleaning.wording import CONTEXT, PROPERTY, Told, Words
from qunxiang.sources import plain

UNKNOWN_EVENT, UNKNOWN_PROPERTY = "plan.unknown_event", "plan.unknown_property"
_VALUE = 2_000  # letters of a value shown with why it was set aside


@dataclass(frozen=True)
class Violation:
    """Rows that break the plan in one way.

    Attributes:
        code: what is wrong, as `plan.range`.
        word: the property.
        column: where it stands; None if it is not there at all.
        action: what is to become of them.
        hit: for each row whether it is one of them.
    """

    code: str
    word: str
    column: str | None
    action: Action
    hit: pl.Series


@dataclass
class Sifted:
    """Rows that passed, their numbers, and what was set aside of the others."""

    frame: pl.DataFrame
    numbers: pl.Series
    faults: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    dropped: int = 0


class Gate:
    """A plan, ready to judge rows.

    Args:
        plan: the plan.
        options: how values are read.
        accepted: events, or properties of events (None for the whole), that are taken as they are.
    """

    def __init__(
        self,
        plan: PlanDefinition,
        options: Options,
        accepted: frozenset[tuple[str, str | None]] = frozenset(),
    ) -> None:
        self.plan = plan
        self._options = options
        self._events = {plain(e.event): e for e in plan.events}
        self._accepted = accepted

    def find(self, names: frozenset[str]) -> PlannedEvent | None:
        """Return the event that is planned under one of some words."""
        return next((self._events[n] for n in sorted(names) if n in self._events), None)

    def accepts(self, names: frozenset[str], words: frozenset[str] | None = None) -> bool:
        """Say whether an event, or a property of it, is taken as it is."""
        return any(
            (name, word) in self._accepted for name in names for word in (None, *(words or ()))
        )

    def judge(
        self,
        names: frozenset[str],
        frame: pl.DataFrame,
        told: Sequence[Told],
        words: Words,
    ) -> Iterator[Violation]:
        """Yield how rows of one event break the plan.

        Args:
            names: the words for the event.
            frame: their columns, as text.
            told: which columns say something.
            words: the catalog's words for the event's properties.
        """
        event = self.find(names)
        if self.accepts(names):
            return
        if event is None:
            whole = pl.repeat(value=True, n=len(frame), eager=True)
            yield Violation(UNKNOWN_EVENT, "", None, self.plan.unknown_event, whole)
            return
        known: set[str] = set()
        for prop in event.properties:
            called = words.all(prop.name)
            mine = [t for t in told if called & t.words]
            known.update(t.column for t in mine)
            if not self.accepts(names, called):
                yield from self._judge_property(prop, frame, [t.column for t in mine])
        action = event.unknown_property or self.plan.unknown_property
        for one in told:
            if one.own and one.column not in known and not self.accepts(names, one.words):
                hit = frame[one.column].is_not_null()
                yield Violation(UNKNOWN_PROPERTY, one.word, one.column, action, hit)

    def _judge_property(
        self, prop: PlannedProperty, frame: pl.DataFrame, columns: list[str]
    ) -> Iterator[Violation]:
        actions = self.plan.actions
        column = columns[0] if columns else None
        empty = pl.repeat(None, len(frame), dtype=pl.String, eager=True)
        raw = frame.select(pl.coalesce(columns)).to_series() if columns else empty
        text = raw.cast(pl.String).str.strip_chars()
        there = (text != "").fill_null(value=False)
        if prop.required:
            yield Violation("plan.required", prop.name, column, actions.required, ~there)
        if column is None:
            return
        if prop.value is not None and prop.value != "text":
            read = RECIPES[prop.value](raw, self._options)
            yield Violation(
                "plan.type", prop.name, column, actions.type, read.faults.is_not_null() & there
            )
            yield from self._judge_range(prop, column, read.values)
        if prop.choices:
            hit = there & ~text.is_in(list(prop.choices)).fill_null(value=False)
            yield Violation("plan.choice", prop.name, column, actions.choice, hit)
        if prop.pattern is not None:
            good = pl.Series(matches(text.to_arrow(), prop.pattern)).fill_null(value=False)
            yield Violation("plan.pattern", prop.name, column, actions.pattern, there & ~good)
        if prop.max_length is not None:
            hit = (text.str.len_chars() > prop.max_length).fill_null(value=False)
            yield Violation("plan.length", prop.name, column, actions.length, hit)

    def _judge_range(
        self, prop: PlannedProperty, column: str, values: pl.Series
    ) -> Iterator[Violation]:
        if prop.min is None and prop.max is None:
            return
        numbers = values.cast(pl.Float64)
        low = numbers < (float("-inf") if prop.min is None else prop.min)
        high = numbers > (float("inf") if prop.max is None else prop.max)
        hit = (low | high).fill_null(value=False)
        yield Violation("plan.range", prop.name, column, self.plan.actions.range, hit)

    def sift(
        self,
        names: frozenset[str],
        rows: tuple[pl.DataFrame, pl.Series],
        told: Sequence[Told],
        words: Words,
    ) -> Sifted:
        """Do with rows of one event what the plan says; a row is set aside for one reason only."""
        frame, numbers = rows
        out = Sifted(frame, numbers)
        gone = pl.repeat(value=False, n=len(frame), eager=True)
        emptied: dict[str, pl.Series] = {}
        for broken in self.judge(names, frame, told, words):
            hit = broken.hit & ~gone
            if broken.action == "allow" or not broken.hit.any():
                continue
            if broken.action == "drop" and broken.code == UNKNOWN_EVENT:
                out.dropped = len(frame)
                return Sifted(frame.clear(), numbers.clear(), [], out.dropped)
            whole = broken.action != "drop"
            if hit.any() and (whole or broken.code != UNKNOWN_PROPERTY):
                out.faults.append(_list(broken, frame, numbers, hit, whole=whole))
            if whole:
                gone |= hit
            elif broken.column is not None:
                before = emptied.get(broken.column)
                every = broken.hit
                emptied[broken.column] = every if before is None else before | every
        for column, hit in emptied.items():
            kept = pl.when(~hit).then(pl.col(column)).alias(column)
            out.frame = out.frame.with_columns(kept)
        if gone.any():
            out.frame, out.numbers = out.frame.filter(~gone), out.numbers.filter(~gone)
        if emptied or gone.any():
            # Columns of messages are named by what is in them: what nothing is left of has no name.
            left = [t.column for t in told if t.column.startswith((PROPERTY, CONTEXT))]
            size = len(out.frame)
            out.frame = out.frame.drop([c for c in left if out.frame[c].null_count() == size])
        return out


def _list(
    broken: Violation, frame: pl.DataFrame, numbers: pl.Series, hit: pl.Series, *, whole: bool
) -> pl.DataFrame:
    """Return the rows that are set aside, or of which a value is, under their reason."""
    values = pl.repeat(None, len(frame), dtype=pl.String, eager=True)
    if broken.column is not None:
        values = frame[broken.column].cast(pl.String).str.head(_VALUE)
    return pl.DataFrame({ROW: numbers.filter(hit), "value": values.filter(hit)}).select(
        ROW,
        pl.lit(broken.column or broken.word).alias("column"),
        pl.lit(broken.code).alias("code"),
        "value",
        pl.lit(whole).alias("whole_row"),
    )
