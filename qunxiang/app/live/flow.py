"""Live: what arrived since the refresh, worked out at once for the people it touches.

The truth stays the log: everything here is a function of the last refresh and what stands in the
stream log behind it, kept in memory and made again after a start. Only what the touched circles of
identifiers hold is gathered, and the rooms draw it as they draw everybody; so what is live is what
a refresh of the same instant would say, but for scores that compare people and tags made of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.app.house import House
from qunxiang.app.live.gathering import Gathered, Part, gather
from qunxiang.app.live.joining import join_layers
from qunxiang.app.live.layers import Layer, Numbers
from qunxiang.app.live.now import Now
from qunxiang.app.live.sweeping import Edges, Sweeper, look_ahead
from qunxiang.app.refresh import last_read
from qunxiang.cleaning import IDENTIFIERS, Key, Register, StreamLoader, Tidy
from qunxiang.engine import MemoryShelf, MemoryWarehouse
from qunxiang.identity import ANCHOR, CIRCLE, TYPE, VALUE
from qunxiang.language import When
from qunxiang.models import FOLLOWED, SCORES

_BASE = 0
MOST_LAYERS = 8
LARGE = 6_000  # people of a layer that is joined with no other any more
_MOST_MESSAGES = 20_000  # read in one step
_NOBODY = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Stepped:
    """One step: how many messages were read, and the people it touched, by number."""

    messages: int = 0
    touched: Numbers = field(default_factory=lambda: _NOBODY)


class Live:
    """People as they are now, over a house as of its last refresh.

    Args:
        house: the house; its shelf may go on changing, this goes on from what it was.
        when: the instant it was last brought up to.
        most_layers: so many are kept above the large ones; then the newest become one.
    """

    def __init__(self, house: House, when: When, most_layers: int = MOST_LAYERS) -> None:
        shelf = house.shelf
        frozen = MemoryShelf({name: shelf.column(name) for name in shelf.names()})
        base = Layer.base(house.over(MemoryWarehouse(), frozen))
        self._house = house
        self._most = most_layers
        self.layers = [base]
        self._steps = 0
        self._left = 1  # so many from the base up are left as they are
        self._people = base.persons.size
        # The layer in which each identifier, and each person, is at home.
        self._nodes = np.full(base.nodes.size, _BASE, np.int32)
        self._persons = np.full(self._people, _BASE, np.int32)
        self._register = _register(base.house)
        self._read = last_read(house)
        tables = MemoryWarehouse()
        self._loader = StreamLoader(
            tables, house.catalog, house.sources, base.house.cleaning.options
        )
        self._swept = when
        self._base_sweeper: Sweeper | None = None
        self._landed = house.sources.landed()

    # ── what arrives ─────────────────────────────────────────────────────────────────────────────

    def step(self, when: When) -> Stepped:
        """Read what has arrived and work out anew whom it touches, as of an instant."""
        portions = list(self._house.sources.stream.read(self._read))
        messages, chosen = 0, []
        for portion in portions:
            if chosen and messages + portion.messages.num_rows > _MOST_MESSAGES:
                break
            chosen.append(portion)
            messages += portion.messages.num_rows
        if not chosen:
            return Stepped()
        tidied = self._loader.tidy(chosen)
        known = self._nodes.size
        touched = self._sight(tidied)
        layer = self._draw(self._gather(touched[touched < known]), tidied, when)
        for portion in chosen:
            self._read[portion.position.segment] = portion.position.record + 1
        self._tidy_up()
        return Stepped(messages, layer.persons[layer.own])

    def _sight(self, tidied: Mapping[Key, Sequence[Tidy]]) -> Numbers:
        """Return the identifiers that messages bear, numbering those that are new."""
        found: list[NDArray[np.int32]] = []
        for tidies in tidied.values():
            for frame in (f for tidy in tidies for f in tidy.rows.values() if len(f)):
                for pairs in self._register.sight(frame).pairs:
                    found += [pairs["left"].to_numpy(), pairs["right"].to_numpy()]
        return np.unique(np.concatenate([_NOBODY, *found]).astype(np.int64))

    # ── what time alone changes ──────────────────────────────────────────────────────────────────

    def sweep(self, when: When) -> Numbers:
        """Work out anew, as of an instant, whom time has changed since the last sweep; return them."""
        before, self._swept = self._swept, when
        if before.today != when.today:
            self._base_sweeper = None
            self._reappraise(when)
            return np.flatnonzero(self._persons >= 0)
        edges = Edges.of(self._house.catalog)
        due = [_NOBODY]
        for place, layer in enumerate(self.layers):
            sweeper = self._sweeper(place, edges, before, when)
            mine = self.at_home(place) & sweeper.find_due(before, when)
            due.append(layer.nodes[layer.house.shelf.column(ANCHOR).values[mine]])
        touched = np.unique(np.concatenate(due))
        if not touched.size:
            return _NOBODY
        layer = self._draw(self._gather(touched), {}, when)
        self._tidy_up()
        return layer.persons[layer.own]

    def _sweeper(self, place: int, edges: Edges, before: When, when: When) -> Sweeper:
        """Return what finds whom time changes in a layer; that of the base is kept for a while."""
        if place != _BASE:
            return Sweeper(self.layers[place], edges, before, when)
        kept = self._base_sweeper
        if kept is None or not kept.serves(edges, when):
            ahead = look_ahead(when)
            kept = self._base_sweeper = Sweeper(self.layers[_BASE], edges, before, ahead)
        return kept

    def _reappraise(self, when: When) -> None:
        """Score, tag and gather everybody anew; who they are and what they did stays."""
        for place, layer in enumerate(self.layers):
            shelf = layer.house.shelf
            fresh = MemoryShelf({name: shelf.column(name) for name in shelf.names()})
            house = layer.house.over(layer.house.warehouse, fresh)
            _appraise(house, when)
            self.layers[place] = replace(layer, house=house)
        self._steps += 1

    # ── inside ───────────────────────────────────────────────────────────────────────────────────

    def _parts(self, nodes: Numbers) -> list[Part]:
        """Return the circles of identifiers, each in the layer where it is at home."""
        homes = self._nodes[nodes]
        parts: list[Part] = []
        for home in np.unique(homes).tolist():
            layer = self.layers[home]
            places = layer.find_nodes(nodes[homes == home])
            circles = layer.house.shelf.column(CIRCLE).values[places]
            parts.append(Part(layer, np.unique(circles)))
        return parts

    def _gather(self, nodes: Numbers) -> Gathered:
        return gather(self._house, self._parts(nodes), [n for n in SCORES if n not in FOLLOWED])

    def _draw(self, gathered: Gathered, tidied: Mapping[Key, Sequence[Tidy]], when: When) -> Layer:
        """Work out a small house anew, with what is new in it, and put it on top as a layer."""
        small = gathered.house
        loader = small.cleaning.stream()
        for key, tidies in tidied.items():
            loader.insert(key, tidies)
        small.identity.resolve(gathered.shared)
        small.profiles.draw_timelines()
        if {number for _, number in tidied} - {one.number for one in self._landed}:
            self._landed = self._house.sources.landed()  # a day has begun
        small.profiles.draw_portraits(self._landed)
        places = np.arange(small.identity.size)
        places[gathered.persons.size :] = -1  # of newcomers nothing was known
        small.shelf.publish({n: c.take(places) for n, c in gathered.carried.items()})
        _appraise(small, when)
        return self._settle(gathered)

    def _settle(self, gathered: Gathered) -> Layer:
        """Number what is new in a small house, and put it on top as a layer."""
        small = gathered.house
        every = small.warehouse.read(IDENTIFIERS, ["type", "value"], order=["node"])
        more = pl.from_arrow(every.slice(gathered.nodes.size))
        assert isinstance(more, pl.DataFrame)
        fresh = self._register.numbers(more["type"], more["value"]).astype(np.int64)
        mine = np.concatenate([gathered.mine, np.ones(len(more), np.bool_)])
        born = self._people + np.arange(small.identity.size - gathered.persons.size)
        layer = Layer(
            small,
            np.concatenate([gathered.nodes, fresh]),
            np.concatenate([gathered.persons, born]),
            mine,
        )
        self._people += born.size
        self._nodes = _grown(self._nodes, self._register.count)
        self._persons = _grown(self._persons, self._people)
        small.warehouse.close()  # what it was drawn from stands on its shelf as well
        self._put(layer)
        return layer

    def _put(self, layer: Layer) -> None:
        """Put a layer on top, and let what is in it be at home there."""
        self._nodes[layer.nodes[layer.mine]] = len(self.layers)
        self._persons[layer.persons[layer.own]] = len(self.layers)
        self.layers.append(layer)
        self._steps += 1

    def _tidy_up(self) -> None:
        """Make one layer of those above, so that questions do not go through ever more of them.

        The newest half becomes one; once that would be nearly as large as the layer below it, so
        does that. What a person is drawn as is thus copied a few times, not at every step. One that
        has grown large is left as it is, for what arrives meanwhile waits.
        """
        if len(self.layers) - self._left <= self._most:
            return
        sizes = [int(self.at_home(i).sum()) for i in range(len(self.layers))]
        begin = len(self.layers) - self._most // 2
        while begin > self._left and sizes[begin - 1] <= 2 * sum(sizes[begin:]):
            begin -= 1
        parts = self._parts(np.flatnonzero(self._nodes >= begin))
        del self.layers[begin:]
        if parts:  # nobody is at home in layers whose people were all touched since
            self._put(join_layers(self._house, parts))
        if sum(sizes[begin:]) > LARGE:
            self._left = len(self.layers)

    # ── what is asked ────────────────────────────────────────────────────────────────────────────

    def now(self) -> Now:
        """Return everybody as of the last step."""
        homes = [self.at_home(place) for place in range(len(self.layers))]
        return Now(self._steps, tuple(self.layers), homes, self._people, self._nodes.copy())

    def at_home(self, place: int) -> NDArray[np.bool_]:
        """Return which people of a layer are at home there, and nowhere above it."""
        layer = self.layers[place]
        return layer.own & (self._persons[layer.persons] == place)


def _appraise(house: House, when: When) -> None:
    """Score, tag and gather the people of a house as of an instant."""
    house.instant = when.as_of
    house.models.follow(when)
    house.tags.refresh(when, house.memory)
    house.audiences.follow(when, house.memory)


def _register(base: House) -> Register:
    """Return the identifiers by their values, as the shelf has them: no table is opened."""
    tables = MemoryWarehouse()
    base = base.over(tables, base.shelf)
    base.cleaning.prepare()
    if TYPE in base.shelf:
        types, values = (base.shelf.column(n).arrow() for n in (TYPE, VALUE))
        nodes = np.arange(len(types), dtype=np.int32)
        tables.insert(IDENTIFIERS, pa.table({"node": nodes, "type": types, "value": values}))
    register = Register(tables, base.cleaning.dictionary().identifiers)
    assert register.count == tables.count(IDENTIFIERS), "every value has its own number"
    tables.clear(IDENTIFIERS)
    return register


def _grown(homes: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    return np.concatenate([homes, np.full(size - homes.size, -1, np.int32)])
