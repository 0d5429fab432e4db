"""Timelines: one kind of event, clustered by person and in time order, as typed columns.

On the shelf a timeline is the columns `timeline/EVENT/people` (who has any), `/offsets` (where each
one's events begin), `/at`, `/day` (the local day of `at`) and `/of/PROPERTY`; whoever draws it may
add more. Only people who have
the event take room. Ties in time break by the row's id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from qunxiang.engine.columns import Column, find_places
from qunxiang.engine.shelf import Shelf

CHUNK_EVENTS = 1 << 16
DAY_MICROS = 86_400_000_000


def place(event: str) -> str:
    """Return where on the shelf the timeline of an event stands."""
    return f"timeline/{event}/"


@njit(cache=True, nogil=True)
def _starts_of(person: Any, starts: Any) -> None:
    for i in range(person.size):
        if person[i] >= 0:
            starts[person[i] + 1] += 1
    for p in range(1, starts.size):
        starts[p] += starts[p - 1]


@njit(cache=True, nogil=True)
def _scatter(person: Any, starts: Any, order: Any) -> None:
    fill = starts[:-1].copy()
    for i in range(person.size):
        p = person[i]
        if p >= 0:
            order[fill[p]] = i
            fill[p] += 1


@njit(cache=True, nogil=True)
def _sort_within(starts: Any, order: Any, at: Any, tie: Any) -> None:
    for p in range(starts.size - 1):
        begin, end = starts[p], starts[p + 1]
        sorted_already = True
        for i in range(begin + 1, end):
            a, b = order[i - 1], order[i]
            if at[a] > at[b] or (at[a] == at[b] and tie[a] > tie[b]):
                sorted_already = False
                break
        if sorted_already:
            continue
        if end - begin <= 32:
            for i in range(begin + 1, end):
                moved = order[i]
                j = i - 1
                while j >= begin and (
                    at[order[j]] > at[moved]
                    or (at[order[j]] == at[moved] and tie[order[j]] > tie[moved])
                ):
                    order[j + 1] = order[j]
                    j -= 1
                order[j + 1] = moved
            continue
        mine = order[begin:end].copy()
        mine = mine[np.argsort(tie[mine], kind="mergesort")]
        mine = mine[np.argsort(at[mine], kind="mergesort")]
        order[begin:end] = mine


def cluster(
    person: NDArray[np.int32], at: NDArray[np.int64], tie: NDArray[np.uint64], people: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Order events by person, time and tie, by a counting sort.

    Args:
        person: the person of each event, -1 for events to leave out.
        at: the time of each event, microseconds.
        tie: what orders events of one person at one time.
        people: how many person numbers there are.

    Returns:
        Who has any event (ascending), the offsets of their events, and the order: the place of
        each clustered event in the input.
    """
    starts, order = group(person, people)
    _sort_within(starts, order, at, tie)
    having = np.flatnonzero(np.diff(starts)).astype(np.int32)
    offsets = np.append(starts[having], starts[-1])
    return having, offsets, order


def group(
    owner: NDArray[np.integer[Any]], owners: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Order rows by their owner, by a counting sort that keeps the order of each one's.

    Args:
        owner: the owner of each row, -1 for rows to leave out.
        owners: how many owners there are.

    Returns:
        Where each owner's rows begin, and the end of the last; and the place of each row in the
        input.
    """
    starts = np.zeros(owners + 1, np.int64)
    _starts_of(owner, starts)
    order = np.empty(int(starts[-1]), np.int64)
    _scatter(owner, starts, order)
    return starts, order


def local_days(at: NDArray[np.int64], zone: str) -> NDArray[np.int32]:
    """Return the local day, since 1970-01-01, of each moment."""
    local = pc.local_timestamp(pa.array(at, pa.timestamp("us", zone)))
    return (np.asarray(local.cast(pa.int64())) // DAY_MICROS).astype(np.int32)


@dataclass(frozen=True)
class Chunk:
    """A run of whole people: offsets count from the chunk's first event."""

    first_person: int
    offsets: NDArray[np.int64]
    events: slice


class Timeline:
    """The events of one kind, read from the shelf as they are asked for."""

    def __init__(self, shelf: Shelf, event: str) -> None:
        self.event = event
        self.version = shelf.entry(place(event) + "at").version
        self._shelf = shelf

    @cached_property
    def people(self) -> NDArray[np.int32]:
        """Who has any of these events, ascending."""
        return self._shelf.column(place(self.event) + "people").values

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        """Where each one's events begin, and the end of the last."""
        return self._shelf.column(place(self.event) + "offsets").values

    @cached_property
    def at(self) -> NDArray[np.int64]:
        """When each event happened, microseconds."""
        return self._shelf.column(place(self.event) + "at").values

    @cached_property
    def day(self) -> NDArray[np.int32]:
        """The local day of each event."""
        return self._shelf.column(place(self.event) + "day").values

    def properties(self) -> list[str]:
        """Return the names of the properties kept."""
        prefix = place(self.event) + "of/"
        return [n.removeprefix(prefix) for n in self._shelf.names(prefix)]

    def has(self, name: str) -> bool:
        """Say whether any event of this kind ever had the property."""
        return place(self.event) + "of/" + name in self._shelf

    def property(self, name: str) -> Column:
        """Return one property, aligned to the events."""
        return self._shelf.column(place(self.event) + "of/" + name)

    def chunks(self) -> Iterator[Chunk]:
        """Yield runs of whole people of about CHUNK_EVENTS events, small enough for the cache."""
        begin = 0
        total = self.people.size
        while begin < total:
            target = int(self.offsets[begin]) + CHUNK_EVENTS
            end = max(begin + 1, int(np.searchsorted(self.offsets, target, "right")) - 1)
            end = min(end, total)
            first = int(self.offsets[begin])
            yield Chunk(
                begin, self.offsets[begin : end + 1] - first, slice(first, int(self.offsets[end]))
            )
            begin = end

    def of(self, person: int) -> slice:
        """Return where one person's events stand; an empty slice if there are none."""
        at = int(find_places(self.people, person))
        if at == self.people.size or int(self.people[at]) != person:
            return slice(0, 0)
        return slice(int(self.offsets[at]), int(self.offsets[at + 1]))


def build(
    order: NDArray[np.int64],
    having: NDArray[np.int32],
    offsets: NDArray[np.int64],
    at: NDArray[np.int64],
    zone: str,
) -> dict[str, Column]:
    """Return the columns every timeline has, by their names below its place."""
    clustered = at[order]
    return {
        "people": Column("number", having),
        "offsets": Column("number", offsets),
        "at": Column("moment", clustered),
        "day": Column("date", local_days(clustered, zone)),
    }


Reader = Callable[[str], Column]
