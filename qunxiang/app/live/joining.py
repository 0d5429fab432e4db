"""Join: several layers become one, column by column; nobody is worked out anew.

What is at home in a layer is kept, with its people, circles, records and timelines; what was drawn
there stays as it is, under new places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qunxiang.app.house import House
from qunxiang.app.live.gathering import Index, Part, Rows, take_nodes
from qunxiang.app.live.layers import Layer, Numbers, concatenated
from qunxiang.engine import Bits, Column, MemoryShelf, MemoryWarehouse, join
from qunxiang.identity import (
    ALIVE,
    ANCHOR,
    NODE_ID,
    PARTED,
    PERSON,
    SHARED,
    SIGHTED,
    VALUE,
    draw_circles,
    draw_index,
)
from qunxiang.profiles import MEMBERS, PORTRAIT, RECORDS, SEEN_RECORD, WINNER

_OF_PEOPLE = (PORTRAIT, ALIVE, SEEN_RECORD)
_SEEN = ("left", "right", "rank", "import_no", "row_no", "source", "at")
_PARTED = ("left", "right", "at")


def join_layers(house: House, parts: Sequence[Part]) -> Layer:
    """Return a layer with everything that is at home in some layers.

    Args:
        house: the house whose definitions hold.
        parts: what is at home in each; no circle is in two of them.
    """
    joined = _Joined(house, parts)
    joined.draw_nodes()
    joined.draw_people()
    joined.draw_circles()
    for prefix in sorted({prefix for part in parts for prefix in part.timelines()}):
        joined.draw_rows(prefix)
    joined.draw_winners(joined.draw_rows(RECORDS))
    return joined.layer()


class _Joined:
    """The layer while it is made."""

    def __init__(self, house: House, parts: Sequence[Part]) -> None:
        self._house = house
        self._parts = parts
        self._mine = np.sort(concatenated([p.layer.nodes[p.own] for p in parts]))
        beyond = np.setdiff1d(concatenated([p.layer.nodes[p.right] for p in parts]), self._mine)
        self._index = Index(np.concatenate([self._mine, beyond]))
        numbers = concatenated([p.layer.persons[p.owners] for p in parts])
        self._persons, self._turn = np.unique(numbers, return_index=True)
        assert self._persons.size == numbers.size, "each person is at home in one layer"
        self._shelf = MemoryShelf()
        self._notes = {
            name: part.shelf.entry(name).notes for part in parts for name in part.shelf.names()
        }

    def layer(self) -> Layer:
        """Return what was made."""
        house = self._house.over(MemoryWarehouse(), self._shelf)
        house.instant = max(i for p in self._parts if (i := p.layer.house.instant) is not None)
        mine = np.arange(self._index.size) < self._mine.size
        return Layer(house, self._index.numbers, self._persons, mine)

    def draw_nodes(self) -> None:
        """Draw the identifiers, and how they are found."""
        drawn = take_nodes(self._parts, self._index)
        persons = np.full(self._index.size, -1, np.int32)
        for part in self._parts:
            theirs = np.append(part.layer.persons, -1)[part.values(PERSON)[part.own]]
            places = np.searchsorted(self._persons, theirs)
            where = self._index.of(part.layer.nodes[part.own])
            persons[where] = np.where(theirs < 0, -1, places)
        drawn[PERSON] = Column("number", persons)
        drawn |= draw_index(drawn[VALUE].arrow(), drawn[NODE_ID].values)
        self._publish(drawn)

    def draw_people(self) -> None:
        """Draw what each person has one of."""
        anchors = [p.layer.nodes[p.values(ANCHOR)[p.owners]] for p in self._parts]
        drawn = {ANCHOR: Column("number", self._index.of(concatenated(anchors)[self._turn]))}
        for name in self._names(*_OF_PEOPLE):
            column = join([p.take(name, p.owners) for p in self._parts])
            assert column is not None, "one of the layers has it"
            drawn[name] = column.take(self._turn)
        for name in self._names(MEMBERS):
            flags = np.concatenate([_members(part, name) for part in self._parts])
            drawn[name] = Column("number", Bits.of_flags(flags[self._turn]).words)
        self._publish(drawn)

    def draw_circles(self) -> None:
        """Draw which identifiers hang together, and by what."""
        seen, parted = self._pairs(SIGHTED, _SEEN), self._pairs(PARTED, _PARTED)
        shared = np.flatnonzero(self._shelf.column(SHARED).values == 1).astype(np.int32)
        self._publish(draw_circles(seen, parted, shared, self._index.size))

    def _pairs(self, prefix: str, names: Iterable[str]) -> pl.DataFrame:
        columns: dict[str, pl.Series] = {}
        for name in names:
            found = join([p.shelf.column(prefix + name).take(p.pairs[prefix]) for p in self._parts])
            assert found is not None, "every layer has it"
            columns[name] = pl.Series(name, found.arrow())
        for side in ("left", "right"):
            nodes = [
                part.layer.nodes[part.values(prefix + side)[part.pairs[prefix]]]
                for part in self._parts
            ]
            columns[side] = pl.Series(side, self._index.of(concatenated(nodes)))
        return pl.DataFrame(columns)

    def draw_rows(self, prefix: str) -> list[Numbers]:
        """Draw rows that stand clustered by person.

        Returns:
            Of each part, the new place of each of its rows; -1 for those that are not at home.
        """
        chosen = [part.rows(prefix) for part in self._parts]
        found = list(zip(self._parts, chosen, strict=True))
        owners = concatenated([p.layer.persons[rows.owners] for p, rows in found])
        people, owner, sizes = np.unique(owners, return_inverse=True, return_counts=True)
        order = np.argsort(owner, kind="stable")
        drawn: dict[str, Column] = {}
        own = {prefix + name for name in ("people", "offsets", "actor")}
        for name in sorted(set(self._names(prefix)) - own):
            column = join([p.take(name, rows.places) for p, rows in found])
            assert column is not None, "one of the layers has it"
            drawn[name] = column.take(order)
        actors = [p.layer.nodes[p.values(prefix + "actor")[rows.places]] for p, rows in found]
        drawn |= {
            prefix + "people": Column("number", np.searchsorted(self._persons, people)),
            prefix + "offsets": Column("number", np.append(0, np.cumsum(sizes))),
            prefix + "actor": Column("number", self._index.of(concatenated(actors)[order])),
        }
        self._publish(drawn)
        return _places_after(found, prefix, order)

    def draw_winners(self, places: list[Numbers]) -> None:
        """Draw which record gave each value of a portrait.

        Args:
            places: of each part, the new place of each of its records.
        """
        drawn: dict[str, Column] = {}
        for name in self._names(WINNER):
            found = [
                np.append(moved, -1)[part.values(name)[part.owners]]
                if name in part.shelf
                else np.full(part.owners.size, -1)
                for part, moved in zip(self._parts, places, strict=True)
            ]
            drawn[name] = Column("number", np.concatenate(found)[self._turn]).shrunk()
        self._publish(drawn)

    def _names(self, *prefixes: str) -> list[str]:
        """Return the names that begin in one of some ways, of any layer."""
        return sorted(
            {n for p in self._parts for prefix in prefixes for n in p.shelf.names(prefix)}
        )

    def _publish(self, columns: dict[str, Column]) -> None:
        notes = {name: note for name in columns if (note := self._notes.get(name))}
        self._shelf.publish(columns, notes=notes)


def _places_after(found: Sequence[tuple[Part, Rows]], prefix: str, order: Numbers) -> list[Numbers]:
    after = np.empty(order.size, np.int64)
    after[order] = np.arange(order.size)
    out: list[Numbers] = []
    begin = 0
    for part, rows in found:
        places = np.full(part.values(prefix + "actor").size, -1)
        places[rows.places] = after[begin : begin + rows.places.size]
        out.append(places)
        begin += rows.places.size
    return out


def _members(part: Part, name: str) -> NDArray[np.bool_]:
    if name not in part.shelf:
        return np.zeros(part.owners.size, np.bool_)
    words = np.asarray(part.values(name))
    return Bits(words, part.layer.persons.size).flags()[part.owners]
