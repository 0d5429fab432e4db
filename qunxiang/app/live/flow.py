"""Live: what arrived since the refresh, worked out at once for the people it touches.

The truth stays the log: everything here is a function of the last refresh and what stands in the
stream log behind it, kept in memory and made again after a start. Only what the touched circles of
identifiers hold is gathered, and the rooms draw it as they draw everybody; so what is live is what
a refresh of the same instant would say.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.app.house import House
from qunxiang.app.live.gathering import Gathered, gather
from qunxiang.app.live.layers import Layer, Numbers
from qunxiang.app.refresh import last_read
from qunxiang.cleaning import IDENTIFIERS, Key, Register, StreamLoader, Tidy
from qunxiang.engine import MemoryShelf, MemoryWarehouse
from qunxiang.identity import CIRCLE, TYPE, VALUE
from qunxiang.language import When
from qunxiang.models import FOLLOWED, SCORES

_BASE = 0


@dataclass(frozen=True)
class Stepped:
    """One step: how many messages were read, and the people they touched, by number."""

    messages: int
    touched: Numbers


@dataclass
class _Homes:
    """In which layer each identifier and each person is at home."""

    nodes: NDArray[np.int32]
    persons: NDArray[np.int32]

    def grow(self, nodes: int, persons: int) -> None:
        """Make room; whoever is new is at home nowhere yet."""
        self.nodes = _grown(self.nodes, nodes)
        self.persons = _grown(self.persons, persons)


@dataclass
class Live:
    """People as they are now, over the house as of its last refresh.

    Args:
        house: the house; its shelf may go on changing, this goes on from what it was.
    """

    house: House
    layers: list[Layer] = field(init=False)
    people: int = field(init=False)

    def __post_init__(self) -> None:
        shelf = self.house.shelf
        frozen = MemoryShelf({name: shelf.column(name) for name in shelf.names()})
        base = Layer.base(self.house.over(MemoryWarehouse(), frozen))
        self.layers = [base]
        self.people = base.persons.size
        self._homes = _Homes(
            np.full(base.nodes.size, _BASE, np.int32), np.full(self.people, _BASE, np.int32)
        )
        self._register = _register(base.house)
        self._positions = last_read(self.house)
        self._loader = StreamLoader(
            MemoryWarehouse(), self.house.catalog, self.house.sources, self.house.cleaning.options
        )

    # ── what arrives ─────────────────────────────────────────────────────────────────────────────

    def step(self, when: When) -> Stepped:
        """Read what has arrived and work out anew whom it touches, as of an instant."""
        portions = list(self.house.sources.stream.read(self._positions))
        if not portions:
            return Stepped(0, np.zeros(0, np.int64))
        tidied = self._loader.tidy(self._loader.translate(portions))
        known = self._homes.nodes.size
        touched = self._sight(tidied)
        gathered = self._gather(touched[touched < known])
        self._draw(gathered, tidied, when)
        for portion in portions:
            self._positions[portion.position.segment] = portion.position.record + 1
        messages = sum(p.messages.num_rows for p in portions)
        return Stepped(messages, self.layers[-1].persons[self.layers[-1].own])

    def _sight(self, tidied: dict[Key, list[Tidy]]) -> Numbers:
        """Return the identifiers that messages bear, numbering those that are new."""
        found: list[Numbers] = []
        for tidies in tidied.values():
            for frame in (f for tidy in tidies for f in tidy.rows.values() if len(f)):
                for pairs in self._register.sight(frame).pairs:
                    found += [pairs["left"].to_numpy(), pairs["right"].to_numpy()]
        return np.unique(np.concatenate([np.zeros(0, np.int64), *found]))

    def _gather(self, nodes: Numbers) -> Gathered:
        homes = self._homes.nodes[nodes]
        wanted: list[tuple[Layer, Numbers]] = []
        for home in np.unique(homes).tolist():
            layer = self.layers[home]
            places = layer.find_nodes(nodes[homes == home])
            circles = layer.house.shelf.column(CIRCLE).values[places]
            wanted.append((layer, np.unique(circles)))
        return gather(self.house, wanted, [n for n in SCORES if n not in FOLLOWED])

    def _draw(self, gathered: Gathered, tidied: dict[Key, list[Tidy]], when: When) -> None:
        """Work out a small house anew, with what is new in it, as a further layer."""
        small = gathered.house
        loader = small.cleaning.stream()
        for key, tidies in tidied.items():
            loader.insert(key, tidies)
        small.identity.resolve(gathered.shared)
        small.profiles.draw_timelines()
        small.profiles.draw_portraits(self.house.sources.landed())
        places = np.arange(small.identity.size)
        places[gathered.persons.size :] = -1  # of newcomers nothing was known
        small.shelf.publish({n: c.take(places) for n, c in gathered.carried.items()})
        small.models.follow(when)
        small.tags.refresh(when, small.memory)
        small.audiences.follow(when, small.memory)
        self._settle(gathered)

    def _settle(self, gathered: Gathered) -> None:
        """Add the layer, and let what is in it be at home there."""
        small = gathered.house
        fresh = small.warehouse.read(IDENTIFIERS, ["type", "value"], order=["node"])
        more = pl.from_arrow(fresh.slice(gathered.nodes.size))
        assert isinstance(more, pl.DataFrame)
        nodes = np.concatenate(
            [gathered.nodes, self._register.numbers(more["type"], more["value"]).astype(np.int64)]
        )
        mine = np.concatenate([gathered.mine, np.ones(len(more), np.bool_)])
        born = small.identity.size - gathered.persons.size
        persons = np.concatenate([gathered.persons, self.people + np.arange(born)])
        self.people += born
        layer = Layer(small, nodes, persons, mine)
        self._homes.grow(self._register.count, self.people)
        self._homes.nodes[nodes[mine]] = len(self.layers)
        self._homes.persons[persons[layer.own]] = len(self.layers)
        self.layers.append(layer)

    # ── what is asked ────────────────────────────────────────────────────────────────────────────

    def at_home(self, place: int) -> NDArray[np.bool_]:
        """Return which people of a layer are at home there, and nowhere above it."""
        layer = self.layers[place]
        return layer.own & (self._homes.persons[layer.persons] == place)


def _register(base: House) -> Register:
    """Return the identifiers by their values, as the shelf has them: no table is opened."""
    tables = MemoryWarehouse()
    base = base.over(tables, base.shelf)
    base.cleaning.prepare()
    if TYPE in base.shelf:
        types, values = (base.shelf.column(n).arrow() for n in (TYPE, VALUE))
        nodes = np.arange(len(types), dtype=np.int32)
        tables.insert(IDENTIFIERS, pa.table({"node": nodes, "type": types, "value": values}))
    return Register(tables, base.cleaning.dictionary().identifiers)


def _grown(homes: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    return np.concatenate([homes, np.full(size - homes.size, -1, np.int32)])
