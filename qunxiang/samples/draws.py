"""Drawing lots: seeded streams, wheels of chance, and numbers that look random but never repeat."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Stream = np.random.Generator

_SLOTS = 4096
_GOLDEN = 0.6180339887498949
_LETTERS = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", np.uint8
)


def open_stream(seed: int, chunk: int, topic: str) -> Stream:
    """Return the random numbers of one topic in one chunk, whatever else was drawn before."""
    return np.random.Generator(
        np.random.SFC64(np.random.SeedSequence([seed, chunk, zlib.crc32(topic.encode())]))
    )


def build_wheel(weights: Sequence[float] | Floats) -> Ints:
    """Return a wheel of slots on which each choice has a share of its weight."""
    shares = np.cumsum(np.asarray(weights, np.float64))
    ends = np.round(shares / shares[-1] * _SLOTS).astype(np.int64)
    return np.repeat(np.arange(shares.size), np.diff(ends, prepend=0))


def build_wheels(weights: Sequence[Sequence[float]]) -> Ints:
    """Return one wheel per row."""
    return np.stack([build_wheel(row) for row in weights])


def spin(stream: Stream, wheel: Ints, size: int) -> Ints:
    """Return choices of one wheel."""
    return wheel[stream.integers(0, _SLOTS, size, np.uint16)]


def spin_each(stream: Stream, wheels: Ints, rows: Ints) -> Ints:
    """Return one choice of each row's own wheel."""
    return wheels.ravel()[rows * _SLOTS + stream.integers(0, _SLOTS, rows.size, np.uint16)]


def happens(stream: Stream, chance: float | Floats, size: int) -> Flags:
    """Return what happens by chance, in as many cases."""
    return stream.random(size, np.float32) < chance


def scatter(index: Ints, modulus: int, seed: int, salt: int) -> Ints:
    """Return other numbers below the modulus, a different one for each index below it."""
    step = int(modulus * _GOLDEN) + int(_mixed(seed * 1_000_003 + salt) % 1_000)
    while math.gcd(step, modulus) != 1:
        step += 1
    shift = int(_mixed(seed + salt * 7_919) % modulus)
    return (index * step + shift) % modulus


def mix(numbers: Ints, salt: int) -> NDArray[np.uint64]:
    """Return 64 bits for each number that look like chance (splitmix64)."""
    x = numbers.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15) % 2**64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _mixed(number: int) -> np.uint64:
    return mix(np.array([number], np.int64), 1)[0]


def write_codes(numbers: Ints, seed: int, salt: int, shape: tuple[str, int]) -> pl.Series:
    """Return codes of letters and digits, each its own: a prefix and as many more letters."""
    prefix, width = shape
    letters = np.empty((numbers.size, len(prefix) + width), np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), np.uint8)
    bits = np.empty(0, np.uint64)
    for place in range(width):
        if place % 10 == 0:
            bits = mix(mix(numbers, seed + salt).view(np.int64), place + salt)
        letters[:, len(prefix) + place] = _LETTERS[(bits & np.uint64(63)).astype(np.uint8)]
        bits = bits >> np.uint64(6)
    return join_letters(letters)


def join_letters(letters: NDArray[np.uint8]) -> pl.Series:
    """Return each row of letters as a text."""
    rows, width = letters.shape
    ends = np.arange(rows + 1, dtype=np.int64) * width
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(letters.tobytes())]
    series = pl.from_arrow(pa.Array.from_buffers(pa.large_string(), rows, buffers))
    assert isinstance(series, pl.Series)
    return series
