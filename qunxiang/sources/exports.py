"""Tables written as files that no spreadsheet will run: CSV, XLSX and JSON lines.

A cell that begins like a formula is run by the program that opens it. In CSV such a cell gets a
leading apostrophe, which does not survive a round trip; in XLSX it is written as text, which does.
Whoever needs the exact values of a CSV takes JSON lines.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import os
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import chain
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TextIO

import orjson
import pyarrow as pa
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from qunxiang.errors import QunxiangError
from qunxiang.sources.rows import cell_text

# A table, or its batches one after the other; batches need not fit in memory together.
Rows = pa.Table | pa.RecordBatchReader | Iterable[pa.RecordBatch]

SHEET_ROWS = 1_048_575  # below the header
SHEET_COLUMNS = 16_384
CELL_CHARACTERS = 32_767
_WRITE_ROWS = 8_192
# Blanks that a spreadsheet may skip before it looks at the first character.
_RISKY = re.compile("^[ \u00a0\u3000\u200b\ufeff]*[=+\\-@\t\r\n＝＋－＠]")
# `+86…` is not among these: it is a telephone number and must stay text.
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NOT_XML = re.compile("[\ufffe\uffff]")


def write_csv(rows: Rows, path: Path, *, bom: bool = True) -> None:
    """Write rows as CSV in UTF-8, with a BOM unless told otherwise, for Excel to see the encoding."""
    names, batches = _open(rows)
    with _replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        if bom:
            file.write("\ufeff")
        _write_csv(file, names, batches)


def _write_csv(file: TextIO, names: list[str], batches: Iterator[pa.RecordBatch]) -> None:
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_harmless(name) for name in names])
    for batch in batches:
        columns = [_csv_cells(column) for column in batch.columns]
        writer.writerows(zip(*columns, strict=True) if columns else [])


def _csv_cells(column: pa.Array) -> list[str]:
    values = column.to_pylist()
    if _is_text(column.type):
        return [_harmless(value) if value else "" for value in values]
    return [_plain(value) for value in values]


def _plain(value: Any) -> str:
    text = cell_text(value) or ""
    return text if isinstance(value, int | float | Decimal) else _harmless(text)


def _harmless(text: str) -> str:
    return f"'{text}" if _RISKY.match(text) and not _NUMBER.fullmatch(text) else text


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def write_jsonl(rows: Rows, path: Path) -> None:
    """Write rows as JSON lines, values exactly as they are."""
    _, batches = _open(rows)
    with _replacing(path) as temporary, temporary.open("wb") as file:
        for batch in batches:
            for row in batch.to_pylist():
                file.write(orjson.dumps(row, default=cell_text) + b"\n")


def write_xlsx(rows: Rows, path: Path, sheet: str = "Sheet1") -> None:
    """Write rows as a workbook: numbers and dates typed, text as text, more sheets when needed."""
    names, batches = _open(rows)
    if len(names) > SHEET_COLUMNS:
        raise QunxiangError("sources.too_wide_for_sheet", where=path.name, columns=len(names))
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with _replacing(path) as temporary, xlsxwriter.Workbook(str(temporary), options) as book:
        sheets = _Sheets(book, names, sheet, path)
        for batch in batches:
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                sheets.write(row)


class _Sheets:
    """Writes rows onto one sheet after the other."""

    def __init__(self, book: Workbook, names: list[str], sheet: str, path: Path) -> None:
        self._book = book
        self._names = names
        self._name = _SHEET_NAME.sub("_", sheet).strip("'")[:25] or "Sheet1"
        self._path = path
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._count = 0
        self._row = 0
        self._sheet = self._next_sheet()

    def _next_sheet(self) -> Worksheet:
        self._count += 1
        name = self._name if self._count == 1 else f"{self._name} ({self._count})"
        sheet = self._book.add_worksheet(name)
        for column, text in enumerate(self._names):
            sheet.write_string(0, column, text[:CELL_CHARACTERS])
        self._row = 0
        return sheet

    def write(self, values: tuple[Any, ...]) -> None:
        """Write one row."""
        if self._row == SHEET_ROWS:
            self._sheet = self._next_sheet()
        self._row += 1
        for column, value in enumerate(values):
            if value is not None:
                self._cell(column, value)

    def _cell(self, column: int, value: Any) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, column, value)
        elif isinstance(value, int | float | Decimal) and _fits(value):
            self._sheet.write_number(self._row, column, float(value))
        elif isinstance(value, dt.datetime) and value.year >= 1900:
            self._sheet.write_datetime(self._row, column, value, self._moment)
        elif type(value) is dt.date and value.year >= 1900:
            midnight = dt.datetime.combine(value, dt.time())
            self._sheet.write_datetime(self._row, column, midnight, self._day)
        else:
            self._string(column, cell_text(value) or "")

    def _string(self, column: int, text: str) -> None:
        if len(text) > CELL_CHARACTERS:
            name = self._names[column]
            raise QunxiangError("sources.cell_too_long", where=self._path.name, column=name)
        self._sheet.write_string(self._row, column, _NOT_XML.sub("\ufffd", text))


def _fits(value: float | Decimal) -> bool:
    # A spreadsheet keeps 15 digits; longer numbers are identifiers and go as text.
    return math.isfinite(value) and abs(value) < 10**15


def _open(rows: Rows) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    """Return the names of the columns and the batches, cut small."""
    known: Any = rows  # Arrow brings no types of its own
    if isinstance(rows, pa.Table):
        return known.schema.names, iter(known.to_batches(max_chunksize=_WRITE_ROWS))
    if isinstance(rows, pa.RecordBatchReader):
        return known.schema.names, _cut(rows)
    batches = iter(rows)
    first = next(batches, None)
    if first is None:
        return [], iter(())
    return first.schema.names, _cut(chain([first], batches))


def _cut(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for start in range(0, batch.num_rows, _WRITE_ROWS):
            yield batch.slice(start, _WRITE_ROWS)


@contextmanager
def _replacing(path: Path) -> Generator[Path]:
    """Give a temporary path beside the real one; it takes its place only when all went well."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
