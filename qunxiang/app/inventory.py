"""What the catalog holds and how full it is: fields and events with their values and sources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from qunxiang import clock
from qunxiang.app.columns import COUNTED, ValueCount, top_values
from qunxiang.app.house import House
from qunxiang.app.labels import Labels, label_values
from qunxiang.app.tag_states import count_distinct
from qunxiang.app.uses import Use, find_uses
from qunxiang.catalog import EventDefinition, FieldDefinition, PropertyDefinition, Stored
from qunxiang.engine import Column, Timeline
from qunxiang.governance import Caller, is_masked
from qunxiang.language import Kind
from qunxiang.profiles import SOURCE, kind_of

_SHOWN = 10
_MOST_WORDS = 10_000  # beyond, a column names things rather than sorts them


@dataclass(frozen=True)
class SourceCount:
    """A source, and of how many people (or events) it gave the value in force."""

    source: str
    count: int


@dataclass(frozen=True)
class FieldState:
    """A field and how well it is known; `last_at` is when the newest import with a value in force came."""

    definition: FieldDefinition
    kind: Kind
    version: int
    author: str | None
    at: str | None
    people: int
    coverage: float
    distinct: int
    masked: bool
    values: tuple[ValueCount, ...] | None
    last_at: datetime | None
    sources: tuple[SourceCount, ...]
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class PropertyState:
    """A property of an event, and what share of the events has it."""

    definition: PropertyDefinition
    kind: Kind
    fill: float
    masked: bool
    values: tuple[ValueCount, ...] | None


@dataclass(frozen=True)
class EventState:
    """An event: how often it happened, to how many people, when, and by whom it was told."""

    definition: EventDefinition
    version: int
    author: str | None
    at: str | None
    count: int
    people: int
    first_at: datetime | None
    last_at: datetime | None
    properties: tuple[PropertyState, ...]
    sources: tuple[SourceCount, ...]
    uses: tuple[Use, ...]


class Inventory:
    """Tells what is in the catalog, for whoever asks."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house = house
        self._personal = caller.may("personal")

    def fields(self) -> tuple[FieldState, ...]:
        """Return every field in force."""
        return self._house.once(f"fields {self._personal}", self._tell_fields)

    def events(self) -> tuple[EventState, ...]:
        """Return every event in force."""
        return self._house.once(f"events {self._personal}", self._tell_events)

    def _tell_fields(self) -> tuple[FieldState, ...]:
        house = self._house
        living = house.people.people.people()
        stored, uses = house.catalog.newest(FieldDefinition), find_uses(house.catalog)
        labels = label_values(house.catalog)
        out: list[FieldState] = []
        for name, field in house.catalog.all(FieldDefinition).items():
            base = FieldState(
                field,
                kind_of(field.value),
                *_envelope(stored.get(name)),
                *(0, 0.0, 0),
                is_masked(field) and not self._personal,
                *(None, None, ()),
                uses.get(("fields", name), ()),
            )
            column = house.people.column(name)
            if column is not None:
                base = self._fill(base, column.take(living), labels.get(name, {}))
            out.append(base)
        return tuple(out)

    def _fill(self, base: FieldState, column: Column, labels: Labels) -> FieldState:
        people = int(column.known().sum())
        last, sources = self._givers(base.definition.name)
        return replace(
            base,
            people=people,
            coverage=people / max(1, len(column)),
            distinct=count_distinct(column),
            values=_top(column, labels, hidden=base.masked),
            last_at=last,
            sources=sources,
        )

    def _givers(self, field: str) -> tuple[datetime | None, tuple[SourceCount, ...]]:
        """Return when the newest import with a value in force came, and what each source gave."""
        numbers = self._house.profiles.value_imports(field)
        numbers, counts = np.unique(numbers, return_counts=True)
        imports = {one.number: one for one in self._house.sources.all()}
        given: dict[str, int] = {}
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            source = imports[number].source
            given[source] = given.get(source, 0) + count
        came = [datetime.fromisoformat(imports[number].at) for number in numbers.tolist()]
        ordered = sorted(given.items(), key=lambda each: -each[1])
        return max(came, default=None), tuple(SourceCount(*each) for each in ordered)

    def _tell_events(self) -> tuple[EventState, ...]:
        house = self._house
        stored, uses = house.catalog.newest(EventDefinition), find_uses(house.catalog)
        out: list[EventState] = []
        for name, event in house.catalog.all(EventDefinition).items():
            timeline = house.people.timeline(name)
            at = np.zeros(0, np.int64) if timeline is None else timeline.at
            out.append(
                EventState(
                    event,
                    *_envelope(stored.get(name)),
                    at.size,
                    0 if timeline is None else timeline.people.size,
                    clock.moment(int(at.min())) if at.size else None,
                    clock.moment(int(at.max())) if at.size else None,
                    tuple(self._property(prop, timeline) for prop in event.properties),
                    _sources(timeline),
                    uses.get(("events", name), ()),
                )
            )
        return tuple(out)

    def _property(self, prop: PropertyDefinition, timeline: Timeline | None) -> PropertyState:
        hidden, fill, values = is_masked(prop) and not self._personal, 0.0, None
        if timeline is not None and timeline.has(prop.name):
            column = timeline.property(prop.name)
            fill = int(column.known().sum()) / max(1, len(column))
            values = _top(column, {}, hidden=hidden)
        return PropertyState(prop, kind_of(prop.value), fill, hidden, values)


def _sources(timeline: Timeline | None) -> tuple[SourceCount, ...]:
    if timeline is None or not timeline.has(SOURCE):
        return ()
    found = top_values(timeline.property(SOURCE), {}, _MOST_WORDS)
    return tuple(SourceCount(each.value, each.count) for each in found)


def _top(column: Column, labels: Labels, *, hidden: bool) -> tuple[ValueCount, ...] | None:
    if hidden or column.kind not in COUNTED or len(column.words) > _MOST_WORDS:
        return None
    return top_values(column, labels, _SHOWN)


def _envelope(stored: Stored | None) -> tuple[int, str | None, str | None]:
    return (0, None, None) if stored is None else (stored.version, stored.author, stored.at)
