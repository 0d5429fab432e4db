"""Joins: columns of several shelves one after the other, under one dictionary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.engine.columns import MONEY_SCALE, Column, Values


def join(parts: Sequence[Column | int]) -> Column | None:
    """Return columns one after the other; None if there is none.

    Args:
        parts: columns of one kind; an integer stands for so many places that are unknown. Numbers
            beside money are amounts of whole units: what is measured of no event is a number.
    """
    there = [p for p in parts if isinstance(p, Column)]
    if not there:
        return None
    like = next((p for p in there if p.kind == "money"), there[0])
    kind = like.kind
    every = [_alike(p, like) if isinstance(p, Column) else _nothing(like, p) for p in parts]
    if kind in {"text", "texts"}:
        words, codes = _one_dictionary(every)
        if kind == "text":
            return Column(kind, np.concatenate(codes), words)
        sizes = np.concatenate([np.diff(c.offsets) for c in every if c.offsets is not None])
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        return Column(kind, np.concatenate(codes), words, offsets)
    dtype = np.result_type(*(c.values.dtype for c in every))
    out = Column(kind, np.concatenate([c.values.astype(dtype) for c in every]))
    if any(c.values.dtype != dtype for c in every):
        out.values[~np.concatenate([c.known() for c in every])] = out.unknown()
    return out


def _alike(column: Column, like: Column) -> Column:
    if column.kind == like.kind:
        return column
    assert (column.kind, like.kind) == ("number", "money"), (column.kind, like.kind)
    known = column.known()
    amounts = column.values[known].astype(np.result_type(column.values.dtype, np.int64))
    values = np.full(column.values.size, np.iinfo(np.int64).min)
    values[known] = np.rint(amounts * MONEY_SCALE).astype(np.int64)
    return Column("money", values)


def _nothing(like: Column, size: int) -> Column:
    if like.offsets is not None:
        return Column(like.kind, np.zeros(0, np.int32), like.words, np.zeros(size + 1, np.int64))
    return Column(like.kind, np.full(size, like.unknown(), like.values.dtype), like.dictionary)


def _one_dictionary(columns: Sequence[Column]) -> tuple[pa.StringArray, list[Values]]:
    """Return one dictionary for all, that of the first and what others add, and the codes in it."""
    if all(column.words is columns[0].words for column in columns):
        return columns[0].words, [column.values.astype(np.int32) for column in columns]
    used = [_used(column) for column in columns]
    every = pa.concat_arrays([words for words, _ in used]).dictionary_encode()
    turn = np.append(np.asarray(every.indices, np.int32), np.int32(-1))
    begins = np.cumsum([0, *(len(words) for words, _ in used)])
    codes = [
        turn[np.where(codes < 0, -1, codes + begin)]
        for (_, codes), begin in zip(used, begins[:-1], strict=True)
    ]
    return every.dictionary, codes


def _used(column: Column) -> tuple[pa.StringArray, NDArray[np.int64]]:
    """Return the words of a column and its codes; only those used, where most are not."""
    codes = column.values.astype(np.int64)
    if len(column.words) <= 2 * codes.size:
        return column.words, codes
    places, inverse = np.unique(codes[codes >= 0], return_inverse=True)
    codes[codes >= 0] = inverse
    return column.words.take(pa.array(places)), codes
