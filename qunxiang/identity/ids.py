"""Public ids: `p` and 13 letters of Crockford's base 32, the text of 64 bits.

The id of a person is a keyed hash of the person's oldest identifier, so it needs no counter, says
nothing about who it is, and is the same after a rebuild. Every identifier has such an id; when two
people become one, the younger's id keeps leading to the survivor, and after a split back again.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_LETTERS = b"0123456789abcdefghjkmnpqrstvwxyz"
_SHAPE = re.compile(r"^p[0-9a-f][0-9a-hj-km-np-tv-z]{12}$")
LENGTH = 14


def write_ids(ids: NDArray[np.uint64]) -> pa.Array:
    """Return 64-bit ids as text."""
    alphabet = np.frombuffer(_LETTERS, np.uint8)
    out = np.empty((ids.size, LENGTH), np.uint8)
    out[:, 0] = ord("p")
    for place in range(13):
        out[:, 13 - place] = alphabet[(ids >> np.uint64(5 * place)).astype(np.uint8) & np.uint8(31)]
    offsets = np.arange(ids.size + 1, dtype=np.int32) * LENGTH
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(out))]
    return pa.Array.from_buffers(pa.string(), ids.size, buffers)


def read_ids(texts: pa.Array) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Return the 64 bits of each text, and whether it is the shape of an id at all."""
    folded = pa.compute.utf8_lower(pa.compute.utf8_trim_whitespace(texts.cast(pa.string())))
    shaped = pa.compute.match_substring_regex(folded, _SHAPE.pattern).fill_null(False)
    shaped = np.asarray(shaped.to_numpy(zero_copy_only=False), np.bool_)
    letters = np.frombuffer("".join(folded.filter(shaped).to_pylist()).encode(), np.uint8)
    values = np.zeros(256, np.uint64)
    values[np.frombuffer(_LETTERS, np.uint8)] = np.arange(32, dtype=np.uint64)
    bits = np.zeros(int(shaped.sum()), np.uint64)
    for place in range(1, LENGTH):
        bits = bits << np.uint64(5) | values[letters.reshape(-1, LENGTH)[:, place]]
    out = np.zeros(shaped.size, np.uint64)
    out[shaped] = bits
    return out, shaped


def read_id(text: str) -> int | None:
    """Return the 64 bits of an id, None for text that is no id."""
    folded = text.strip().lower()
    if not _SHAPE.match(folded):
        return None
    value = 0
    for letter in folded[1:]:
        value = value << 5 | _LETTERS.index(letter.encode())
    return value
