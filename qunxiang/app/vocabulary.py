"""What whoever asks may name in a rule, with the values seen: what the rule editor offers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qunxiang.app.columns import (
    COUNTED,
    ColumnInfo,
    ValueCount,
    list_columns,
    top_values,
)
from qunxiang.app.house import House
from qunxiang.app.labels import Labels, label_values
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import Definition, ListDefinition
from qunxiang.engine import Column, Timeline
from qunxiang.errors import LanguageError
from qunxiang.governance import Caller
from qunxiang.language import (
    AT,
    EventInfo,
    FieldInfo,
    FunctionInfo,
    Kind,
    Schema,
    WordTable,
    tell_grammar,
)
from qunxiang.language.nodes import Need, Op

_SHOWN = 50
_MOST_WORDS = 2_000  # of a column with more different values none stands for the others


@dataclass(frozen=True)
class FieldWord(ColumnInfo):
    """A field, score or tag as the editor offers it; `values` are the most frequent, if they may be seen."""

    hidden: bool
    coverage: float
    values: tuple[ValueCount, ...] | None


@dataclass(frozen=True)
class PropertyWord:
    """A property of an event."""

    name: str
    kind: Kind
    zh: str
    en: str
    hidden: bool
    values: tuple[ValueCount, ...] | None


@dataclass(frozen=True)
class EventWord:
    """An event: how often it happened, to how many people."""

    name: str
    zh: str
    en: str
    count: int
    people: int
    properties: tuple[PropertyWord, ...]


@dataclass(frozen=True)
class GroupWord:
    """An audience, or a list with how many people are on it now."""

    name: str
    zh: str
    en: str
    people: int | None


@dataclass(frozen=True)
class Vocabulary:
    """Everything a rule may be made of."""

    fields: tuple[FieldWord, ...]
    events: tuple[EventWord, ...]
    audiences: tuple[GroupWord, ...]
    lists: tuple[GroupWord, ...]
    operators: dict[Kind, tuple[Op, ...]]
    needs: dict[Op, Need]
    functions: tuple[FunctionInfo, ...]
    words: WordTable


class Vocabularies:
    """Tells what there is to name, for whoever asks."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house = house
        self._caller = caller

    @cached_property
    def _living(self) -> NDArray[np.int64]:
        return self._house.people.people.people()

    def tell(self) -> Vocabulary:
        """Return everything a rule of this caller's may name."""
        personal = self._caller.may("personal")
        return self._house.once(f"vocabulary {personal}", self._tell)

    def _tell(self) -> Vocabulary:
        house, grammar = self._house, tell_grammar()
        schema = house.schema(personal=self._caller.may("personal"))
        columns, labels = list_columns(house, self._caller), label_values(house.catalog)
        return Vocabulary(
            tuple(
                self._field(info, schema.fields[name], labels.get(name, {}))
                for name, info in columns.items()
                if name in schema.fields  # else it was saved between the two readings
            ),
            tuple(self._event(event) for event in schema.events.values()),
            tuple(_group(d, None) for d in house.catalog.all(AudienceDefinition).values()),
            tuple(
                _group(d, house.people.listed(d.name).count())
                for d in house.catalog.all(ListDefinition).values()
            ),
            grammar.operators,
            grammar.needs,
            grammar.functions,
            grammar.words,
        )

    def _field(self, info: ColumnInfo, word: FieldInfo, labels: Labels) -> FieldWord:
        column = self._house.people.column(info.name)
        values, coverage = None, 0.0
        if column is not None:
            mine = column.take(self._living)
            coverage = int(mine.known().sum()) / max(1, self._living.size)
            # Contacts are never offered, whoever asks: nobody chooses a phone from a list.
            if info.personal not in {"contact", "sensitive"}:
                values = _offer(mine, labels)
        return FieldWord(**vars(info), hidden=word.hidden, coverage=coverage, values=values)

    def _event(self, event: EventInfo) -> EventWord:
        timeline = self._house.people.timeline(event.name)
        count = 0 if timeline is None else timeline.at.size
        people = 0 if timeline is None else timeline.people.size
        properties = {AT.name: AT, **event.properties}
        return EventWord(
            event.name,
            event.zh,
            event.en,
            count,
            people,
            tuple(self._property(each, timeline) for each in properties.values()),
        )

    def _property(self, info: FieldInfo, timeline: Timeline | None) -> PropertyWord:
        values = None
        if timeline is not None and timeline.has(info.name) and not info.hidden:
            values = _offer(timeline.property(info.name), {})
        return PropertyWord(info.name, info.kind, info.zh, info.en, info.hidden, values)

    # ── suggestions ──────────────────────────────────────────────────────────────────────────────

    def suggest_values(self, name: str, text: str, limit: int) -> tuple[ValueCount, ...]:
        """Return the values of a field that contain a text, the most frequent first.

        Raises:
            LanguageError: language.field_unknown; language.field_hidden.
        """
        info = self._schema().find_field(name)
        _refuse_hidden(info)
        column = self._house.people.column(info.name)
        if column is None:
            return ()
        mine = column.take(self._living)
        return self._containing(mine, text, limit, info.name)

    def suggest_event_values(
        self, event: str, name: str, text: str, limit: int
    ) -> tuple[ValueCount, ...]:
        """Return the values of an event's property that contain a text, the most frequent first."""
        found = self._schema().find_event(event)
        info = found.find_property(name)
        _refuse_hidden(info)
        timeline = self._house.people.timeline(found.name)
        if timeline is None or not timeline.has(info.name):
            return ()
        return self._containing(timeline.property(info.name), text, limit, None)

    def _schema(self) -> Schema:
        return self._house.schema(personal=self._caller.may("personal"))

    def _containing(
        self, column: Column, text: str, limit: int, name: str | None
    ) -> tuple[ValueCount, ...]:
        if column.kind not in {"text", "texts"}:
            return ()
        fits = pc.match_substring(column.words, text, ignore_case=True)
        codes = pc.if_else(fits, pa.array(np.arange(len(fits))), -1).to_numpy()
        kept = codes[column.values[column.values >= 0]]
        labels = {} if name is None else label_values(self._house.catalog).get(name, {})
        return top_values(replace(column, values=kept, offsets=None), labels, limit)


def _offer(column: Column, labels: Labels) -> tuple[ValueCount, ...] | None:
    if column.kind not in COUNTED or len(column.words) > _MOST_WORDS:
        return None
    return top_values(column, labels, _SHOWN)


def _refuse_hidden(info: FieldInfo) -> None:
    if info.hidden:
        raise LanguageError("language.field_hidden", name=info.name)


def _group(definition: Definition, people: int | None) -> GroupWord:
    return GroupWord(definition.name, definition.zh, definition.en, people)
