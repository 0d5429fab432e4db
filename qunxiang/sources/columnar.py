"""Rows from Parquet, a row group at a time, every value as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qunxiang.sources.containers import file_error
from qunxiang.sources.rows import RawBatch, batch_size, cell_text, raw_batch, text_schema
from qunxiang.sources.shapes import FileShape, check_header


def read_groups(path: Path, shape: FileShape) -> Iterator[RawBatch]:
    """Read a Parquet file; the row number is the place in the file, from 1."""
    schema = text_schema(shape.columns)
    number = 1
    try:
        with pq.ParquetFile(path) as file:
            check_header(path, shape, file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=batch_size(len(shape.columns))):
                try:
                    batch.validate(full=True)  # Parquet promises UTF-8, and nobody has looked
                except pa.ArrowInvalid as error:
                    raise file_error("sources.undecodable", path, row=number) from error
                arrays = [_texts(column) for column in batch.columns]
                rows = pa.RecordBatch.from_arrays(arrays, schema=schema)
                numbers = pa.array(range(number, number + rows.num_rows), pa.int64())
                yield raw_batch(rows, numbers, [])
                number += rows.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise file_error("sources.truncated", path, row=number) from error


def _texts(column: pa.Array) -> pa.StringArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return _moments(column)
    if pa.types.is_floating(kind):
        return _reals(column)
    if (
        pa.types.is_nested(kind)
        or pa.types.is_duration(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    ):
        return pa.array([cell_text(value) for value in column.to_pylist()], pa.string())
    texts = column.cast(pa.string())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    if pa.types.is_time(kind):
        return _without_empty_fraction(texts)
    return texts


def _reals(column: pa.Array) -> pa.StringArray:
    # Prices and rates repeat: each distinct number is written once.
    encoded = pc.dictionary_encode(column)
    texts = pa.array([cell_text(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return texts.take(encoded.indices)


def _moments(column: pa.TimestampArray) -> pa.StringArray:
    return _without_empty_fraction(column.cast(pa.string()))


def _without_empty_fraction(texts: pa.StringArray) -> pa.StringArray:
    texts = pc.replace_substring_regex(texts, r"\.0+([^0-9].*)?$", r"\1")
    return pc.replace_substring_regex(texts, r"(\.\d*[1-9])0+([^0-9].*)?$", r"\1\2")
