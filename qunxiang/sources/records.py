"""Rows from JSON: each object one row, flat, with every key kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from qunxiang.sources import documents, objects
from qunxiang.sources.containers import file_error
from qunxiang.sources.encodings import MARK
from qunxiang.sources.limits import Limits
from qunxiang.sources.rows import BatchBuilder, RawBatch
from qunxiang.sources.shapes import FileShape


def read_lines(path: Path, shape: FileShape, limits: Limits) -> Iterator[RawBatch]:
    """Read JSON lines; the row number is the line's."""
    builder = BatchBuilder(shape.columns)
    for number, line in documents.lines(path, shape.container, shape.encoding, limits):
        if documents.MARK_BYTES in line:
            builder.set_aside(number, line.decode().replace(MARK, ""), "sources.undecodable")
        else:
            try:
                value = objects.parse(line)
            except ValueError as error:
                builder.set_aside(number, line.decode(), _code(error))
            else:
                _add(builder, (number, value), shape.columns, limits)
        if builder.full:
            yield from builder.take()
    yield from builder.take()


def read_document(path: Path, shape: FileShape, limits: Limits) -> Iterator[RawBatch]:
    """Read one JSON document; the row number is the place in its list, from 1."""
    document = documents.read_document(path, shape.container, shape.encoding, limits)
    found = objects.find_records(document, shape.records or None)
    if found is None:
        raise file_error("sources.no_records", path)
    builder = BatchBuilder(shape.columns)
    for number, value in enumerate(found[1], 1):
        _add(builder, (number, value), shape.columns, limits)
        if builder.full:
            yield from builder.take()
    yield from builder.take()


def _add(
    builder: BatchBuilder, numbered: tuple[int, Any], columns: tuple[str, ...], limits: Limits
) -> None:
    number, value = numbered
    try:
        if not isinstance(value, dict):
            raise TypeError("not an object")
        flat = objects.flatten(cast("dict[str, Any]", value), limits.depth)
    except (objects.TooDeepError, TypeError) as error:
        builder.set_aside(number, objects.text_of(value), _code(error))
    else:
        builder.add(number, objects.fit(flat, columns))


def _code(error: Exception) -> str:
    return "sources.too_deep" if isinstance(error, objects.TooDeepError) else "sources.bad_json"
