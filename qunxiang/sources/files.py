"""Any file, one door: the rows of it in batches, and the fingerprint of its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import xxhash

from qunxiang.sources import columnar, delimited, records, spreadsheets
from qunxiang.sources.containers import file_error, identify, size_of
from qunxiang.sources.limits import LIMITS, Limits
from qunxiang.sources.rows import RawBatch, without_totals
from qunxiang.sources.shapes import FileShape, check_columns

CHUNK = 4 << 20


def read(path: Path, shape: FileShape, *, limits: Limits = LIMITS) -> Iterator[RawBatch]:
    """Read a file as its shape says, in batches of text.

    Every row below the header is given once: among the rows, among the bad, or counted as blank.

    Raises:
        QunxiangError: the file is not what the shape says, or may not be read.
    """
    container = identify(path, limits)
    if container.kind != shape.container.kind or container.compression != shape.compression:
        found = container.kind
        raise file_error("sources.wrong_format", path, declared=shape.format, found=found)
    check_columns(path, len(shape.columns), limits)
    if shape.format == "csv":
        return without_totals(delimited.read_text(path, shape, limits))
    if shape.format == "jsonl":
        return records.read_lines(path, shape, limits)
    if shape.format == "json":
        return records.read_document(path, shape, limits)
    if shape.format == "parquet":
        return columnar.read_groups(path, shape)
    return without_totals(spreadsheets.read_sheet(path, shape, limits))


def fingerprint(path: Path) -> str:
    """Return the hash of a file's content: the same bytes, the same file."""
    size_of(path)
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
