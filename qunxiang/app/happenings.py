"""What happened to one person, newest first, a page at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.catalog import EventDefinition
from qunxiang.engine import Timeline
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller, as_field, is_masked, mask
from qunxiang.language import Kind
from qunxiang.profiles import SOURCE

Plain = str | bool | int | float | list[str] | None
Keys = NDArray[np.int64]


@dataclass(frozen=True)
class PropertyShown:
    """A property of something that happened, masked by right."""

    name: str
    zh: str
    en: str
    kind: Kind
    value: Plain


@dataclass(frozen=True)
class EventShown:
    """Something that happened to a person; `id` is its place in the timeline."""

    id: str
    event: str
    zh: str
    en: str
    at: datetime
    source: str | None
    properties: tuple[PropertyShown, ...]


@dataclass(frozen=True)
class EventCount:
    """How often something happened to a person."""

    event: str
    zh: str
    en: str
    count: int


@dataclass(frozen=True)
class TimelinePage:
    """A page of a timeline; `next` is what to ask for the one after it, null on the last."""

    events: tuple[EventShown, ...]
    next: str | None
    counts: tuple[EventCount, ...]


@dataclass(frozen=True)
class _Mine:
    """One person's events of one kind."""

    event: EventDefinition
    timeline: Timeline
    places: Keys


class Happenings:
    """Tells what happened to one person, for whoever asks."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house = house
        self._caller = caller

    def counts(self, person: int) -> tuple[EventCount, ...]:
        """Return how often each event happened to a person, the most frequent first."""
        found = [
            EventCount(m.event.name, m.event.zh, m.event.en, m.places.size)
            for m in self._mine(person)
        ]
        return tuple(sorted(found, key=lambda each: -each.count))

    def ends(self, person: int) -> tuple[datetime | None, datetime | None]:
        """Return when the first and the last thing happened to a person."""
        at = [m.timeline.at[m.places] for m in self._mine(person)]
        if not at:
            return None, None
        first, last = min(int(a[0]) for a in at), max(int(a[-1]) for a in at)
        return clock.moment(first), clock.moment(last)

    def after(self, day: date) -> str:
        """Return the place in a timeline right after a local day, to ask for the page before it."""
        zone = ZoneInfo(self._house.settings.time_zone)
        following = datetime.combine(day + timedelta(days=1), time(), zone)
        return f"{clock.micros(following)}.0."

    def page(
        self, person: int, *, before: str | None = None, limit: int = 50, events: Sequence[str] = ()
    ) -> TimelinePage:
        """Return a page of a person's timeline, newest first.

        Args:
            person: whose.
            before: the `next` of the page before; None for the newest.
            limit: how many at most.
            events: names or labels of the events to show; none for all.

        Raises:
            QunxiangError: app.bad_cursor; language.event_unknown.
        """
        schema = self._house.schema()
        wanted = {schema.find_event(name).name for name in events}
        mine = [m for m in self._mine(person) if not wanted or m.event.name in wanted]
        keys = _keys(mine)
        if before is not None:
            keys = keys[:, _earlier(keys, before, [m.event.name for m in mine])]
        order = np.lexsort((keys[2], keys[1], keys[0]))[::-1]
        page = keys[:, order[:limit]]
        shown = self._show(mine, page)
        following = shown[-1].id if order.size > limit else None
        return TimelinePage(shown, following, self.counts(person))

    def _mine(self, person: int) -> list[_Mine]:
        out: list[_Mine] = []
        for name, event in sorted(self._house.catalog.all(EventDefinition).items()):
            timeline = self._house.people.timeline(name)
            span = slice(0, 0) if timeline is None else timeline.of(person)
            if timeline is not None and span.stop > span.start:
                out.append(_Mine(event, timeline, np.arange(span.start, span.stop)))
        return out

    def _show(self, mine: list[_Mine], page: Keys) -> tuple[EventShown, ...]:
        out: dict[int, EventShown] = {}
        for code, each in enumerate(mine):
            which = np.flatnonzero(page[1] == code)
            rows = self._rows(each, page[3, which])
            sources = rows.pop(SOURCE, None)
            for turn, place in enumerate(which.tolist()):
                at, same = int(page[0, place]), int(page[2, place])
                out[place] = EventShown(
                    f"{at}.{same}.{each.event.name}",
                    each.event.name,
                    each.event.zh,
                    each.event.en,
                    clock.moment(at),
                    sources[turn].value if sources else None,  # pyright: ignore[reportArgumentType] it is text
                    tuple(values[turn] for values in rows.values() if _is_told(values[turn].value)),
                )
        return tuple(out[place] for place in sorted(out))

    def _rows(self, mine: _Mine, places: Keys) -> dict[str, list[PropertyShown]]:
        """Return each property of some of the events, masked for those who may not see it."""
        out: dict[str, list[PropertyShown]] = {}
        for name in mine.timeline.properties():
            column = mine.timeline.property(name).take(places)
            info, values = mine.event.property(name), column.arrow()
            if info is not None and is_masked(info) and not self._caller.may("personal"):
                values = mask(values, as_field(info))
            labels = ("", "") if info is None else (info.zh, info.en)
            out[name] = [
                PropertyShown(name, *labels, column.kind, make_plain(value))
                for value in values.to_pylist()
            ]
        return out


def _keys(mine: list[_Mine]) -> Keys:
    """Return of each event: when, which kind, how many of it came before at that time, its place."""
    parts = [np.zeros((4, 0), np.int64)]
    for code, each in enumerate(mine):
        at = each.timeline.at[each.places].astype(np.int64)
        same = np.arange(at.size) - np.searchsorted(at, at)
        parts.append(np.stack([at, np.full(at.size, code), same, each.places]))
    return np.concatenate(parts, axis=1)


def _earlier(keys: Keys, before: str, names: list[str]) -> NDArray[np.bool_]:
    """Say which events stand before a place in the timeline, whatever was added since."""
    at, _, rest = before.partition(".")
    same, _, name = rest.partition(".")
    if not (at.removeprefix("-").isdecimal() and same.isdecimal() and len(at) < 20):
        raise QunxiangError("app.bad_cursor", where="before", cursor=before)
    then, code = int(at), bisect_left(names, name)
    known = code < len(names) and names[code] == name
    again = (keys[1] < code) | ((keys[1] == code) & (keys[2] < int(same)) & known)
    return (keys[0] < then) | ((keys[0] == then) & again)


def _is_told(value: Plain) -> bool:
    return value is not None and value != []


def make_plain(value: Any) -> Plain:
    """Return a value of a column as JSON holds it: money as a number, times as ISO 8601."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.as_py() if isinstance(value, pa.Scalar) else value
