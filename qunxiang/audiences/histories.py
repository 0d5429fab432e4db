"""Sets of public ids as bytes, and who was a member when."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ids = NDArray[np.uint64]


def pack(ids: Ids) -> bytes:
    """Return a set of ids as compressed bytes: sorted, each as the step from the one before."""
    steps = np.diff(np.sort(ids), prepend=np.uint64(0))
    raw = steps.astype("<u8").tobytes()
    return len(ids).to_bytes(8, "little") + pa.compress(raw, codec="zstd", asbytes=True)


def unpack(data: bytes) -> Ids:
    """Return the set of ids that `pack` wrote."""
    size = int.from_bytes(data[:8], "little")
    raw = pa.decompress(data[8:], decompressed_size=size * 8, codec="zstd", asbytes=True)
    return np.cumsum(np.frombuffer(raw, "<u8"), dtype=np.uint64)


def replay(changes: Iterable[tuple[Ids, Ids]]) -> Ids:
    """Return the members after a series of (entered, left), oldest first."""
    members = np.zeros(0, np.uint64)
    for entered, left in changes:
        members = np.union1d(np.setdiff1d(members, left), entered)
    return members
