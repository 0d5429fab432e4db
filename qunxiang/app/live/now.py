"""Now: everybody as of the last step, told as any house tells its people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qunxiang.app.house import House
from qunxiang.app.live.layers import Layer, Numbers
from qunxiang.engine import Bits, Column, MemoryShelf, MemoryWarehouse, join
from qunxiang.errors import QunxiangError
from qunxiang.identity import ALIVE, ANCHOR, NODE_ID, PERSON, SHARED, TYPE, VALUE
from qunxiang.language import Evaluator, Layered, Stratum, When
from qunxiang.profiles import MEMBERS, PORTRAIT, SEEN_RECORD

_OF_NODES = (TYPE, VALUE, NODE_ID, SHARED)


@dataclass(frozen=True)
class Now:
    """The layers as they were after one step, and who is at home where. Nothing here changes.

    Args:
        version: the step's number.
        layers: the base first.
        homes: of each layer, which of its people are at home there.
        people: how many person numbers there are.
        nodes: the layer in which each identifier is at home.
    """

    version: int
    layers: Sequence[Layer]
    homes: Sequence[NDArray[np.bool_]]
    people: int
    nodes: NDArray[np.int32]

    @classmethod
    def of(cls, version: int, layers: Sequence[Layer], people: int, nodes: int) -> Now:
        """Return everybody by layers alone: who is in several is at home in the topmost."""
        of_persons, of_nodes = np.zeros(people, np.int32), np.zeros(nodes, np.int32)
        for place, layer in enumerate(layers[1:], 1):
            of_persons[layer.persons[layer.own]] = place
            of_nodes[layer.nodes[layer.mine]] = place
        homes = [la.own & (of_persons[la.persons] == place) for place, la in enumerate(layers)]
        return cls(version, tuple(layers), homes, people, of_nodes)

    def near(self, who: str) -> House:
        """Return the house in which a person is at home.

        Args:
            who: a public id, an old one included, or any identifier's value.

        Raises:
            QunxiangError: identity.not_found if it leads to nobody.
        """
        for layer, home in zip(reversed(self.layers), reversed(self.homes), strict=True):
            try:
                person = layer.house.identity.find(who)
            except QunxiangError:
                continue
            if home[person]:
                return layer.house
        raise QunxiangError("identity.not_found", id=who)

    def houses(self) -> list[tuple[House, NDArray[np.bool_] | None]]:
        """Return the houses, and which of its people each answers for."""
        return [(la.house, home) for la, home in zip(self.layers, self.homes, strict=True)]

    def evaluator(self, when: When) -> Layered:
        """Return what evaluates rules over everybody."""
        strata: list[Stratum] = []
        for place, (layer, home) in enumerate(zip(self.layers, self.homes, strict=True)):
            among = Bits.of_flags(home)
            evaluator = Evaluator(layer.house.people, when, layer.house.memory, among)
            strata.append(Stratum(evaluator, layer.persons if place else None))
        return Layered(strata, self.people)

    def public_ids(self, people: Numbers) -> NDArray[np.uint64]:
        """Return the public ids of people, by number."""
        out = np.zeros(people.size, np.uint64)
        for layer, here, there in self._found(people):
            out[there] = layer.house.people.public_ids(here)
        return out

    def members(self, audience: str, people: Numbers) -> NDArray[np.bool_]:
        """Return which of some people, by number, are members of an audience."""
        out = np.zeros(people.size, np.bool_)
        for layer, here, there in self._found(people):
            if MEMBERS + audience in layer.house.shelf:
                out[there] = layer.house.people.members(audience).flags()[here]
        return out

    def _found(self, people: Numbers) -> Iterator[tuple[Layer, Numbers, Numbers]]:
        """Yield the layers in which people are at home, their places there, and in `people`."""
        begin = 0
        turn = self.turn[people]
        for layer in self.layers:
            there = np.flatnonzero((turn >= begin) & (turn < begin + layer.persons.size))
            if there.size:
                yield layer, turn[there] - begin, there
            begin += layer.persons.size

    @property
    def whole(self) -> House:
        """Everybody in one house, for whoever reads columns: each is joined when first asked for."""
        return self._whole

    @cached_property
    def _whole(self) -> House:
        base = self.layers[0].house
        whole = base.over(MemoryWarehouse(), _WholeShelf(self))
        whole.present = self
        return whole

    @cached_property
    def turn(self) -> Numbers:
        """The place of each person among those of all layers, one layer after the other."""
        return _turn(self.people, [layer.persons for layer in self.layers], self.homes)

    @cached_property
    def node_turn(self) -> Numbers:
        """The place of each identifier among those of all layers, one layer after the other."""
        homes = [layer.mine & (self.nodes[layer.nodes] == i) for i, layer in enumerate(self.layers)]
        return _turn(self.nodes.size, [layer.nodes for layer in self.layers], homes)


class _WholeShelf(MemoryShelf):
    """The columns of all layers, joined as they are asked for; timelines are the base's alone."""

    def __init__(self, now: Now) -> None:
        base = now.layers[0].house.shelf
        super().__init__()
        self._now = now
        self._version = now.version
        names = {name for layer in now.layers[1:] for name in layer.house.shelf.names(PORTRAIT)}
        names |= {name for layer in now.layers[1:] for name in layer.house.shelf.names(MEMBERS)}
        self._entries = {n: base.entry(n) for n in base.names()}
        for layer in now.layers[1:]:
            shelf = layer.house.shelf
            self._entries |= {n: shelf.entry(n) for n in names & set(shelf.names())}

    def column(self, name: str) -> Column:
        """Return a column of everybody."""
        if name not in self._columns:
            self.entry(name)
            self._columns[name] = self._join(name)
        return self._columns[name]

    def _join(self, name: str) -> Column:
        now = self._now
        if name in _OF_NODES:
            parts = [layer.house.shelf.column(name) for layer in now.layers]
            return _joined(parts).take(now.node_turn)
        if name == PERSON:
            return Column("number", _spread_nodes(now, PERSON))
        if name == ANCHOR:
            anchors = [layer.nodes[layer.house.shelf.column(ANCHOR).values] for layer in now.layers]
            return Column("number", np.concatenate(anchors)[now.turn])
        if name.startswith((PORTRAIT, ALIVE, SEEN_RECORD)):
            shelves = [layer.house.shelf for layer in now.layers]
            parts = [
                shelf.column(name) if name in shelf else layer.persons.size
                for shelf, layer in zip(shelves, now.layers, strict=True)
            ]
            return _joined(parts).take(now.turn)
        if name.startswith(MEMBERS):
            return Column("number", self._members(name).words)
        return now.layers[0].house.shelf.column(name)

    def _members(self, name: str) -> Bits:
        flags = [
            Bits(np.asarray(layer.house.shelf.column(name).values), layer.persons.size).flags()
            if name in layer.house.shelf
            else np.zeros(layer.persons.size, np.bool_)
            for layer in self._now.layers
        ]
        return Bits.of_flags(np.concatenate(flags)[self._now.turn])


def _joined(parts: Sequence[Column | int]) -> Column:
    joined = join(parts)
    assert joined is not None, "one of the layers has it"
    return joined


def _spread_nodes(now: Now, name: str) -> NDArray[np.int32]:
    """Return the person of each identifier, by number among all."""
    parts: list[NDArray[np.int64]] = []
    for layer in now.layers:
        persons = layer.house.shelf.column(name).values
        parts.append(np.append(layer.persons, -1)[persons])
    return np.concatenate(parts)[now.node_turn].astype(np.int32)


def _turn(size: int, numbers: Sequence[Numbers], homes: Sequence[NDArray[np.bool_]]) -> Numbers:
    out = np.full(size, -1, np.int64)
    begin = 0
    for theirs, home in zip(numbers, homes, strict=True):
        out[theirs[home]] = begin + np.flatnonzero(home)
        begin += theirs.size
    return out
