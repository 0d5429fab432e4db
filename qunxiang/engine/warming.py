"""Compile every loop once, for every type of values it meets, so that no question waits for it.

Compiled loops are cached on disk: after the first time on a machine this only loads them.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from qunxiang.engine import folds
from qunxiang.engine.bitmaps import Bits, overlap
from qunxiang.engine.columns import Column, among, hits, within
from qunxiang.engine.combining import combine_sets
from qunxiang.engine.hashing import Numbering, Tally, combine, hash_strings
from qunxiang.engine.timelines import cluster
from qunxiang.engine.unions import connect

_MASKS = (np.zeros(0, np.uint8), np.ones(2, np.uint8))


def warm_up() -> None:
    """Run everything that is compiled, on two events of one person."""
    _warm_hashing()
    _warm_columns()
    person, at = np.zeros(2, np.int32), np.arange(2, dtype=np.int64)
    cluster(person, at, np.arange(2, dtype=np.uint64), 1)
    ends = np.zeros(1, np.int32)
    connect(2, ends, ends + 1, np.zeros(2, np.int16), np.zeros(1, np.int32))
    _warm_folds()


def _warm_hashing() -> None:
    hashes = hash_strings(pa.array(["a", None]))
    hash_strings(pa.array(["a", None], pa.large_string()))
    combine([hashes, hashes])
    Numbering().number(hashes, hashes, np.ones(2, np.bool_))
    tally = Tally()
    tally.seen(hashes)
    tally.seen(np.arange(2_000, dtype=np.uint64))


def _warm_columns() -> None:
    alternating = np.arange(130) % 2 == 0
    for dtype in (np.int8, np.int16, np.int32, np.int64, np.float64):
        column = Column("number", np.zeros(70, dtype))
        within(column, 0, 1).count()
        if dtype is not np.float64:
            among(column, 0, alternating[:100])
    for dtype in (np.int8, np.int16, np.int32):
        hits(Column("texts", np.zeros(1, dtype), None, np.array([0, 1])), np.ones(1, np.bool_))
    overlap([Bits.none(64)])
    combine_sets([0], [Bits.none(64)])


def _warm_folds() -> None:
    starts, ends = np.zeros(1, np.int64), np.full(1, 2, np.int64)
    offsets, at, day = np.array([0, 2]), np.arange(2, dtype=np.int64), np.zeros(2, np.int32)
    places, gap = np.empty(1, np.int64), np.empty(1, np.float64)
    folds.find_windows(offsets, at, 0, 5, starts, ends)
    for mask in _MASKS:
        folds.count(starts, ends, mask, places)
        folds.count_days(starts, ends, mask, day, places, gap)
        folds.find_first(starts, ends, mask, places)
        folds.find_last(starts, ends, mask, places)
        for dtype in (np.int32, np.int64, np.float64):
            values = np.zeros(2, dtype)
            column = Column("number", values)
            total = np.empty(1, np.float64 if dtype is np.float64 else np.int64)
            folds.add(starts, ends, mask, values, column.unknown(), total, places)
            folds.find_least(starts, ends, mask, values, column.unknown(), 1, places)
            folds.find_median(starts, ends, mask, values, column.unknown(), gap)
            folds.count_distinct(starts, ends, mask, values, column.unknown(), places)
        codes, code = np.zeros(2, np.int32), np.empty(1, np.int32)
        folds.count_list(starts, ends, mask, codes, places)
        folds.fill_list(starts, ends, mask, codes, np.array([0, 1]), code)
        folds.find_top(starts, ends, mask, codes, np.zeros(0, np.float64), code, gap, np.zeros(1))
    folds.find_days(starts, ends, day, places, places.copy(), places.copy())
