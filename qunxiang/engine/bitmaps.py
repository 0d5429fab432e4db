"""Sets of people as packed bits: one bit per dense person number, 64 to a word.

A block is 2**20 people (128 KiB). Words beyond the population are zero, always.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

BLOCK = 1 << 20
Words = NDArray[np.uint64]


@njit(cache=True, nogil=True)
def count_bits(words: Any) -> Any:
    """Return how many bits of some words are set; for compiled loops to call."""
    m1 = np.uint64(0x5555555555555555)
    m2 = np.uint64(0x3333333333333333)
    m4 = np.uint64(0x0F0F0F0F0F0F0F0F)
    h01 = np.uint64(0x0101010101010101)
    total = np.uint64(0)
    for i in range(words.size):
        x = words[i]
        x -= (x >> np.uint64(1)) & m1
        x = (x & m2) + ((x >> np.uint64(2)) & m2)
        x = (x + (x >> np.uint64(4))) & m4
        total += (x * h01) >> np.uint64(56)
    return total


@dataclass(frozen=True)
class Bits:
    """An immutable set of people among `size`, as packed 64-bit words."""

    words: Words
    size: int

    @classmethod
    def none(cls, size: int) -> Bits:
        """Return the empty set among `size` people."""
        return cls(np.zeros((size + 63) // 64, np.uint64), size)

    @classmethod
    def everyone(cls, size: int) -> Bits:
        """Return the set of all `size` people."""
        words = np.full((size + 63) // 64, ~np.uint64(0), np.uint64)
        if size % 64:
            words[-1] = (np.uint64(1) << np.uint64(size % 64)) - np.uint64(1)
        return cls(words, size)

    @classmethod
    def of_flags(cls, flags: NDArray[np.bool_]) -> Bits:
        """Return the set of the people whose flag is true."""
        packed = np.packbits(flags, bitorder="little")
        padded = np.zeros((flags.size + 63) // 64 * 8, np.uint8)
        padded[: packed.size] = packed
        return cls(padded.view(np.uint64), int(flags.size))

    @classmethod
    def of_people(cls, people: NDArray[np.integer[Any]], size: int) -> Bits:
        """Return the set of the people numbered."""
        flags = np.zeros(size, np.bool_)
        flags[people] = True
        return cls.of_flags(flags)

    def flags(self) -> NDArray[np.bool_]:
        """Return one boolean per person."""
        return np.unpackbits(self.words.view(np.uint8), bitorder="little", count=self.size).view(
            np.bool_
        )

    def people(self) -> NDArray[np.int64]:
        """Return the numbers of the people in the set, ascending."""
        return np.flatnonzero(self.flags())

    def count(self) -> int:
        """Return how many people are in the set."""
        return int(count_bits(self.words))

    def has(self, person: int) -> bool:
        """Say whether one person is in the set."""
        word = int(self.words[person >> 6])
        return bool(word >> (person & 63) & 1)

    def __and__(self, other: Bits) -> Bits:
        return Bits(self.words & other.words, self.size)

    def __or__(self, other: Bits) -> Bits:
        return Bits(self.words | other.words, self.size)

    def __sub__(self, other: Bits) -> Bits:
        return Bits(self.words & ~other.words, self.size)


@njit(cache=True, nogil=True)
def _count_common(many: Any, sizes: Any, out: Any) -> None:
    step = 1024
    m1 = np.uint64(0x5555555555555555)
    m2 = np.uint64(0x3333333333333333)
    m4 = np.uint64(0x0F0F0F0F0F0F0F0F)
    h01 = np.uint64(0x0101010101010101)
    for begin in range(0, sizes, step):
        end = min(begin + step, sizes)
        for i in range(many.shape[0]):
            for j in range(i, many.shape[0]):
                total = np.uint64(0)
                for k in range(begin, end):
                    x = many[i, k] & many[j, k]
                    x -= (x >> np.uint64(1)) & m1
                    x = (x & m2) + ((x >> np.uint64(2)) & m2)
                    x = (x + (x >> np.uint64(4))) & m4
                    total += (x * h01) >> np.uint64(56)
                out[i, j] += total


def overlap(sets: list[Bits]) -> NDArray[np.int64]:
    """Return the matrix of how many people each pair of sets has in common."""
    words = np.stack([s.words for s in sets])
    out = np.zeros((len(sets), len(sets)), np.int64)
    _count_common(words, words.shape[1], out)
    return np.maximum(out, out.T)


def union(sets: Iterable[Bits], size: int) -> Bits:
    """Return everybody who is in any of the sets."""
    out = Bits.none(size)
    for one in sets:
        out |= one
    return out
