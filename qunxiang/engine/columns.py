"""Columns: typed values, one per person or one per event, and the comparisons that read them.

| kind   | values              | unknown             |
| ------ | ------------------- | ------------------- |
| text   | codes of a dictionary | -1                |
| texts  | codes, with offsets   | an empty list     |
| number | integers or float64   | lowest integer, NaN |
| money  | integers, 1/10000 of the currency's unit | lowest integer |
| date   | int32 days since 1970-01-01              | lowest integer |
| moment | int64 microseconds since 1970, UTC       | lowest integer |
| yesno  | int8 0 or 1           | -128              |
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from math import isnan
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from qunxiang.engine.bitmaps import BLOCK, Bits

Kind = Literal["text", "texts", "number", "money", "date", "moment", "yesno"]
MONEY_SCALE = 10_000
_MONEY_DIGITS = 4
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = _BEGINNING.date()
Values = NDArray[Any]

_ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "number": pa.float64(),
    "money": pa.decimal128(18, 4),
    "date": pa.date32(),
    "moment": pa.timestamp("us", "UTC"),
    "yesno": pa.bool_(),
}


@dataclass(frozen=True)
class Column:
    """Values of one kind, aligned to people or to events; never changed in place."""

    kind: Kind
    values: Values
    dictionary: pa.StringArray | None = None
    offsets: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return self.values.size if self.offsets is None else self.offsets.size - 1

    @cached_property
    def words(self) -> pa.StringArray:
        """The dictionary of a text or texts column."""
        return self.dictionary if self.dictionary is not None else pa.array([], pa.string())

    def known(self) -> NDArray[np.bool_]:
        """Return, per place, whether a value is known."""
        if self.offsets is not None:
            return np.diff(self.offsets) > 0
        if self.kind == "text":
            return self.values >= 0
        if self.values.dtype.kind == "f":
            return ~np.isnan(self.values)
        return self.values != np.iinfo(self.values.dtype).min

    def take(self, places: NDArray[np.integer[Any]]) -> Column:
        """Return the values at the places given; a negative place is unknown."""
        if self.offsets is not None:
            return self._take_lists(places)
        missing = places < 0
        values = self.values[np.where(missing, 0, places)] if self.values.size else None
        if values is None:
            return replace(self, values=np.full(places.size, self.unknown(), self.values.dtype))
        values[missing] = self.unknown()
        return replace(self, values=values)

    def _take_lists(self, places: NDArray[np.integer[Any]]) -> Column:
        assert self.offsets is not None
        # Only the places asked for are looked at: of millions, mostly one person's.
        known = places >= 0
        at = np.where(known, places, 0)
        starts = self.offsets[at]
        sizes = self.offsets[at + known] - starts
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        shifts = np.repeat(starts - offsets[:-1], sizes)
        return replace(
            self, values=self.values[np.arange(int(offsets[-1])) + shifts], offsets=offsets
        )

    def value(self, place: int) -> Any:
        """Return the value at one place as Python has it, None if it is unknown; `arrow`, for one."""
        if self.offsets is not None:
            codes = self.values[self.offsets[place] : self.offsets[place + 1]]
            return [self.words[code].as_py() for code in codes.tolist()]
        raw = self.values[place].item()
        if self.kind == "text":
            return None if raw < 0 else self.words[raw].as_py()
        unknown = self.unknown()
        if raw == unknown or (isinstance(raw, float) and isnan(raw)):
            return None
        match self.kind:
            case "yesno":
                return raw == 1
            case "money":
                return Decimal(raw).scaleb(-_MONEY_DIGITS)
            case "date":
                return _FIRST_DAY + timedelta(days=raw)
            case "moment":
                return _BEGINNING + timedelta(microseconds=raw)
            case _:
                return raw

    def unknown(self) -> Any:
        """Return the value that stands for unknown."""
        if self.kind == "text":
            return -1
        return np.nan if self.values.dtype.kind == "f" else np.iinfo(self.values.dtype).min

    def arrow(self) -> pa.Array:
        """Return the values as an Arrow array of the kind's natural type."""
        if self.offsets is not None:
            texts = self.words.take(pa.array(self.values, pa.int64()))
            return pa.ListArray.from_arrays(pa.array(self.offsets, pa.int32()), texts)
        unknown = ~self.known()
        if self.kind == "text":
            codes = pa.array(self.values.astype(np.int32), pa.int32(), mask=unknown)
            return self.words.take(codes)
        if self.kind == "yesno":
            return pa.array(self.values == 1, pa.bool_(), mask=unknown)
        if self.kind == "money":
            return _decimals(self.values.astype(np.int64), unknown)
        raw = self.values if self.kind != "date" else self.values.astype(np.int32)
        if self.kind == "number" and self.values.dtype.kind == "i":
            return pa.array(raw.astype(np.int64), pa.int64(), mask=unknown)
        if self.kind == "moment":
            raw = self.values.astype(np.int64)
        return pa.array(raw, mask=unknown).cast(_ARROW[self.kind])

    def shrunk(self) -> Column:
        """Return the same column with the smallest integers that hold it."""
        if self.values.dtype.kind != "i" or self.values.size == 0:
            return self
        known = self.known() if self.offsets is None else np.ones(self.values.size, np.bool_)
        low, high = (self.values[known].min(), self.values[known].max()) if known.any() else (0, 0)
        for dtype in (np.int8, np.int16, np.int32):
            bounds = np.iinfo(dtype)
            if self.values.dtype.itemsize <= bounds.bits // 8:
                return self
            if low > bounds.min and high <= bounds.max:
                values = self.values.astype(dtype)
                if self.kind != "text" and not known.all():
                    values[~known] = bounds.min
                return replace(self, values=values)
        return self


def _decimals(values: NDArray[np.int64], unknown: NDArray[np.bool_]) -> pa.Array:
    halves = np.empty((values.size, 2), np.int64)
    halves[:, 0] = values
    halves[:, 1] = values >> 63
    mask = pa.array(unknown)
    data = pa.py_buffer(np.ascontiguousarray(halves))
    whole = pa.Array.from_buffers(pa.decimal128(18, 4), values.size, [None, data])
    return pc.if_else(mask, pa.scalar(None, pa.decimal128(18, 4)), whole)


def column_of(array: pa.Array | pa.ChunkedArray, kind: Kind) -> Column:
    """Make a column of an Arrow array, casting to the kind's natural type."""
    flat = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if kind == "texts":
        return _texts(flat)
    if kind == "text":
        return _text(flat)
    if kind == "money":
        return Column(kind, _money(flat))
    if kind == "number" and pa.types.is_integer(flat.type):
        return Column(kind, _integers(flat, pa.int64()))
    if kind == "number":
        values = flat.cast(pa.float64()).fill_null(np.nan)
        return Column(kind, values.to_numpy(zero_copy_only=False))
    if kind == "yesno":
        return Column(kind, _integers(flat.cast(pa.int8()), pa.int8()))
    if kind == "date":
        return Column(kind, _integers(flat.cast(pa.date32()).cast(pa.int32()), pa.int32()))
    return Column(kind, _integers(flat.cast(_ARROW["moment"]).cast(pa.int64()), pa.int64()))


def _integers(array: pa.Array, to: pa.DataType) -> Values:
    least = -(1 << (to.bit_width - 1))
    return array.cast(to).fill_null(least).to_numpy(zero_copy_only=False)


def _money(array: pa.Array) -> NDArray[np.int64]:
    scaled = array.cast(pa.decimal128(18, 4))
    buffer = scaled.buffers()[1]
    halves = np.frombuffer(buffer, np.int64).reshape(-1, 2)[
        scaled.offset : scaled.offset + len(scaled)
    ]
    values = halves[:, 0].copy()
    if scaled.null_count:
        values[~np.asarray(scaled.is_valid())] = np.iinfo(np.int64).min
    return values


def _text(array: pa.Array) -> Column:
    encoded = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
    codes = encoded.indices.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
    return Column("text", codes, encoded.dictionary.cast(pa.string()))


def _texts(array: pa.Array) -> Column:
    lists = array.cast(pa.list_(pa.string())).fill_null([])
    flat = _text(lists.flatten())
    sizes = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    # Lists are sets: a word stands once, where it stood first, and one that is missing not at all.
    owner = np.repeat(np.arange(sizes.size), sizes)
    _, once = np.unique(owner * (len(flat.words) + 1) + flat.values, return_index=True)
    kept = np.sort(once[flat.values[once] >= 0])
    sizes = np.bincount(owner[kept], minlength=sizes.size)
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    return Column("texts", flat.values[kept], flat.dictionary, offsets)


@njit(cache=True, nogil=True)
def _pack_range(values: Any, low: Any, high: Any, words: Any) -> None:
    whole = values.size // 64
    flags = np.empty(64, np.uint8)
    lanes = flags.view(np.uint64)
    magic = np.uint64(0x0102040810204080)
    for w in range(whole):
        begin = w * 64
        for k in range(64):
            v = values[begin + k]
            flags[k] = np.uint8((v >= low) & (v <= high))
        word = np.uint64(0)
        for k in range(8):
            word |= ((lanes[k] * magic) >> np.uint64(56)) << np.uint64(8 * k)
        words[w] = word
    for i in range(whole * 64, values.size):
        if low <= values[i] <= high:
            words[whole] |= np.uint64(1) << np.uint64(i - whole * 64)


@njit(cache=True, nogil=True)
def _pack_table(values: Any, first: Any, table: Any, words: Any) -> None:
    whole = values.size // 64
    magic = np.uint64(0x0102040810204080)
    for w in range(whole):
        begin = w * 64
        word = np.uint64(0)
        for k in range(8):
            lane = np.uint64(0)
            for j in range(8):
                at = np.uint64(np.int64(values[begin + 8 * k + j]) - first)
                lane |= np.uint64(table[at]) << np.uint64(8 * j)
            word |= ((lane * magic) >> np.uint64(56)) << np.uint64(8 * k)
        words[w] = word
    for i in range(whole * 64, values.size):
        if table[np.int64(values[i]) - first]:
            words[whole] |= np.uint64(1) << np.uint64(i - whole * 64)


@njit(cache=True, nogil=True)
def _count_hits(values: Any, offsets: Any, table: Any, out: Any) -> None:
    for i in range(out.size):
        hits = 0
        for k in range(offsets[i], offsets[i + 1]):
            hits += table[values[k]]
        out[i] = hits


def within(column: Column, low: Any, high: Any) -> Bits:
    """Return where the value lies in the closed interval; unknown never does.

    `low` and `high` are in the column's own units; None leaves that side open.
    """
    size = column.values.size
    words = np.zeros((size + 63) // 64, np.uint64)
    dtype = column.values.dtype
    if dtype.kind == "f":
        bounds = (-np.inf if low is None else low, np.inf if high is None else high)
        _pack_range(column.values, np.float64(bounds[0]), np.float64(bounds[1]), words)
        return Bits(words, size)
    info = np.iinfo(dtype)
    least = 0 if column.kind == "text" else info.min + 1
    floor = least if low is None else max(int(np.ceil(low)), least)
    ceiling = info.max if high is None else min(int(np.floor(high)), info.max)
    if floor <= ceiling:
        _pack_range(column.values, dtype.type(floor), dtype.type(ceiling), words)
    return Bits(words, size)


def among(column: Column, first: int, table: NDArray[np.bool_]) -> Bits:
    """Return where `table[value - first]` is true: for codes, days and other small ranges.

    Values outside the table, and unknown ones, are not in the answer.
    """
    size = column.values.size
    words = np.zeros((size + 63) // 64, np.uint64)
    runs = np.flatnonzero(np.diff(np.concatenate(([0], table, [0]))))
    if runs.size <= 8:  # a few runs of values: vectorised interval tests beat look-ups
        out = Bits(words, size)
        for begin, end in runs.reshape(-1, 2).tolist():
            out |= within(column, first + begin, first + end - 1)
        return out
    info = np.iinfo(column.values.dtype)
    if info.bits <= 16:  # a table over the whole type needs no bounds check
        full = np.zeros(1 << info.bits, np.uint8)
        low, high = max(first, info.min), min(first + table.size, info.max + 1)
        full[low - info.min : high - info.min] = table[low - first : high - first]
        _pack_table(column.values, np.int64(info.min), full, words)
        return Bits(words, size)
    edged = np.zeros(table.size + 2, np.uint8)
    edged[1:-1] = table
    for begin in range(0, size, BLOCK):
        part = np.clip(column.values[begin : begin + BLOCK], first - 1, first + table.size)
        _pack_table(part, np.int64(first - 1), edged, words[begin // 64 :])
    return Bits(words, size)


def rank(column: Column, *, descending: bool = False) -> NDArray[np.int64]:
    """Return the places of a column in the order of its values, unknown ones last.

    Equal values keep their order. Text is ordered by its letters, a list by how many words it has.
    """
    if column.offsets is not None:
        keys = np.diff(column.offsets)
    elif column.kind == "text":
        turn = np.empty(len(column.words) + 1, np.int64)
        turn[-1] = -1  # the code -1 of what is unknown
        turn[pc.array_sort_indices(column.words).to_numpy()] = np.arange(len(column.words))
        keys = turn[column.values]
    else:
        keys = column.values if column.values.dtype.kind == "f" else column.values.astype(np.int64)
    known = column.known()
    places = np.flatnonzero(known)
    ordered = np.argsort(-keys[places] if descending else keys[places], kind="stable")
    return np.concatenate([places[ordered], np.flatnonzero(~known)])


def find_places(
    ascending: NDArray[np.integer[Any]], wanted: NDArray[np.integer[Any]] | int
) -> NDArray[np.int64]:
    """Return where numbers stand in an ascending array, each if it is there, by binary search.

    NumPy's own search turns both arrays into one type first: a copy of all there is, whenever the
    types differ. Here what is wanted takes the other's type.
    """
    bounds = np.iinfo(ascending.dtype)
    fitting = np.clip(wanted, bounds.min, bounds.max).astype(ascending.dtype)
    return np.searchsorted(ascending, fitting)


def hits(column: Column, table: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return, per place of a list column, how many of its codes the table holds."""
    assert column.offsets is not None
    out = np.zeros(len(column), np.int32)
    _count_hits(column.values, column.offsets, table.view(np.uint8), out)
    return out
