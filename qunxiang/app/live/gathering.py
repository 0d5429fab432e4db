"""Gather: the circles touched, with all that is known of their people, into a small house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qunxiang.app.house import House
from qunxiang.app.live.layers import Layer, Numbers, concatenated
from qunxiang.cleaning import (
    CUSTOMER_ROWS,
    IDENTIFIERS,
    PARTINGS,
    REPEATS,
    SIGHTINGS,
    event_table,
)
from qunxiang.engine import Column, MemoryShelf, MemoryWarehouse, Shelf, find_places, join
from qunxiang.identity import ANCHOR, CIRCLE_NODES, NODE_ID, PARTED, SHARED, SIGHTED, TYPE, VALUE
from qunxiang.profiles import FIELD, PORTRAIT, RECORD_KEYS, RECORDS

# What is known of identifiers, and how none would be told.
_OF_NODES = {
    TYPE: Column("text", np.zeros(0, np.int32)),
    VALUE: Column("text", np.zeros(0, np.int32)),
    NODE_ID: Column("number", np.zeros(0, np.uint64)),
    SHARED: Column("yesno", np.zeros(0, np.int8)),
}


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


def gather(house: House, parts: Sequence[Part], carried: Iterable[str] = ()) -> Gathered:
    """Gather circles into a small house.

    Args:
        house: the house whose truth and definitions hold.
        parts: circles of layers.
        carried: columns of the portrait that are taken over as they are.
    """
    mine = np.sort(concatenated([p.layer.nodes[p.own] for p in parts]))
    beyond = np.setdiff1d(concatenated([p.layer.nodes[p.right] for p in parts]), mine)
    index = Index(np.concatenate([mine, beyond]))
    warehouse, shelf = MemoryWarehouse(), MemoryShelf()
    small = house.over(warehouse, shelf)
    small.cleaning.prepare()
    known = take_nodes(parts, index)
    _put_nodes(warehouse, known)
    _put_pairs(warehouse, parts, index)
    _put_records(warehouse, parts, index)
    _put_events(warehouse, parts, index)
    _put_repeats(warehouse)
    persons, first = _put_persons(shelf, parts, index, known[NODE_ID])
    flags = np.zeros(index.size, np.bool_)
    flags[: mine.size] = True
    shared = np.flatnonzero(known[SHARED].values == 1).astype(np.int32)
    columns = {n: join([p.take(PORTRAIT + n, p.persons) for p in parts]) for n in carried}
    taken = {PORTRAIT + n: c.take(first) for n, c in columns.items() if c is not None}
    return Gathered(small, index.numbers, persons, flags, shared, taken)


class Index:
    """Finds the place of an identifier among those gathered by its number among all."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.size = numbers.size
        self._turn = np.argsort(numbers, kind="stable")

    def of(self, numbers: Numbers) -> NDArray[np.int32]:
        """Return the places of identifiers that were gathered."""
        found = np.searchsorted(self.numbers, numbers, sorter=self._turn)
        return self._turn[found].astype(np.int32)


@dataclass(frozen=True)
class Rows:
    """Rows that stand clustered by person: the place of each, and whose it is."""

    places: Numbers
    owners: Numbers


class Part:
    """Circles of one layer: their identifiers, sightings, and people, by their places there.

    Attributes:
        layer: the layer.
        shelf: its columns.
        own: the identifiers of the circles.
        right: those at the right ends of their pairs.
        nodes: both.
        pairs: the places of their sightings and partings, by the beginning of the columns' names.
        persons: the people whose oldest identifier is among them.
        owners: those whose oldest identifier is of the circles.
    """

    def __init__(self, layer: Layer, circles: Numbers) -> None:
        self.layer = layer
        self.shelf: Shelf = layer.house.shelf
        members = self.shelf.column(CIRCLE_NODES + "of").values
        self.own = members[_slices(self._offsets(CIRCLE_NODES), circles)].astype(np.int64)
        self.pairs = {p: _slices(self._offsets(p), circles) for p in (SIGHTED, PARTED)}
        self.right = concatenated(
            [self.shelf.column(p + "right").values[rows] for p, rows in self.pairs.items()]
        )
        # Those of other circles are values that many share: at most the right end of a pair.
        self.nodes = np.union1d(self.own, self.right)
        people = layer.person_of_anchor[self.nodes]
        self.persons = people[people >= 0]
        self.owners = np.sort(layer.person_of_anchor[self.own])
        self.owners = self.owners[self.owners >= 0]

    def timelines(self) -> list[str]:
        """Return the beginnings of the names of the events' columns."""
        # A property may be called `people`, too: its column stands a step deeper.
        names = [n for n in self.shelf.names("timeline/") if n.count("/") == 2]
        return [n.removesuffix("people") for n in names if n.endswith("/people")]

    def values(self, name: str) -> NDArray[Any]:
        """Return the values of a column; none where it is not there."""
        return self.shelf.column(name).values if name in self.shelf else np.zeros(0, np.int64)

    def take(self, name: str, places: Numbers) -> Column | int:
        """Return values of a column, or how many were asked for if it is not there."""
        return self.shelf.column(name).take(places) if name in self.shelf else places.size

    def rows(self, prefix: str) -> Rows:
        """Return the rows, of those clustered by person, that are of the circles' people."""
        people = self.values(prefix + "people")
        if not people.size:
            return Rows(np.zeros(0, np.int64), np.zeros(0, np.int64))
        at = np.minimum(find_places(people, self.owners), people.size - 1)
        theirs = at[people[at] == self.owners]
        offsets = self._offsets(prefix)
        sizes = offsets[theirs + 1] - offsets[theirs]
        return Rows(_slices(offsets, theirs), np.repeat(people[theirs], sizes).astype(np.int64))

    def _offsets(self, prefix: str) -> Numbers:
        return self.shelf.column(prefix + "offsets").values


def take_nodes(parts: Sequence[Part], index: Index) -> dict[str, Column]:
    """Return what is known of the identifiers in an index, each from where it is at home, if it is."""
    chosen = [
        (p, nodes) for side in ("own", "right") for p in parts for nodes in [getattr(p, side)]
    ]
    places = concatenated([index.of(part.layer.nodes[nodes]) for part, nodes in chosen])
    _, first = np.unique(places, return_index=True)
    assert first.size == index.size, "every identifier is known"
    return {
        name: (join([p.take(name, nodes) for p, nodes in chosen]) or nothing).take(first)
        for name, nothing in _OF_NODES.items()
    }


def _put_nodes(warehouse: MemoryWarehouse, known: dict[str, Column]) -> None:
    columns = {"type": known[TYPE].arrow(), "value": known[VALUE].arrow()}
    nodes = pa.array(np.arange(len(known[TYPE]), dtype=np.int32))
    warehouse.insert(IDENTIFIERS, pa.table({"node": nodes, **columns}))


# Of each part, the places of some rows on its shelf.
Chosen = Sequence[tuple[Part, Numbers]]


def _put_pairs(warehouse: MemoryWarehouse, parts: Sequence[Part], index: Index) -> None:
    for prefix, table in ((SIGHTED, SIGHTINGS), (PARTED, PARTINGS)):
        chosen = [(part, part.pairs[prefix]) for part in parts]
        nodes = {side: index.of(_nodes(chosen, prefix + side)) for side in ("left", "right")}
        names = {n: prefix + n for n in warehouse.columns(table) if n not in nodes}
        _put(warehouse, table, _read(chosen, names), nodes)


def _put_records(warehouse: MemoryWarehouse, parts: Sequence[Part], index: Index) -> None:
    chosen = [(p, p.rows(RECORDS).places) for p in parts if RECORDS + "people" in p.shelf]
    names = {name: RECORDS + name for name in RECORD_KEYS}
    fields = {name for part, _ in chosen for name in part.shelf.names(FIELD)}
    names |= {name.removeprefix(FIELD): name for name in sorted(fields)}
    actors = {"actor": index.of(_nodes(chosen, RECORDS + "actor"))}
    _put(warehouse, CUSTOMER_ROWS, _read(chosen, names), actors)


def _put_events(warehouse: MemoryWarehouse, parts: Sequence[Part], index: Index) -> None:
    for prefix in sorted({prefix for part in parts for prefix in part.timelines()}):
        every = [(part, part.rows(prefix).places) for part in parts]
        chosen = [(part, rows) for part, rows in every if rows.size]
        own = {name for part, _ in chosen for name in part.shelf.names(prefix + "of/")}
        names = {name.removeprefix(prefix + "of/"): name for name in sorted(own)}
        names |= {"row_id": prefix + "row", "at": prefix + "at"}
        actors = index.of(_nodes(chosen, prefix + "actor"))
        nothing = dict.fromkeys(("import_no", "row_no", "content"), np.zeros(actors.size, np.int64))
        event = prefix.removeprefix("timeline/").removesuffix("/")
        numbers = {"actor": actors, **nothing}
        _put(warehouse, event_table(event), _read(chosen, names), numbers)


def _nodes(chosen: Chosen, name: str) -> Numbers:
    """Return the numbers, among all, of the identifiers that a column names."""
    return concatenated([part.layer.nodes[part.values(name)[rows]] for part, rows in chosen])


def _read(chosen: Chosen, names: Mapping[str, str]) -> dict[str, pa.Array]:
    """Return columns of rows, by new names; those are left out that no shelf has."""
    found: dict[str, pa.Array] = {}
    for name, there in names.items():
        column = join([part.take(there, rows) for part, rows in chosen])
        if column is not None:  # a hash is never unknown
            hashes = column.values.dtype.kind == "u"
            found[name] = pa.array(column.values) if hashes else column.arrow()
    return found


def _put(
    warehouse: MemoryWarehouse,
    table: str,
    found: Mapping[str, pa.Array],
    numbers: Mapping[str, NDArray[np.integer[Any]]],
) -> None:
    """Put rows in a table, as far as it has such columns."""
    there = set(warehouse.columns(table))
    every = {**found, **{name: pa.array(values) for name, values in numbers.items()}}
    warehouse.insert(table, pa.table({n: v for n, v in every.items() if n in there}))


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
    parts: Sequence[Part],
    index: Index,
    ids: Column,
) -> tuple[Numbers, Numbers]:
    """Put on the shelf who was whom; return the people's numbers, and where each comes first."""
    numbers = concatenated([p.layer.persons[p.persons] for p in parts])
    anchors = concatenated([p.layer.nodes[p.shelf.column(ANCHOR).values[p.persons]] for p in parts])
    persons, first = np.unique(numbers, return_index=True)
    columns = {
        ANCHOR: Column("number", index.of(anchors[first])),
        NODE_ID: ids,
    }
    shelf.publish(columns)
    return persons, first


def _slices(offsets: Numbers, chosen: Numbers) -> Numbers:
    """Return the places in some of the runs that offsets mark, one run after the other."""
    sizes = offsets[chosen + 1] - offsets[chosen]
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if ends.size else 0
    return np.arange(total) + np.repeat(offsets[chosen] - (ends - sizes), sizes)
