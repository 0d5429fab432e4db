"""One pass along a timeline: what several measures over the same event share, done once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.engine import Bits, Column, Timeline, folds
from qunxiang.engine.timelines import Chunk
from qunxiang.language.comparisons import Test
from qunxiang.language.nodes import All, AnyOf, Compare, Not, Rule

Array = NDArray[Any]
Span = tuple[int, int]
_NO_MASK = np.zeros(0, np.uint8)


class Events(Protocol):
    """Where timelines are found."""

    @property
    def size(self) -> int:
        """How many person numbers there are."""
        ...

    def timeline(self, event: str) -> Timeline | None:
        """Return the timeline of an event, None if it never happened."""
        ...


class Pass:
    """One chunk under the folds of one question; remembers what several measures share."""

    def __init__(self, timeline: Timeline, chunk: Chunk, tests: dict[str, Test]) -> None:
        self.timeline = timeline
        self.chunk = chunk
        self.people = chunk.offsets.size - 1
        self._at = timeline.at[chunk.events]
        self._tests = tests
        self._memory: dict[Any, Any] = {}

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what was made under the key, making it the first time."""
        if key not in self._memory:
            self._memory[key] = make()
        return self._memory[key]

    def window(self, low_high: Span) -> tuple[Array, Array]:
        """Return where each person's window begins and ends in the chunk."""

        def find() -> tuple[Array, Array]:
            starts = np.empty(self.people, np.int64)
            ends = np.empty(self.people, np.int64)
            folds.find_windows(self.chunk.offsets, self._at, *low_high, starts, ends)
            return starts, ends

        return self.once(("window", low_high), find)

    def values(self, prop: str) -> Column:
        """Return a property's values in the chunk; all unknown if it was never seen."""

        def read() -> Column:
            column = property_of(self.timeline, prop)
            if column.offsets is not None:
                return _part_of_lists(column, self.chunk.events)
            values = column.values[self.chunk.events] if column.values.size else None
            if values is None:
                size = self.chunk.events.stop - self.chunk.events.start
                values = np.full(size, -1, np.int32)
            return replace(column, values=_foldable(column, values))

        return self.once(("values", prop), read)

    def codes(self, prop: str) -> tuple[Array, Column]:
        """Return a code per value (per word of a list), -1 if unknown, and the value of each code."""

        def encode() -> tuple[Array, Column]:
            column = self.values(prop)
            if column.kind in {"text", "texts"}:
                every = np.arange(len(column.words), dtype=np.int32)
                return column.values, Column("text", every, column.words)
            known = column.known()
            distinct, places = np.unique(column.values[known], return_inverse=True)
            codes = np.full(len(column), -1, np.int32)
            codes[known] = places
            return codes, replace(column, values=distinct)

        return self.once(("codes", prop), encode)

    def mask(self, where: Rule | None) -> Array:
        """Return one byte per event of the chunk, or none at all where every event counts."""
        if where is None:
            return _NO_MASK
        key = where.model_dump_json()
        return self.once(("mask", key), lambda: self._select(where).flags().view(np.uint8))

    def _select(self, where: Rule) -> Bits:
        size = self.chunk.events.stop - self.chunk.events.start
        match where:
            case All(of=of):
                found = Bits.everyone(size)
                for each in of:
                    found &= self._select(each)
                return found
            case AnyOf(of=of):
                found = Bits.none(size)
                for each in of:
                    found |= self._select(each)
                return found
            case Not(of=of):
                return Bits.everyone(size) - self._select(of)
            case _:
                assert isinstance(where, Compare)
                return self._tests[where.model_dump_json()](self.values(where.field))


def _part_of_lists(column: Column, events: slice) -> Column:
    assert column.offsets is not None
    offsets = column.offsets[events.start : events.stop + 1]
    values = column.values[int(offsets[0]) : int(offsets[-1])]
    return replace(column, values=_foldable(column, values), offsets=offsets - offsets[0])


def _foldable(column: Column, values: Array) -> Array:
    # The folds are compiled for int32, int64 and float64 only.
    if values.dtype.itemsize >= 4:
        return values
    wide = values.astype(np.int32)
    if column.kind not in {"text", "texts"}:
        wide[values == np.iinfo(values.dtype).min] = np.iinfo(np.int32).min
    return wide


def property_of(timeline: Timeline, prop: str) -> Column:
    """Return a whole property; a column of no values if no event ever had it."""
    if prop == "at":  # every event has it
        return Column("moment", timeline.at)
    if timeline.has(prop):
        return timeline.property(prop)
    return Column("text", np.zeros(0, np.int32), pa.array([], pa.string()))
