"""A stable 64-bit hash of Arrow strings, and a table from 128-bit keys to dense numbers.

The hash is FNV-1a over 8-byte words with MurmurHash3's finalizer; it is ours, so row ids and node
numbers do not change with the version of a library. Two seeds give 128 bits: among a billion
values the chance of one collision is below 1e-20.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_PRIME = np.uint64(0x100000001B3)
_BASIS = np.uint64(0xCBF29CE484222325)
_MIX1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX2 = np.uint64(0xC4CEB9FE1A85EC53)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_NULL = np.uint64(0xA5A5A5A5A5A5A5A5)


@njit(cache=True, nogil=True, inline="always")
def _mix(h: Any) -> Any:
    h ^= h >> np.uint64(33)
    h *= _MIX1
    h ^= h >> np.uint64(33)
    h *= _MIX2
    h ^= h >> np.uint64(33)
    return h


@njit(cache=True, nogil=True)
def _hash_bytes(offsets: Any, data: Any, words: Any, valid: Any, seed: Any, out: Any) -> None:
    for i in range(out.size):
        if not valid[i]:
            out[i] = _mix(_NULL ^ seed)
            continue
        start = offsets[i]
        end = offsets[i + 1]
        h = _BASIS ^ seed
        at = start
        while at + 8 <= end:
            h = _mix((h ^ words[at]) * _PRIME)
            at += 8
        word = np.uint64(0)
        if at < words.size:
            spare = np.uint64(8 * (8 - (end - at)))
            # A shift by all 64 bits is undefined.
            word = np.uint64(0) if at == end else (words[at] << spare) >> spare
        else:
            for k in range(end - at):
                word |= np.uint64(data[at + k]) << np.uint64(8 * k)
        out[i] = _mix((h ^ word) * _PRIME ^ np.uint64(end - start))


def _words_at_each_byte(data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the little-endian word that begins at each byte, as a view."""
    if data.size < 8:  # nothing is read of it, but its type must be the same
        data = np.zeros(8, np.uint8)
        return np.ndarray((0,), np.dtype("<u8"), data, 0, (1,))
    return np.ndarray((data.size - 7,), np.dtype("<u8"), data, 0, (1,))


def hash_strings(values: pa.Array | pa.ChunkedArray, seed: int = 0) -> Hashes:
    """Hash strings to 64 bits each; nulls share one hash of their own."""
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    texts = array if pa.types.is_string(array.type) else array.cast(pa.large_string())
    out = np.empty(len(texts), np.uint64)
    if len(texts) == 0:
        return out
    _, offsets, data = texts.buffers()
    begin = texts.offset
    width = np.int32 if pa.types.is_string(texts.type) else np.int64
    ends = np.frombuffer(offsets, width)[begin : begin + len(texts) + 1]
    raw = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    valid = np.asarray(texts.is_valid().to_numpy(zero_copy_only=False), np.bool_)
    _hash_bytes(ends, raw, _words_at_each_byte(raw), valid, np.uint64(seed), out)
    return out


@njit(cache=True, nogil=True)
def _combine(left: Any, right: Any) -> None:
    for i in range(left.size):
        left[i] = _mix((left[i] * _GOLDEN) ^ (right[i] + _GOLDEN))


def combine(hashes: list[Hashes]) -> Hashes:
    """Fold the hashes of several columns into one per row; the order of columns matters."""
    out = hashes[0].copy()
    for other in hashes[1:]:
        _combine(out, other)
    return out


@njit(cache=True, nogil=True)
def _number(
    high: Any,
    low: Any,
    present: Any,
    slots_high: Any,
    slots_low: Any,
    slots: Any,
    count: Any,
    out: Any,
) -> Any:
    limit = np.uint64(slots.size - 1)
    for i in range(high.size):
        if not present[i]:
            out[i] = -1
            continue
        at = high[i] & limit
        while slots[at] >= 0 and (slots_high[at] != high[i] or slots_low[at] != low[i]):
            at = (at + np.uint64(1)) & limit
        if slots[at] < 0:
            slots_high[at] = high[i]
            slots_low[at] = low[i]
            slots[at] = count
            count += 1
        out[i] = slots[at]
    return count


@njit(cache=True, nogil=True)
def _tally(keys: Any, slots_key: Any, slots: Any, used: Any, out: Any) -> Any:
    limit = np.uint64(slots.size - 1)
    for i in range(keys.size):
        at = keys[i] & limit
        while slots[at] > 0 and slots_key[at] != keys[i]:
            at = (at + np.uint64(1)) & limit
        if slots[at] == 0:
            slots_key[at] = keys[i]
            used += 1
        out[i] = slots[at]
        slots[at] += 1
    return used


def _room_for(entries: int) -> int:
    return 1 << max(10, (entries * 2).bit_length())


class Numbering:
    """Gives each new 128-bit key the next dense number, in order of appearance."""

    def __init__(self) -> None:
        self.count = 0
        self._high = np.zeros(0, np.uint64)
        self._low = np.zeros(0, np.uint64)
        self._slots = np.full(0, -1, np.int32)

    def number(self, high: Hashes, low: Hashes, present: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return the number of each key, -1 where not present; unknown keys get new numbers."""
        self._grow(self.count + high.size)
        out = np.empty(high.size, np.int32)
        self.count = int(
            _number(high, low, present, self._high, self._low, self._slots, self.count, out)
        )
        return out

    def _grow(self, entries: int) -> None:
        if entries * 10 <= self._slots.size * 7:
            return
        size = _room_for(entries)
        order = np.argsort(self._slots, kind="stable")[self._slots.size - self.count :]
        high, low = self._high[order], self._low[order]
        self._high, self._low = np.zeros(size, np.uint64), np.zeros(size, np.uint64)
        self._slots = np.full(size, -1, np.int32)
        out = np.empty(high.size, np.int32)
        _number(high, low, np.ones(high.size, np.bool_), self._high, self._low, self._slots, 0, out)


class Tally:
    """Counts how often each 64-bit key was seen before, across batches."""

    def __init__(self) -> None:
        self._used = 0
        self._keys = np.zeros(0, np.uint64)
        self._slots = np.zeros(0, np.int32)

    def seen(self, keys: Hashes) -> NDArray[np.int32]:
        """Return how many times each key came before this place, and remember it."""
        self._grow(self._used + keys.size)
        out = np.empty(keys.size, np.int32)
        self._used = int(_tally(keys, self._keys, self._slots, self._used, out))
        return out

    def _grow(self, entries: int) -> None:
        if entries * 10 <= self._slots.size * 7:
            return
        full = self._slots > 0
        keys, counts = self._keys[full], self._slots[full]
        size = _room_for(entries)
        self._keys, self._slots = np.zeros(size, np.uint64), np.zeros(size, np.int32)
        self._used = 0
        _refill(keys, counts, self._keys, self._slots)
        self._used = int(keys.size)


@njit(cache=True, nogil=True)
def _refill(keys: Any, counts: Any, slots_key: Any, slots: Any) -> None:
    limit = np.uint64(slots.size - 1)
    for i in range(keys.size):
        at = keys[i] & limit
        while slots[at] > 0:
            at = (at + np.uint64(1)) & limit
        slots_key[at] = keys[i]
        slots[at] = counts[i]
