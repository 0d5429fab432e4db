"""What events look like as they have come: by source, their days, and what their properties hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from qunxiang.app.house import House
from qunxiang.catalog import EventDefinition, PropertyDefinition
from qunxiang.cleaning import event_table
from qunxiang.engine import count_by_day, describe
from qunxiang.governance import Caller, as_field, is_masked, mask

MOST_TOP = 21  # one more than make a list of choices


@dataclass(frozen=True)
class PropertySeen:
    """What a property holds in the rows of one source; values as text, the most frequent first."""

    name: str
    value: str
    filled: int
    distinct: int
    least: str | None
    greatest: str | None
    top: tuple[str, ...]


@dataclass(frozen=True)
class DayCount:
    """The rows of a day, and how many of them have each property."""

    day: dt.date
    rows: int
    filled: dict[str, int]


@dataclass(frozen=True)
class EventSeen:
    """An event as one source sends it: its days in order."""

    source: str
    event: str
    rows: int
    days: tuple[DayCount, ...]


def see_events(house: House) -> list[EventSeen]:
    """Return what has come, by source and event; once for each version of the data."""
    return house.once("seen events", lambda: _see_events(house))


def _see_events(house: House) -> list[EventSeen]:
    out: list[EventSeen] = []
    for event in house.catalog.all(EventDefinition).values():
        table = event_table(event.name)
        if not house.warehouse.count(table):
            continue
        names = [p.name for p in _properties(house, event)]
        zone = house.settings.time_zone
        found = count_by_day(house.warehouse, table, names, by="source", at="at", zone=zone)
        by_source: dict[str, list[DayCount]] = {}
        for row in found.to_pylist():
            filled = {n: row[n] for n in names}
            by_source.setdefault(row["source"], []).append(
                DayCount(row["day"], row["rows"], filled)
            )
        for source, days in by_source.items():
            rows = sum(d.rows for d in days)
            out.append(EventSeen(source, event.name, rows, tuple(days)))
    return sorted(out, key=lambda e: (e.source, e.event))


def see_properties(house: House, caller: Caller, source: str, event: str) -> list[PropertySeen]:
    """Return what the properties of an event hold in the rows of a source, masked by right.

    Raises:
        QunxiangError: catalog.not_found, if there is no such event.
    """
    definition = house.catalog.get(EventDefinition, event)
    told: dict[str, dict[str, Any]] = house.once(
        f"seen properties {source}\0{event}", lambda: _describe(house, definition, source)
    )
    one = next((e for e in see_events(house) if (e.source, e.event) == (source, event)), None)
    out: list[PropertySeen] = []
    for prop in _properties(house, definition) if one is not None else ():
        assert one is not None
        row = told[prop.name]
        texts = [row["least"], row["greatest"], *(row["top"] or ())]
        if is_masked(prop) and not caller.may("personal"):
            texts = mask(pa.array(texts, pa.string()), as_field(prop)).to_pylist()
        least, greatest, *top = texts
        filled = sum(d.filled[prop.name] for d in one.days)
        out.append(
            PropertySeen(
                prop.name, prop.value, filled, row["distinct"], least, greatest, tuple(top)
            )
        )
    return out


def _describe(house: House, event: EventDefinition, source: str) -> dict[str, dict[str, Any]]:
    names = [p.name for p in _properties(house, event)]
    if not names:
        return {}
    table = event_table(event.name)
    found = describe(house.warehouse, table, names, by="source", most=MOST_TOP).to_pylist()
    return {row["column"]: row for row in found if row["source"] == source}


def _properties(house: House, event: EventDefinition) -> list[PropertyDefinition]:
    """Return the properties of an event that its table has a column for."""
    there = set(house.warehouse.columns(event_table(event.name)))
    return [p for p in event.properties if p.name in there]
