"""Combine sets of people by a program, in one pass over memory: count, or keep, what comes out.

A program is in postfix order: a number not below 0 puts a set of that place on the stack; AND, OR
and MINUS replace the two topmost by one. Sets go through in chunks that stay in the nearest cache,
so that only the sets themselves are read from memory, each once for each time it is named.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
from numba import carray, njit  # pyright: ignore[reportPrivateImportUsage] documented, not listed
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from qunxiang.engine.bitmaps import Bits, Words, count_bits

AND, OR, MINUS = -1, -2, -3
_CHUNK = 1_024  # words: 8 KiB, a few of which fit the nearest cache
_WORTH_A_THREAD = 1 << 17  # words: 8 million people


@intrinsic
def _words_at(_context: Any, address: Any) -> Any:
    """Return the pointer that an address is: any number of sets can then be given to one loop."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.uint64)(address), generate


# Each loop is a function of its own, so that the compiler makes vector instructions of it.


@njit(cache=True, nogil=True)
def _load(left: Any, right: Any, at: Any, n: Any) -> None:
    for k in range(n):
        left[k] = right[at + k]


@njit(cache=True, nogil=True)
def _and(left: Any, right: Any, at: Any, n: Any) -> None:
    for k in range(n):
        left[k] &= right[at + k]


@njit(cache=True, nogil=True)
def _or(left: Any, right: Any, at: Any, n: Any) -> None:
    for k in range(n):
        left[k] |= right[at + k]


@njit(cache=True, nogil=True)
def _minus(left: Any, right: Any, at: Any, n: Any) -> None:
    for k in range(n):
        left[k] &= ~right[at + k]


@njit(cache=True, nogil=True)
def _apply(code: Any, left: Any, right: Any, at: Any, n: Any) -> None:
    if code == AND:
        _and(left, right, at, n)
    elif code == OR:
        _or(left, right, at, n)
    else:
        _minus(left, right, at, n)


@njit(cache=True, nogil=True)
def _run(
    program: Any, addresses: Any, size: Any, begin: Any, end: Any, depth: Any, out: Any
) -> Any:
    stack = np.empty((depth, _CHUNK), np.uint64)
    total = np.uint64(0)
    for at in range(begin, end, _CHUNK):
        n = min(_CHUNK, end - at)
        top, i = -1, 0
        while i < program.size:
            code = program[i]
            i += 1
            if code < 0:
                top -= 1
                _apply(code, stack[top], stack[top + 1], 0, n)
                continue
            one = carray(_words_at(addresses[code]), size)  # pyright: ignore[reportCallIssue] an intrinsic is given its context
            if top >= 0 and program[i] < 0:  # used at once, it need not go onto the stack
                _apply(program[i], stack[top], one, at, n)
                i += 1
            else:
                top += 1
                _load(stack[top], one, at, n)
        total += count_bits(stack[0][:n])
        if out.size:
            out[at : at + n] = stack[0][:n]
    return total


def count_combined(program: Sequence[int], sets: Sequence[Bits]) -> int:
    """Return how many people are in what a program makes of some sets, all of one size."""
    return _combine(program, sets, np.empty(0, np.uint64))


def combine_sets(program: Sequence[int], sets: Sequence[Bits]) -> Bits:
    """Return what a program makes of some sets, all of one size."""
    words = np.empty(sets[0].words.size, np.uint64)
    _combine(program, sets, words)
    return Bits(words, sets[0].size)


def _combine(program: Sequence[int], sets: Sequence[Bits], out: Words) -> int:
    # The arrays are held here for as long as their addresses are in use.
    arrays = [np.ascontiguousarray(one.words) for one in sets]
    size = arrays[0].size
    if any(a.dtype != np.uint64 or a.size != size for a in arrays):
        raise ValueError("sets of different sizes cannot be combined")
    codes = np.array(program, np.int32)
    depth = int(np.where(codes >= 0, 1, -1).cumsum().max())
    addresses = np.array([a.ctypes.data for a in arrays], np.int64)

    def run(part: tuple[int, int]) -> int:
        return int(_run(codes, addresses, size, *part, depth, out))

    parts = _parts(size)
    return run(parts[0]) if len(parts) == 1 else sum(_threads().map(run, parts))


def _parts(size: int) -> list[tuple[int, int]]:
    count = max(1, min(_cores(), size // _WORTH_A_THREAD))
    cuts: NDArray[np.int64] = np.linspace(0, size, count + 1).astype(np.int64)
    return list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_cores(), thread_name_prefix="combine")
