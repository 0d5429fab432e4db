"""Rows as they came: text or nothing in every cell, the row's number, and what was set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

BATCH_ROWS = 65_536
BATCH_CELLS = 4_000_000
# The first cell of a line that sums up the others; compared without blanks and colons.
TOTALS = frozenset({"合计", "总计", "总合计", "共计", "total", "totals", "grandtotal", "sumtotal"})


@dataclass(frozen=True)
class BadRow:
    r"""A row set aside: its number, its text (unreadable bytes as `\xNN`), and why."""

    row_number: int
    raw: str
    code: str


@dataclass(frozen=True)
class RawBatch:
    """Some rows of a file: every column is `pa.string()`, an empty cell is null.

    Attributes:
        first_row: number of the first row here, good or bad.
        rows: the good rows.
        row_numbers: for each good row its 1-based number in the file, as a spreadsheet shows it.
            In delimited files a row with quoted line breaks counts once.
        bad: rows set aside.
        blank: rows left out because every cell was empty. What the file holds below its header is
            always `len(rows) + len(bad) + blank`.
    """

    first_row: int
    rows: pa.RecordBatch
    row_numbers: pa.Int64Array
    bad: list[BadRow] = field(default_factory=list[BadRow])
    blank: int = 0

    def among(self, numbers: set[int]) -> RawBatch:
        """Return the rows of these numbers alone."""
        return self._kept(pc.is_in(self.row_numbers, _set_of(numbers)), numbers.__contains__)

    def but(self, numbers: set[int]) -> RawBatch:
        """Return the rows without those of these numbers."""
        gone = pc.is_in(self.row_numbers, _set_of(numbers))
        return self._kept(pc.invert(gone), lambda number: number not in numbers)

    def _kept(self, keep: pa.BooleanArray, is_kept: Callable[[int], bool]) -> RawBatch:
        rows = self.rows.filter(keep) if self.rows.num_columns else self.rows
        bad = [b for b in self.bad if is_kept(b.row_number)]
        return replace(self, rows=rows, row_numbers=self.row_numbers.filter(keep), bad=bad)


def _set_of(numbers: set[int]) -> pa.Int64Array:
    return pa.array(sorted(numbers), pa.int64())


def raw_batch(
    rows: pa.RecordBatch, row_numbers: pa.Int64Array, bad: list[BadRow], blank: int = 0
) -> RawBatch:
    """Put a batch together and find its first row."""
    firsts = [row.row_number for row in bad[:1]]
    if len(row_numbers):
        firsts.append(row_numbers[0].as_py())
    return RawBatch(min(firsts, default=0), rows, row_numbers, bad, blank)


def text_schema(columns: Iterable[str]) -> pa.Schema:
    """Return the schema of landed rows: text everywhere."""
    return pa.schema([pa.field(name, pa.string()) for name in columns])


def batch_size(columns: int) -> int:
    """Return how many rows make a batch, fewer when the table is wide."""
    return max(256, min(BATCH_ROWS, BATCH_CELLS // max(columns, 1)))


def _number_text(value: float) -> str:
    # A phone number kept as a number must come back as its digits: no `.0`, no exponent.
    if value.is_integer() and abs(value) < 1e21:
        return format(Decimal(repr(value)).to_integral_value(), "f")
    return repr(value)


def _moment_text(value: dt.datetime) -> str:
    text = value.isoformat(sep=" ")
    return text.replace(f".{value.microsecond:06d}", f".{value.microsecond:06d}".rstrip("0"))


def _span_text(value: dt.timedelta) -> str:
    sign = "-" if value < dt.timedelta(0) else ""
    seconds = round(abs(value).total_seconds())
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _number_text,
    dt.datetime: _moment_text,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: _span_text,
    Decimal: lambda value: format(value, "f"),
    bytes: bytes.hex,
}


def cell_text(value: Any) -> str | None:
    """Return a cell's value as exact text, or None when it is empty."""
    if isinstance(value, str):
        return value or None
    if value is None:
        return None
    write = _TEXTS.get(type(value))
    return write(value) if write else json_text(value)


def json_text(value: Any) -> str:
    """Return a list or a record as JSON text."""
    return orjson.dumps(value, default=cell_text, option=orjson.OPT_NON_STR_KEYS).decode()


class BatchBuilder:
    """Gathers rows made in Python into batches."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._schema = text_schema(columns)
        self._size = batch_size(len(columns))
        self._cells: list[Sequence[str | None]] = []
        self._numbers: list[int] = []
        self._bad: list[BadRow] = []
        self._blank = 0

    def add(self, number: int, cells: Sequence[str | None]) -> None:
        """Take a row of exactly as many cells as there are columns."""
        if any(cell is not None for cell in cells):
            self._cells.append(cells)
            self._numbers.append(number)
        else:
            self._blank += 1

    def set_aside(self, number: int, raw: str, code: str) -> None:
        """Take a bad row."""
        self._bad.append(BadRow(number, raw, code))

    @property
    def full(self) -> bool:
        """Whether it is time to take the batch out."""
        return len(self._cells) >= self._size or len(self._bad) >= self._size

    def take(self) -> Iterator[RawBatch]:
        """Give what was gathered, if anything, and start anew."""
        if not (self._cells or self._bad or self._blank):
            return
        by_column = zip(*self._cells, strict=True) if self._cells else [()] * len(self._schema)
        arrays = [pa.array(list(column), pa.string()) for column in by_column]
        rows = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        numbers = pa.array(self._numbers, pa.int64())
        yield raw_batch(rows, numbers, self._bad, self._blank)
        self._cells, self._numbers, self._bad, self._blank = [], [], [], 0


def is_total(first_cell: str | None) -> bool:
    """Whether a row that begins so sums up the rows above it."""
    if first_cell is None:
        return False
    return "".join(first_cell.split()).rstrip(":：").casefold() in TOTALS


def _first_cell(rows: pa.RecordBatch, index: int) -> str | None:
    cells = (column[index].as_py() for column in rows.columns)
    return next((cell for cell in cells if cell is not None), None)


def joined(rows: pa.RecordBatch, index: int) -> str:
    """Return one row as tab-separated text, for a person to see."""
    return "\t".join(column[index].as_py() or "" for column in rows.columns)


def keep(batch: RawBatch, mask: pa.BooleanArray) -> RawBatch:
    """Keep the good rows for which the mask is true."""
    return replace(
        batch,
        rows=batch.rows.filter(mask),
        row_numbers=pc.filter(batch.row_numbers, mask),
    )


def _drop_last_total(batch: RawBatch) -> RawBatch:
    last = batch.rows.num_rows - 1
    if last < 0 or not is_total(_first_cell(batch.rows, last)):
        return batch
    row = BadRow(batch.row_numbers[last].as_py(), joined(batch.rows, last), "sources.total_row")
    bad = sorted([*batch.bad, row], key=lambda each: each.row_number)
    return replace(
        batch, rows=batch.rows.slice(0, last), row_numbers=batch.row_numbers.slice(0, last), bad=bad
    )


def without_totals(batches: Iterable[RawBatch]) -> Iterator[RawBatch]:
    """Set aside a last row that only sums up the others.

    Only the last good row can be one, so the last batch that has rows is held back until the end.
    """
    held: RawBatch | None = None
    for batch in batches:
        if held is None:
            held = batch
        elif batch.rows.num_rows:
            yield held
            held = batch
        else:
            held = replace(held, bad=held.bad + batch.bad, blank=held.blank + batch.blank)
    if held is not None:
        yield _drop_last_total(held)
