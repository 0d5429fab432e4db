"""Gather: the circles touched, with all that is known of their people, into a small house."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qunxiang.app.house import House
from qunxiang.app.live.layers import Layer, Numbers
from qunxiang.cleaning import (
    CUSTOMER_ROWS,
    IDENTIFIERS,
    PARTINGS,
    REPEATS,
    SIGHTINGS,
    event_table,
)
from qunxiang.engine import Column, MemoryShelf, MemoryWarehouse, Shelf, join
from qunxiang.identity import ANCHOR, CIRCLE_NODES, NODE_ID, PARTED, SHARED, SIGHTED, TYPE, VALUE
from qunxiang.profiles import FIELD, PORTRAIT, RECORD_KEYS, RECORDS

_NO_TEXT = pa.array([], pa.string())


@dataclass(frozen=True)
class Gathered:
    """A small house with what was known, before anything new: layers may be made of it.

    Args:
        house: the small house; its tables are filled, its shelf has who was whom.
        nodes: the number of each identifier among all.
        persons: the number of each person among all.
        mine: which identifiers belong to the circles gathered.
        shared: the places of the identifiers that too many have.
        carried: columns of the portrait that are taken over, one value for each person.
    """

    house: House
    nodes: Numbers
    persons: Numbers
    mine: NDArray[np.bool_]
    shared: NDArray[np.int32]
    carried: dict[str, Column]


def gather(
    house: House, wanted: Sequence[tuple[Layer, Numbers]], carried: Iterable[str] = ()
) -> Gathered:
    """Gather circles into a small house.

    Args:
        house: the house whose truth and definitions hold.
        wanted: layers, and which of their circles.
        carried: columns of the portrait that are taken over as they are.
    """
    parts = [_Part(layer, circles) for layer, circles in wanted]
    mine = np.sort(_joined([p.layer.nodes[p.own] for p in parts]))
    beyond = np.setdiff1d(_joined([p.layer.nodes[p.right] for p in parts]), mine)
    index = _Index(np.concatenate([mine, beyond]))
    warehouse, shelf = MemoryWarehouse(), MemoryShelf()
    small = house.over(warehouse, shelf)
    small.cleaning.prepare()
    places = [index.of(p.layer.nodes[p.nodes]) for p in parts]
    known = {
        name: _by_place(
            [p.shelf.column(name).values[p.nodes] for p in parts],
            places,
            np.zeros(index.size, kind),
        )
        for name, kind in ((NODE_ID, np.uint64), (SHARED, np.int8))
    }
    _put_nodes(warehouse, parts, places, index.size)
    for part in parts:
        _put_pairs(warehouse, part, index)
        _put_records(warehouse, part, index)
        _put_events(warehouse, part, index)
    _put_repeats(warehouse)
    persons, first = _put_persons(shelf, parts, index, known[NODE_ID])
    flags = np.zeros(index.size, np.bool_)
    flags[: mine.size] = True
    shared = np.flatnonzero(known[SHARED] == 1).astype(np.int32)
    columns = {name: join([_take(p, PORTRAIT + name) for p in parts]) for name in carried}
    taken = {PORTRAIT + n: c.take(first) for n, c in columns.items() if c is not None}
    return Gathered(small, index.numbers, persons, flags, shared, taken)


class _Index:
    """Finds the place of an identifier among those gathered by its number among all."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.size = numbers.size
        self._turn = np.argsort(numbers, kind="stable")

    def of(self, numbers: Numbers) -> NDArray[np.int32]:
        """Return the places of identifiers that were gathered."""
        found = np.searchsorted(self.numbers, numbers, sorter=self._turn)
        return self._turn[found].astype(np.int32)


class _Part:
    """The circles of one layer: their identifiers, sightings, and people, by their places there."""

    def __init__(self, layer: Layer, circles: Numbers) -> None:
        self.layer = layer
        self.shelf: Shelf = layer.house.shelf
        members = self.shelf.column(CIRCLE_NODES + "of").values
        self.own = members[_slices(self._offsets(CIRCLE_NODES), circles)].astype(np.int64)
        self.pairs = {p: _slices(self._offsets(p), circles) for p in (SIGHTED, PARTED)}
        self.right = _joined(
            [self.shelf.column(p + "right").values[rows] for p, rows in self.pairs.items()]
        )
        # Those of other circles are values that many share: at most the right end of a pair.
        self.nodes = np.union1d(self.own, self.right)
        people = layer.person_of_anchor[self.nodes]
        self.persons = people[people >= 0]
        self.owners = np.sort(layer.person_of_anchor[self.own])
        self.owners = self.owners[self.owners >= 0]

    def _offsets(self, prefix: str) -> Numbers:
        return self.shelf.column(prefix + "offsets").values

    def rows(self, prefix: str) -> Numbers:
        """Return the places of the rows, clustered by person, that are of the people at home."""
        people = self.shelf.column(prefix + "people").values
        offsets = self._offsets(prefix)
        if not people.size:
            return np.zeros(0, np.int64)
        at = np.minimum(np.searchsorted(people, self.owners), people.size - 1)
        return _slices(offsets, at[people[at] == self.owners])


def _put_nodes(
    warehouse: MemoryWarehouse, parts: list[_Part], places: list[NDArray[np.int32]], size: int
) -> None:
    every = _joined(places)
    _, first = np.unique(every, return_index=True)
    columns = {
        name: pa.concat_arrays(
            [_NO_TEXT, *(p.shelf.column(column).take(p.nodes).arrow() for p in parts)]
        ).take(pa.array(first))
        for name, column in (("type", TYPE), ("value", VALUE))
    }
    assert first.size == size, "every identifier gathered is known"
    nodes = pa.array(np.arange(size, dtype=np.int32))
    warehouse.insert(IDENTIFIERS, pa.table({"node": nodes, **columns}))


def _put_pairs(warehouse: MemoryWarehouse, part: _Part, index: _Index) -> None:
    for prefix, table in ((SIGHTED, SIGHTINGS), (PARTED, PARTINGS)):
        rows = part.pairs[prefix]
        found = {
            name: _arrow(part.shelf.column(prefix + name), rows)
            for name in warehouse.columns(table)
            if prefix + name in part.shelf
        }
        for side in ("left", "right"):
            nodes = part.shelf.column(prefix + side).values[rows]
            found[side] = pa.array(index.of(part.layer.nodes[nodes]))
        _insert(warehouse, table, found)


def _put_records(warehouse: MemoryWarehouse, part: _Part, index: _Index) -> None:
    if RECORDS + "people" not in part.shelf:
        return
    rows = part.rows(RECORDS)
    found: dict[str, pa.Array] = {}
    for name in RECORD_KEYS:
        found[name] = _arrow(part.shelf.column(RECORDS + name), rows)
    for name in part.shelf.names(FIELD):
        found[name.removeprefix(FIELD)] = _arrow(part.shelf.column(name), rows)
    actors = part.shelf.column(RECORDS + "actor").values[rows]
    found["actor"] = pa.array(index.of(part.layer.nodes[actors]))
    _insert(warehouse, CUSTOMER_ROWS, found)


def _put_events(warehouse: MemoryWarehouse, part: _Part, index: _Index) -> None:
    for name in [n for n in part.shelf.names("timeline/") if n.endswith("/people")]:
        prefix = name.removesuffix("people")
        event = prefix.removeprefix("timeline/").removesuffix("/")
        rows = part.rows(prefix)
        if not rows.size:
            continue
        nothing = pa.array(np.zeros(rows.size, np.int64))
        found = {"import_no": nothing, "row_no": nothing, "content": nothing}
        found["row_id"] = pa.array(part.shelf.column(prefix + "row").values[rows])
        found["at"] = _arrow(part.shelf.column(prefix + "at"), rows)
        actors = part.shelf.column(prefix + "actor").values[rows]
        found["actor"] = pa.array(index.of(part.layer.nodes[actors]))
        for column in part.shelf.names(prefix + "of/"):
            found[column.removeprefix(prefix + "of/")] = _arrow(part.shelf.column(column), rows)
        _insert(warehouse, event_table(event), found)


def _put_repeats(warehouse: MemoryWarehouse) -> None:
    """Note of which records several versions were gathered; of events only those in force were."""
    counted = (
        warehouse.read(CUSTOMER_ROWS, ["row_id"]).group_by("row_id").aggregate([([], "count_all")])
    )
    several = counted.filter(pc.greater(counted["count_all"], 1))["row_id"].combine_chunks()
    names = pa.array([CUSTOMER_ROWS] * len(several), pa.string())
    warehouse.insert(REPEATS, pa.table({"table": names, "row_id": several}))


def _put_persons(
    shelf: MemoryShelf,
    parts: list[_Part],
    index: _Index,
    ids: NDArray[np.uint64],
) -> tuple[Numbers, Numbers]:
    """Put on the shelf who was whom; return the people's numbers, and where each comes first."""
    numbers = _joined([p.layer.persons[p.persons] for p in parts])
    anchors = _joined([p.layer.nodes[p.shelf.column(ANCHOR).values[p.persons]] for p in parts])
    persons, first = np.unique(numbers, return_index=True)
    columns = {
        ANCHOR: Column("number", index.of(anchors[first])),
        NODE_ID: Column("number", ids),
    }
    shelf.publish(columns)
    return persons, first


def _take(part: _Part, name: str) -> Column | int:
    """Return a column of the portrait of a part's people, or how many there are if it is not there."""
    return part.shelf.column(name).take(part.persons) if name in part.shelf else part.persons.size


def _insert(warehouse: MemoryWarehouse, table: str, found: dict[str, pa.Array]) -> None:
    there = set(warehouse.columns(table))
    warehouse.insert(table, pa.table({n: v for n, v in found.items() if n in there}))


def _arrow(column: Column, rows: Numbers) -> pa.Array:
    if column.values.dtype.kind == "u":  # a hash, of which none is unknown
        return pa.array(column.values[rows])
    return column.take(rows).arrow()


def _by_place(
    values: list[NDArray[Any]], places: list[NDArray[np.int32]], out: NDArray[Any]
) -> NDArray[Any]:
    for part, place in zip(values, places, strict=True):
        out[place] = part
    return out


def _joined(parts: Sequence[NDArray[np.integer]]) -> Numbers:
    return np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)


def _slices(offsets: Numbers, chosen: Numbers) -> Numbers:
    """Return the places in some of the runs that offsets mark, one run after the other."""
    sizes = offsets[chosen + 1] - offsets[chosen]
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if ends.size else 0
    return np.arange(total) + np.repeat(offsets[chosen] - (ends - sizes), sizes)
