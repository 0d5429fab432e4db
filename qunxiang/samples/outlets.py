"""Files being written a chunk at a time, in the shapes that real systems export."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import polars as pl
import pyarrow.parquet as pq
import xlsxwriter

_SLICE = 100_000
_DICTIONARY_BYTES = (
    16 * 1024 * 1024
)  # room for every person of a chunk, so that repeats cost little
_LONG_TEXT = 6  # a day counted from 1900 has five digits


class Outlet(Protocol):
    """A file that takes frames of the same columns."""

    path: Path
    rows: int

    def write(self, frame: pl.DataFrame) -> None:
        """Write the rows of a frame."""
        ...

    def close(self) -> None:
        """Write what comes at the end."""
        ...


class ParquetOutlet:
    """Parquet, one row group per chunk."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, 0
        self._writer: pq.ParquetWriter | None = None

    def write(self, frame: pl.DataFrame) -> None:
        """Write the rows of a frame."""
        table = frame.to_arrow(compat_level=pl.CompatLevel.newest())
        writer = self._writer or pq.ParquetWriter(
            self.path,
            table.schema,
            compression="zstd",
            store_schema=False,
            use_dictionary=_find_repeating(frame),
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
        )
        self._writer = writer
        writer.write_table(table, row_group_size=max(1, table.num_rows))
        self.rows += len(frame)

    def close(self) -> None:
        """Write the index of the file."""
        if self._writer is not None:
            self._writer.close()


def _find_repeating(frame: pl.DataFrame) -> list[str]:
    """Return the columns that a dictionary makes smaller; for keys it would be made in vain."""
    counts = frame.select(pl.all().approx_n_unique()).row(0)
    return [name for name, n in zip(frame.columns, counts, strict=True) if n < len(frame) / 2]


class DelimitedOutlet:
    """Text with separators, in any encoding."""

    def __init__(
        self,
        path: Path,
        *,
        separator: str = ",",
        encoding: str = "utf-8",
        moments: str = "%Y-%m-%d %H:%M:%S",
    ) -> None:
        self.path, self.rows = path, 0
        self._separator, self._moments = separator, moments
        # A BOM belongs at the start only, which the encoding itself would not know.
        self._encoding = encoding.removesuffix("-sig")
        self._file = path.open("wb")
        if encoding != self._encoding:
            self._file.write(b"\xef\xbb\xbf")

    def write(self, frame: pl.DataFrame) -> None:
        """Write the rows of a frame, below the headings if they are the first."""
        for part in frame.iter_slices(_SLICE):
            text = io.BytesIO()
            part.write_csv(
                text,
                include_header=self.rows == 0,
                separator=self._separator,
                line_terminator="\r\n",
                datetime_format=self._moments,
            )
            self.write_text(text.getvalue())
            self.rows += len(part)

    def write_text(self, text: bytes) -> None:
        """Write UTF-8 text as it is, in the file's encoding."""
        same = self._encoding == "utf-8"
        self._file.write(text if same else text.decode().encode(self._encoding))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class LinesOutlet:
    """JSON lines; the columns in `raw` hold JSON already, the others plain letters and digits."""

    def __init__(self, path: Path, raw: Sequence[str] = ()) -> None:
        self.path, self.rows = path, 0
        self._raw = raw
        self._file = path.open("wb")

    def write(self, frame: pl.DataFrame) -> None:
        """Write the rows of a frame."""
        pieces: list[pl.Expr] = []
        for place, name in enumerate(frame.columns):
            value = pl.col(name) if name in self._raw else pl.format('"{}"', pl.col(name))
            start = "{" if place == 0 else ","
            pieces += [pl.lit(f'{start}"{name}":'), value.fill_null("null")]
        for part in frame.iter_slices(_SLICE):
            line = part.select(pl.concat_str(*pieces, pl.lit("}")))
            line.write_csv(self._file, include_header=False, quote_style="never")
        self.rows += len(frame)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class SheetOutlet:
    """A workbook of one sheet: title rows, headings, and every cell as somebody typed it."""

    def __init__(self, path: Path, title: Sequence[str], days: Sequence[str] = ()) -> None:
        self.path, self.rows = path, 0
        self._days = days  # columns in which a day counted from 1900 is a number
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        # Otherwise the file would tell when it was made, and differ each time.
        self._book.set_properties(
            {"created": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
        )
        self._sheet = self._book.add_worksheet("Sheet1")
        self._next = len(title)
        for row, text in enumerate(title):
            self._sheet.write_string(row, 0, text)

    def write(self, frame: pl.DataFrame) -> None:
        """Write the rows of a frame, below the headings if they are the first."""
        if self.rows == 0:
            self._sheet.write_row(self._next, 0, frame.columns)
            self._next += 1
        counted = [n for n, name in enumerate(frame.columns) if name in self._days]
        write_string, write_number = self._sheet.write_string, self._sheet.write_number
        for row in frame.with_columns(pl.all().cast(pl.String)).iter_rows():
            for column, text in enumerate(row):
                if text is None:
                    continue
                if column in counted and len(text) < _LONG_TEXT and text.isdigit():
                    write_number(self._next, column, int(text))
                else:
                    write_string(self._next, column, text)
            self._next += 1
        self.rows += len(frame)

    def close(self) -> None:
        """Write the workbook."""
        self._book.close()
