"""Bulletins: what one step changed, told by the process that follows to the one that serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qunxiang.app.house import House
from qunxiang.app.live.layers import Layer, Numbers
from qunxiang.audiences import Cause, Ids
from qunxiang.engine import Column, MemoryShelf, MemoryWarehouse


@dataclass(frozen=True)
class Box:
    """A layer without the house it stands in: what can be sent to another process.

    Args:
        nodes: the number, among all identifiers, of each of its own.
        persons: the number, among all people, of each of its own.
        mine: the identifiers that are at home there.
        instant: as of when it was worked out.
        columns: what stands on its shelf.
        notes: what is noted of its columns.
        kept: the columns of the base that hold for it; only the base again has any.
    """

    nodes: Numbers
    persons: Numbers
    mine: NDArray[np.bool_]
    instant: datetime | None
    columns: Mapping[str, Column]
    notes: Mapping[str, dict[str, Any]]
    kept: frozenset[str]

    @classmethod
    def pack(cls, layer: Layer, base: Mapping[str, Column]) -> Box:
        """Pack a layer; those of its columns that the receiver has as the base's are left out."""
        shelf = layer.house.shelf
        columns = {name: shelf.column(name) for name in shelf.names()}
        kept = frozenset(name for name, column in columns.items() if column is base.get(name))
        return cls(
            layer.nodes,
            layer.persons,
            layer.mine,
            layer.house.instant,
            {name: column for name, column in columns.items() if name not in kept},
            {name: notes for name in columns if (notes := shelf.entry(name).notes)},
            kept,
        )

    def unpack(self, house: House, base: Mapping[str, Column]) -> Layer:
        """Return the layer, in a house with the truth and the definitions of another."""
        shelf = MemoryShelf({name: base[name] for name in self.kept})
        shelf.publish(self.columns, notes=self.notes)
        own = house.over(MemoryWarehouse(), shelf)
        own.instant = self.instant
        return Layer(own, self.nodes, self.persons, self.mine)


@dataclass(frozen=True)
class Bulletin:
    """What one step changed. Bulletins build on each other; the first of a refresh on its people.

    Args:
        began: when the refresh began from which everything here goes on.
        version: the number of the step.
        at: the instant as of which everybody is told.
        cause: whether this is the beginning, after a refresh, or a step.
        messages: how many came with this step.
        live: how many came since the refresh.
        touched: the public ids of whom it touched.
        changes: who entered and left each audience, by public id.
        kept: how many layers, from the base up, stay as they were.
        more: the layers that now stand on those.
        people: how many person numbers there are.
        nodes: how many identifiers there are.
    """

    began: datetime
    version: int
    at: datetime
    cause: Cause
    messages: int
    live: int
    touched: frozenset[str]
    changes: Mapping[str, tuple[Ids, Ids]]
    kept: int
    more: tuple[Box, ...]
    people: int
    nodes: int
