"""What was said of people in one change, as bytes, and what stands after many changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ids = NDArray[np.uint64]
Codes = NDArray[np.int32]
TAKEN_BACK = -1


@dataclass(frozen=True)
class Said:
    """Public ids and what was said of each: a code into `words`, -1 where it was taken back."""

    ids: Ids
    codes: Codes
    words: list[str]


def replay(changes: Sequence[Said]) -> Said:
    """Return what stands after changes, oldest first: of each id what was said last, in that order."""
    words = list(dict.fromkeys(word for change in changes for word in change.words))
    place = {word: code for code, word in enumerate(words)}
    codes = [np.zeros(0, np.int32)]
    for change in changes:
        table = np.array([*(place[w] for w in change.words), TAKEN_BACK], np.int32)
        codes.append(table[change.codes])
    ids = np.concatenate([np.zeros(0, np.uint64), *(change.ids for change in changes)])
    every = np.concatenate(codes)
    last = ids.size - 1 - np.unique(ids[::-1], return_index=True)[1]
    last = np.sort(last[every[last] >= 0])
    return Said(ids[last], every[last], words)


def pack(said: Said) -> bytes:
    """Return what was said as bytes: ids in order, each as the step from the one before."""
    order = np.argsort(said.ids)
    steps = np.diff(said.ids[order], prepend=np.uint64(0)).astype("<u8")
    used = np.unique(said.codes[said.codes >= 0])
    table = np.full(len(said.words) + 1, TAKEN_BACK, np.int32)
    table[used] = np.arange(used.size, dtype=np.int32)
    codes = table[said.codes[order]].astype("<i4")
    words = json.dumps([said.words[code] for code in used.tolist()], ensure_ascii=False).encode()
    raw = steps.tobytes() + codes.tobytes() + words
    sizes = np.array([steps.size, len(raw)], "<u8").tobytes()
    return sizes + pa.compress(raw, codec="zstd", asbytes=True)


def unpack(data: bytes) -> Said:
    """Return what `pack` wrote."""
    count, size = np.frombuffer(data[:16], "<u8").tolist()
    raw = pa.decompress(data[16:], decompressed_size=size, codec="zstd", asbytes=True)
    ids = np.cumsum(np.frombuffer(raw, "<u8", count), dtype=np.uint64)
    codes = np.frombuffer(raw, "<i4", count, offset=count * 8).astype(np.int32)
    return Said(ids, codes, json.loads(raw[count * 12 :]))


def without(data: bytes, ids: Ids) -> bytes:
    """Return packed bytes without some ids; the same object if they name none of them."""
    said = unpack(data)
    keep = ~np.isin(said.ids, ids)
    return data if keep.all() else pack(Said(said.ids[keep], said.codes[keep], said.words))
