"""Rows on their way from a connector to the landing log: kept aside until the last one has come.

A pull that breaks off in the middle so leaves nothing behind, and what it brought is known before
it lands. The file has no name in its folder, and so does not outlive the process.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO

import pyarrow as pa
import xxhash

from qunxiang.sources.rows import BatchBuilder, RawBatch, text_schema

_GAP = "\x1f"


@lru_cache(maxsize=64)
def _in_order(columns: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((name, place) for place, name in enumerate(columns)))


def hash_row(columns: tuple[str, ...], cells: Sequence[str | None]) -> int:
    """Return 64 bits that say what a row holds, whatever the order of its columns.

    Columns without a value say nothing: a field that comes or goes changes the rows that have it.
    """
    told = (f"{n}={cells[at]}" for n, at in _in_order(columns) if cells[at] is not None)
    return xxhash.xxh3_64_intdigest(_GAP.join(told).encode())


class Spool:
    """Rows of text, written once and read once.

    Attributes:
        rows: how many there are.
        columns: every column that any of them has, in order of appearance.
    """

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 closed by `close`
        self._builder: BatchBuilder | None = None
        self._now: tuple[str, ...] = ()
        self._hash = xxhash.xxh3_128()
        self._batches = 0
        self.rows = 0
        self.columns: dict[str, None] = {}

    @property
    def digest(self) -> str:
        """A hash of everything written so far."""
        return self._hash.hexdigest()

    def add(self, columns: tuple[str, ...], cells: Sequence[str | None], mark: int) -> None:
        """Write a row; `mark` is its hash."""
        if self._builder is None or columns != self._now:
            self._flush()
            self._builder, self._now = BatchBuilder(columns), columns
            self.columns |= dict.fromkeys(columns)
        self.rows += 1
        self._hash.update(mark.to_bytes(8, "little"))
        self._builder.add(self.rows, cells)
        if self._builder.full:
            self._flush()

    def batches(self) -> Iterator[RawBatch]:
        """Read everything back; every batch has every column."""
        self._flush()
        self._file.seek(0)
        schema = text_schema(self.columns)
        for _ in range(self._batches):
            with pa.ipc.open_stream(self._file) as reader:
                found = reader.read_all().combine_chunks().to_batches()[0]
            numbers = found.column(0)
            size = found.num_rows
            arrays = [
                found.column(name) if name in found.schema.names else pa.nulls(size, pa.string())
                for name in schema.names
            ]
            rows = pa.RecordBatch.from_arrays(arrays, schema=schema)
            yield RawBatch(numbers[0].as_py(), rows, numbers)

    def close(self) -> None:
        """Let go of the file, and with it of the rows."""
        self._file.close()

    def _flush(self) -> None:
        if self._builder is None:
            return
        for batch in self._builder.take():
            if batch.rows.num_rows == 0:
                continue
            # Under a name that no column has: a column may be called anything.
            arrays = [batch.row_numbers, *batch.rows.columns]
            names = ["\0row", *batch.rows.schema.names]
            table = pa.RecordBatch.from_arrays(arrays, names=names)
            with pa.ipc.new_stream(self._file, table.schema) as writer:
                writer.write_batch(table)
            self._batches += 1
