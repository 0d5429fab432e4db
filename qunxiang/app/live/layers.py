"""A layer: some people worked out apart, in a house of their own, by the rooms' usual code.

The lowest layer, the **base**, is everybody as of the last refresh. Every further one holds the
circles of identifiers that were touched since; a circle is at home in one layer at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qunxiang.app.house import House
from qunxiang.identity import ANCHOR, CIRCLE

Numbers = NDArray[np.int64]


def concatenated(parts: Sequence[NDArray[np.integer]]) -> Numbers:
    """Return numbers one after the other, however few there are."""
    return np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)


@dataclass(frozen=True)
class Layer:
    """People in a house of their own.

    Args:
        house: the house; its identifiers and people are numbered from 0, as in any.
        nodes: the number, among all identifiers, of each of its own.
        persons: the number, among all people, of each of its own.
        mine: the identifiers that are at home here; the others are values that too many share,
            known here only to be so.
    """

    house: House
    nodes: Numbers
    persons: Numbers
    mine: NDArray[np.bool_]

    @classmethod
    def base(cls, house: House) -> Layer:
        """Return everybody."""
        size = len(house.shelf.column(CIRCLE)) if CIRCLE in house.shelf else 0
        return cls(
            house,
            np.arange(size),
            np.arange(house.identity.size),
            np.ones(size, np.bool_),
        )

    def find_nodes(self, numbers: Numbers) -> Numbers:
        """Return the places here of identifiers by their numbers among all; all must be here."""
        return self._turn[np.searchsorted(self.nodes, numbers, sorter=self._turn)]

    @cached_property
    def _turn(self) -> Numbers:
        return np.argsort(self.nodes, kind="stable")

    @cached_property
    def person_of_anchor(self) -> Numbers:
        """The person of whom each identifier is the oldest, -1 if it is nobody's."""
        out = np.full(self.nodes.size, -1, np.int64)
        anchors = self.house.shelf.column(ANCHOR).values
        out[anchors] = np.arange(anchors.size)
        return out

    @cached_property
    def own(self) -> NDArray[np.bool_]:
        """Which people are at home here."""
        return self.mine[self.house.shelf.column(ANCHOR).values]
