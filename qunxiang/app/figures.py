"""The figures of a workspace at a glance: how many people, how many are new, active, reachable.

They are worked out from columns in one go, once for each version of the data.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.catalog import FieldDefinition
from qunxiang.engine import Bits, Shelf
from qunxiang.engine.timelines import Timeline, local_days
from qunxiang.profiles import SOURCE

# How people are reached: by identifiers of these types, or fields that hold them.
CHANNELS: dict[str, tuple[str, ...]] = {
    "phone": ("phone",),
    "mail": ("email",),
    "wechat": ("unionid", "openid", "external_userid"),
}
_LATELY = timedelta(days=30)
_MONTHS = 24


@dataclass(frozen=True)
class Month:
    """How many people came in a month, and how many there were at its end."""

    month: str
    new: int
    total: int


@dataclass(frozen=True)
class Figures:
    """What there is to say of everybody as of an instant."""

    people: int
    active: int
    new: int
    reachable: dict[str, int]
    growth: tuple[Month, ...]
    newest: dict[str, datetime]


class FiguresOf:
    """Works the figures of a workspace out, and keeps them until the data changes."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._turn = threading.Lock()
        self._known: tuple[Shelf, int, datetime, Figures] | None = None

    def at(self, as_of: datetime) -> Figures:
        """Return the figures as of the instant of the last refresh."""
        shelf = self._house.shelf
        with self._turn:
            known = self._known
            if known is None or known[0] is not shelf or known[1:3] != (shelf.version, as_of):
                version = shelf.version
                self._known = known = (shelf, version, as_of, self._work_out(as_of))
            return known[3]

    def _work_out(self, as_of: datetime) -> Figures:
        people = self._house.people
        living = people.people
        now, lately = clock.micros(as_of), clock.micros(as_of - _LATELY)
        # What is dated later than the instant was known by then all the same.
        first = np.minimum(people.first_seen()[living.people()], now)
        active = Bits.none(people.size)
        newest: dict[str, int] = {}
        for timeline in people.timelines():
            active |= _active(timeline, lately, now, people.size)
            for source, at in _newest(timeline).items():
                newest[source] = max(at, newest.get(source, at))
        return Figures(
            people=living.count(),
            active=(active & living).count(),
            new=int((first > lately).sum()),
            reachable={name: self._reached(types) for name, types in CHANNELS.items()},
            growth=_growth(first, now, self._house.settings.time_zone),
            newest={source: clock.moment(at) for source, at in newest.items()},
        )

    def _reached(self, types: tuple[str, ...]) -> int:
        people = self._house.people
        reached = self._house.identity.bearers(types)
        for name, field in self._house.catalog.all(FieldDefinition).items():
            column = people.column(name) if field.identifier in types else None
            if column is not None:
                reached |= Bits.of_flags(column.known())
        return (reached & people.people).count()


def _active(timeline: Timeline, since: int, until: int, size: int) -> Bits:
    hit = (timeline.at > since) & (timeline.at <= until)
    someone = np.logical_or.reduceat(hit, timeline.offsets[:-1])
    return Bits.of_people(timeline.people[someone], size)


def _newest(timeline: Timeline) -> dict[str, int]:
    """Return the moment of the newest event of each source."""
    if not timeline.has(SOURCE):
        return {}
    sources = timeline.property(SOURCE)
    words = sources.words.to_pylist()
    last = np.full(len(words) + 1, np.iinfo(np.int64).min)
    np.maximum.at(last, sources.values, timeline.at)  # what has no source is last of all
    there = np.flatnonzero(last[:-1] > np.iinfo(np.int64).min)
    return {str(words[code]): int(last[code]) for code in there}


def _growth(first: NDArray[np.int64], now: int, zone: str) -> tuple[Month, ...]:
    """Return the months up to now, at most two years of them, none before anybody was there."""
    known = first != 0  # the others were always there
    if not known.any():
        return ()
    days = local_days(np.append(first, now), zone).astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64)
    last = int(months[-1])
    begin = max(int(months[:-1][known].min()), last - _MONTHS + 1)
    new = np.bincount(np.maximum(months[:-1] - begin + 1, 0), minlength=last - begin + 2)
    totals = np.cumsum(new)
    names = np.arange(begin, last + 1).astype("datetime64[M]").astype(str)
    return tuple(
        Month(str(name), int(new[i + 1]), int(totals[i + 1])) for i, name in enumerate(names)
    )
