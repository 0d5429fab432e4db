"""About how many rows a file has, without reading it: by its length and that of its first rows."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from qunxiang.sources.files import read
from qunxiang.sources.limits import LIMITS, Limits
from qunxiang.sources.shapes import FileShape

_LOOKED_AT = 1 << 20
_FEW_BATCHES = 2


def estimate_rows(
    path: Path, shape: FileShape, *, limits: Limits = LIMITS
) -> tuple[int | None, bool]:
    """Return how many rows a file has, None where that cannot be told, and whether it is exact."""
    if shape.format == "parquet":
        return pq.read_metadata(path).num_rows, True
    first = list(islice(read(path, shape, limits=limits), _FEW_BATCHES))
    if len(first) < _FEW_BATCHES:
        return sum(b.rows.num_rows + len(b.bad) + b.blank for b in first), True
    if shape.format not in {"csv", "jsonl"} or shape.compression != "none":
        return None, False
    with path.open("rb") as file:
        lines = file.read(_LOOKED_AT).count(b"\n")
    size = path.stat().st_size
    return max(1, round(size * lines / min(size, _LOOKED_AT)) - shape.data_row), False
