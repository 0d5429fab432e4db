"""Reads a whole file in one go, for tests to compare."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from qunxiang.sources import BadRow, FileShape, Limits, detect, read


@dataclass(frozen=True)
class Read:
    shape: FileShape
    rows: list[list[str | None]]
    numbers: list[int]
    bad: list[BadRow]
    blank: int

    @property
    def codes(self) -> list[tuple[int, str]]:
        return [(row.row_number, row.code.removeprefix("sources.")) for row in self.bad]


def everything(path: Path, shape: FileShape | None = None, limits: Limits | None = None) -> Read:
    limits = limits or Limits()
    shape = shape or detect(path, limits=limits)
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    blank = 0
    for batch in read(path, shape, limits=limits):
        assert batch.rows.schema.names == list(shape.columns)
        assert all(kind == pa.string() for kind in batch.rows.schema.types)
        assert len(batch.row_numbers) == batch.rows.num_rows
        batch.rows.validate(full=True)
        rows.extend(list(row.values()) for row in batch.rows.to_pylist())
        numbers.extend(batch.row_numbers.to_pylist())
        bad.extend(batch.bad)
        blank += batch.blank
    assert len(set(numbers) | {row.row_number for row in bad}) == len(numbers) + len(bad)
    return Read(shape, rows, numbers, bad, blank)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path
