"""Folds: compiled loops along each person's events in a window.

Every loop takes `starts` and `ends` (where a person's window begins and ends among the events at
hand), a `mask` (one byte per event; an empty mask lets every event in) and writes one result per
person. Nothing here is compiled per question: a question is a list of calls. Functions marked with
a dtype rule are specialised by numba for int32, int64 and float64 values and cached on disk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def find_windows(offsets: Any, at: Any, low: Any, high: Any, starts: Any, ends: Any) -> None:
    """Find, per person, the events with low <= at < high."""
    for p in range(starts.size):
        begin, end = offsets[p], offsets[p + 1]
        lo, hi = begin, end
        while lo < hi:
            mid = (lo + hi) >> 1
            if at[mid] < low:
                lo = mid + 1
            else:
                hi = mid
        starts[p] = lo
        hi = end
        while lo < hi:
            mid = (lo + hi) >> 1
            if at[mid] < high:
                lo = mid + 1
            else:
                hi = mid
        ends[p] = lo


@njit(cache=True, nogil=True)
def count(starts: Any, ends: Any, mask: Any, out: Any) -> None:
    """Count the events."""
    for p in range(out.size):
        if mask.size == 0:
            out[p] = ends[p] - starts[p]
        else:
            n = 0
            for i in range(starts[p], ends[p]):
                n += mask[i]
            out[p] = n


@njit(cache=True, nogil=True)
def count_days(starts: Any, ends: Any, mask: Any, day: Any, out: Any, gap: Any) -> None:
    """Count the distinct days; `gap` gets the mean days between them, NaN below two."""
    for p in range(out.size):
        n = 0
        first = np.int64(0)
        last = np.int64(-(1 << 40))
        for i in range(starts[p], ends[p]):
            if mask.size > 0 and mask[i] == 0:
                continue
            d = np.int64(day[i])
            if n == 0:
                first = d
            if d != last:
                n += 1
                last = d
        out[p] = n
        gap[p] = (last - first) / (n - 1) if n > 1 else np.nan


@njit(cache=True, nogil=True)
def add(
    starts: Any, ends: Any, mask: Any, values: Any, unknown: Any, total: Any, known: Any
) -> None:
    """Add known values up and count them."""
    for p in range(known.size):
        s = total[p]
        s -= s
        n = 0
        for i in range(starts[p], ends[p]):
            v = values[i]
            if (mask.size == 0 or mask[i] != 0) and v != unknown and v == v:
                s += v
                n += 1
        total[p] = s
        known[p] = n


@njit(cache=True, nogil=True)
def find_least(
    starts: Any, ends: Any, mask: Any, values: Any, unknown: Any, sign: Any, out: Any
) -> None:
    """Find the event of the least known value (the greatest when sign is -1), -1 if none."""
    for p in range(out.size):
        best = -1
        for i in range(starts[p], ends[p]):
            v = values[i]
            if (
                (mask.size == 0 or mask[i] != 0)
                and v != unknown
                and v == v
                and (best < 0 or (v < values[best] if sign > 0 else v > values[best]))
            ):
                best = i
        out[p] = best


@njit(cache=True, nogil=True)
def find_first(starts: Any, ends: Any, mask: Any, out: Any) -> None:
    """Find the first event, -1 if none."""
    for p in range(out.size):
        out[p] = -1
        for i in range(starts[p], ends[p]):
            if mask.size == 0 or mask[i] != 0:
                out[p] = i
                break


@njit(cache=True, nogil=True)
def find_last(starts: Any, ends: Any, mask: Any, out: Any) -> None:
    """Find the last event, -1 if none."""
    for p in range(out.size):
        out[p] = -1
        for i in range(ends[p] - 1, starts[p] - 1, -1):
            if mask.size == 0 or mask[i] != 0:
                out[p] = i
                break


@njit(cache=True, nogil=True)
def _gather(start: Any, end: Any, mask: Any, values: Any, unknown: Any, room: Any) -> Any:
    n = 0
    for i in range(start, end):
        v = values[i]
        if (mask.size == 0 or mask[i] != 0) and v != unknown and v == v:
            room[n] = v
            n += 1
    return n


@njit(cache=True, nogil=True)
def _longest(starts: Any, ends: Any) -> Any:
    n = 1
    for p in range(starts.size):
        n = max(n, ends[p] - starts[p])
    return n


@njit(cache=True, nogil=True)
def find_median(starts: Any, ends: Any, mask: Any, values: Any, unknown: Any, out: Any) -> None:
    """Take the median of known values: the mean of the middle two of an even number."""
    room = np.empty(_longest(starts, ends), values.dtype)
    for p in range(out.size):
        n = _gather(starts[p], ends[p], mask, values, unknown, room)
        if n == 0:
            out[p] = np.nan
            continue
        mine = np.sort(room[:n])
        out[p] = (np.float64(mine[(n - 1) // 2]) + np.float64(mine[n // 2])) / 2.0


@njit(cache=True, nogil=True)
def count_distinct(starts: Any, ends: Any, mask: Any, values: Any, unknown: Any, out: Any) -> None:
    """Count the distinct known values."""
    room = np.empty(_longest(starts, ends), values.dtype)
    for p in range(out.size):
        n = _gather(starts[p], ends[p], mask, values, unknown, room)
        distinct = 0
        if n <= 24:
            for i in range(n):
                new = True
                for j in range(i):
                    if room[j] == room[i]:
                        new = False
                        break
                distinct += new
        else:
            mine = np.sort(room[:n])
            distinct = 1
            for i in range(1, n):
                distinct += mine[i] != mine[i - 1]
        out[p] = distinct


@njit(cache=True, nogil=True)
def count_list(starts: Any, ends: Any, mask: Any, codes: Any, sizes: Any) -> None:
    """Count the distinct codes of each person, the sizes of the lists `fill_list` writes."""
    count_distinct(starts, ends, mask, codes, np.int32(-1), sizes)


@njit(cache=True, nogil=True)
def fill_list(starts: Any, ends: Any, mask: Any, codes: Any, offsets: Any, out: Any) -> None:
    """Write the distinct codes of each person, ascending."""
    room = np.empty(_longest(starts, ends), codes.dtype)
    for p in range(offsets.size - 1):
        n = _gather(starts[p], ends[p], mask, codes, np.int32(-1), room)
        mine = np.sort(room[:n])
        at = offsets[p]
        for i in range(n):
            if i == 0 or mine[i] != mine[i - 1]:
                out[at] = mine[i]
                at += 1


@njit(cache=True, nogil=True)
def find_top(
    starts: Any, ends: Any, mask: Any, codes: Any, weights: Any, code: Any, share: Any, tally: Any
) -> None:
    """Find the code with the most events, or the greatest sum of weights, and its share.

    Of equals the one that happened last wins. `weights` may be empty; `tally` is a zeroed float64
    per code, given back zeroed. The share is unknown (NaN) where the whole is not positive.
    """
    weighted = weights.size > 0
    for p in range(code.size):
        whole = 0.0
        for i in range(starts[p], ends[p]):
            if codes[i] >= 0 and (mask.size == 0 or mask[i] != 0):
                w = np.float64(weights[i]) if weighted else 1.0
                tally[codes[i]] += w
                whole += w
        best = -1
        for i in range(ends[p] - 1, starts[p] - 1, -1):
            c = codes[i]
            if c >= 0 and (mask.size == 0 or mask[i] != 0) and (best < 0 or tally[c] > tally[best]):
                best = c
        code[p] = best
        share[p] = tally[best] / whole if best >= 0 and whole > 0 else np.nan
        for i in range(starts[p], ends[p]):
            if codes[i] >= 0:
                tally[codes[i]] = 0.0


@njit(cache=True, nogil=True)
def find_days(starts: Any, ends: Any, day: Any, first: Any, last: Any, before: Any) -> None:
    """Find the first day, the last, and the day before the last (the last if there is but one)."""
    for p in range(first.size):
        first[p] = last[p] = before[p] = 0
        if starts[p] < ends[p]:
            first[p] = day[starts[p]]
            last[p] = before[p] = day[ends[p] - 1]
            for i in range(ends[p] - 1, starts[p] - 1, -1):
                if day[i] != last[p]:
                    before[p] = day[i]
                    break
