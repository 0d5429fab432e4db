"""How a file is to be read: found from its content, corrected by a person, kept with the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field

from qunxiang.errors import Lang
from qunxiang.sources import dialects, documents, headers, objects, workbooks
from qunxiang.sources.containers import Compression, Container, file_error, identify
from qunxiang.sources.dialects import Dialect
from qunxiang.sources.encodings import MARK
from qunxiang.sources.excerpts import Excerpt, excerpt
from qunxiang.sources.limits import LIMITS, Limits
from qunxiang.sources.origins import PullNote, StreamDay
from qunxiang.sources.rows import cell_text

Format = Literal["csv", "xlsx", "xls", "ods", "json", "jsonl", "parquet"]
Cells = tuple[str | None, ...]

SEEN_ROWS = 20
TOP_ROWS = 12
SAMPLE_OBJECTS = 10_000
_JSON_START = re.compile(r"\s*(\{\s*[\"}]|\[\s*[{\]])")
_DIGITS_KEPT = 10**15


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShapeOverrides(_Frozen):
    """What a person knows better than detection.

    Attributes:
        quote: the character that wraps cells; an empty text says that none does.
        header_row: counted from 0; -1 says that there is no header.
        records: the dotted path of the list of records in a JSON document.
        lang: the language of the names given to columns that have none.
    """

    format: Format | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    quote: str | None = Field(default=None, max_length=1)
    escape: str | None = Field(default=None, min_length=1, max_length=1)
    header_row: int | None = Field(default=None, ge=-1)
    sheet: str | None = None
    records: str | None = None
    lang: Lang = "zh"


class FileShape(_Frozen):
    """How one file is read. Rows are counted from 0 here, as records, blank ones included.

    Attributes:
        member: the file inside a zip.
        header_row: None when the columns were named by us.
        data_row: the first row below header and titles.
        records: the path of the list of records in a JSON document; empty for the document itself.
        columns: for JSON the last one, `_extra`, takes the keys that were not seen in time.
        top: the first records of a table as they stand, titles and header among them.
        rows_seen: the first rows, for a person to look at.
        notes: what was guessed or left out, as short codes.
        pull: which connector brought it, if one did; its tables have the format `table`.
        stream: which day of a stream it is, if it is one; then the format is `stream`.
    """

    format: Format | Literal["table", "stream"]
    compression: Compression = "none"
    member: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None
    header_row: int | None = None
    data_row: int = 0
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    records: str = ""
    columns: tuple[str, ...]
    top: tuple[Cells, ...] = ()
    rows_seen: tuple[Cells, ...] = ()
    notes: tuple[str, ...] = ()
    pull: PullNote | None = None
    stream: StreamDay | None = None

    @property
    def container(self) -> Container:
        """How the file is packed."""
        kind = self.format if self.format in ("xlsx", "xls", "ods", "parquet") else "text"
        return Container(kind, self.compression, self.member)

    @property
    def dialect(self) -> Dialect:
        """The marks of a delimited file."""
        return Dialect(self.delimiter, self.quote, self.escape)


class _Asked(NamedTuple):
    """One call of `detect`."""

    path: Path
    container: Container
    overrides: ShapeOverrides
    limits: Limits


def detect(
    path: Path, *, overrides: ShapeOverrides | None = None, limits: Limits = LIMITS
) -> FileShape:
    """Find out how a file is to be read, from its content and never from its name."""
    overrides = overrides or ShapeOverrides()
    asked = _Asked(path, identify(path, limits), overrides, limits)
    if asked.container.kind == "parquet":
        shape = _parquet(asked)
    elif asked.container.kind == "text":
        shape = _text(asked)
    else:
        shape = _workbook(asked)
    if overrides.format and overrides.format != shape.format:
        declared = overrides.format
        raise file_error("sources.wrong_format", path, declared=declared, found=shape.format)
    return shape


def check_columns(path: Path, columns: int, limits: Limits) -> None:
    """Refuse a table that is too wide."""
    if columns > limits.columns:
        raise file_error("sources.too_many_columns", path, columns=columns, limit=limits.columns)


def header_names(cells: Iterable[str | None], width: int, lang: Lang = "zh") -> tuple[str, ...]:
    """Return the names of the columns below a header."""
    return headers.column_names([(cell or "").replace(MARK, "") for cell in cells], width, lang)


def check_header(path: Path, shape: FileShape, cells: Sequence[str | None]) -> None:
    """Refuse a file whose header is not the one agreed on: its cells would land in wrong columns."""
    width = len(shape.columns)
    ours = (header_names(cells, max(width, len(cells)), lang) for lang in ("zh", "en"))
    if any(names[:width] == shape.columns and not any(cells[width:]) for names in ours):
        return
    found = header_names([cell for cell in cells if cell], sum(bool(cell) for cell in cells))
    missing = [name for name in shape.columns if name not in found]
    extra = [name for name in found if name not in shape.columns]
    raise file_error("sources.header_differs", path, missing=_listed(missing), extra=_listed(extra))


def _listed(names: list[str]) -> str:
    return "、".join(names[:20]) or "—"


def _text(asked: _Asked) -> FileShape:
    path, container, overrides, limits = asked
    start = excerpt(path, container, overrides.encoding, limits)
    if not start.text.strip("\ufeff \t\r\n\x1a"):
        raise file_error("sources.empty_file", path)
    wanted = overrides.format
    if wanted in ("json", "jsonl") or (wanted != "csv" and _JSON_START.match(start.text)):
        return _json(asked, start, lines=wanted == "jsonl" or (not wanted and _is_lines(start)))
    return _delimited(asked, start)


def _is_lines(start: Excerpt) -> bool:
    lines = [line.strip() for line in start.text.splitlines() if line.strip()]
    cut_off = [] if start.complete else lines[-1:]
    lines = lines[: len(lines) - len(cut_off)]
    whole = sum(line.startswith("{") and line.endswith("}") for line in lines)
    more = len(lines) > 1 or any(line.startswith("{") for line in cut_off)
    return more and whole > 0 and whole * 10 >= len(lines) * 8


def _delimited(asked: _Asked, start: Excerpt) -> FileShape:
    path, container, overrides, limits = asked
    dialect = _dialect(asked, start)
    rows = dialects.sample_records(start.text, dialect, complete=start.complete)
    if not rows:  # not one whole row in the excerpt
        start = excerpt(path, container, start.encoding, limits, limits.row_bytes)
        rows = dialects.sample_records(start.text, dialect, complete=start.complete)
    if not rows:
        raise file_error("sources.row_too_long", path, row=0, limit=limits.row_bytes)
    found = _place(path, rows, overrides)
    body = [row for row in rows[found.data_row :] if any(row)]
    header = rows[found.header_row] if found.header_row is not None else []
    width = _width(header, body)
    check_columns(path, width, limits)
    names = header_names(header, width, overrides.lang)
    notes = [*_encoding_notes(start, overrides), *_header_notes(found, header, body)]
    odd = sum(len(row) != width for row in body)
    return FileShape(
        format="csv",
        compression=container.compression,
        member=container.member,
        encoding=start.encoding,
        **dialect._asdict(),
        header_row=found.header_row,
        data_row=found.data_row,
        columns=names,
        top=_seen(rows[:TOP_ROWS], width),
        rows_seen=_seen(body, width),
        notes=(*notes, *([f"rows of another width in the sample: {odd}"] if odd else [])),
    )


def _dialect(asked: _Asked, start: Excerpt) -> Dialect:
    path, _, overrides, _ = asked
    quote = dialects.sniff_quote(start.text) if overrides.quote is None else overrides.quote or None
    sniffed = dialects.sniff(start.text, quote, complete=start.complete)
    delimiter = overrides.delimiter or sniffed.delimiter
    dialect = Dialect(delimiter, quote, overrides.escape)
    marks = [mark for mark in dialect if mark]
    if len(set(marks)) < len(marks) or any(
        not mark.isascii() or mark in "\r\n\0" for mark in marks
    ):
        raise file_error("sources.bad_shape", path, reason=f"{marks}")
    if delimiter != sniffed.delimiter:
        rows = dialects.sample_records(start.text, dialect, complete=start.complete)
        others = dialects.sample_records(start.text, sniffed, complete=start.complete)
        width, _ = dialects.usual_width(rows)
        found, _ = dialects.usual_width(others)
        if width == 1 and found > 1:
            better = sniffed.delimiter
            raise file_error(
                "sources.wrong_delimiter", path, declared=delimiter, found=better, columns=found
            )
    return dialect


def _place(path: Path, rows: list[list[Any]], overrides: ShapeOverrides) -> headers.Layout:
    found = headers.layout(rows, overrides.header_row)
    if found.header_row is not None and found.header_row >= len(rows):
        raise file_error("sources.bad_shape", path, reason=f"header_row {found.header_row}")
    return found


def _width(header: list[str], body: list[list[str]]) -> int:
    """Return the number of columns: the header's, unless the rows agree on another.

    Rows may all be wider (a delimiter at each line's end, or columns without a name), and a header
    may end in delimiters that the rows lack.
    """
    usual = dialects.usual_width(body)[0] if body else len(header)
    if usual >= len(header) or not any(header[usual:]):
        return usual
    return len(header)


def _encoding_notes(start: Excerpt, overrides: ShapeOverrides) -> list[str]:
    if overrides.encoding or start.sure == 1.0:
        return []
    return [f"encoding guessed {start.encoding} {start.sure:.2f}"]


def _header_notes(found: headers.Layout, header: list[Any], body: list[Any]) -> list[str]:
    notes: list[str] = []
    names = [cell for cell in header if cell]
    if found.titles:
        notes.append(f"title rows skipped: {found.titles}")
    if found.header_row is None:
        notes.append("no header")
    if len(names) != len(set(names)):
        notes.append("duplicate column names")
    if len(names) != len(header):
        notes.append("blank column names")
    return notes if body else [*notes, "no rows"]


def _seen(body: Iterable[Iterable[str | None]], width: int) -> tuple[Cells, ...]:
    cut = [[cell or None for cell in row][:width] for row in list(body)[:SEEN_ROWS]]
    return tuple((*row, *[None] * (width - len(row))) for row in cut)


def _workbook(asked: _Asked) -> FileShape:
    path, container, overrides, limits = asked
    book = workbooks.open_workbook(path, container.kind, limits)
    if overrides.sheet is None:
        sheet = workbooks.first_used_sheet(path, book)
    else:
        sheet = workbooks.open_sheet(path, book, overrides.sheet)
        if not sheet.width:
            raise file_error("sources.empty_file", path)
    raw = workbooks.first_rows(sheet, dialects.SAMPLE_RECORDS)
    rows = [[cell_text(cell) for cell in row] for row in raw]
    found = _place(path, rows, overrides)
    body = [row for row in rows[found.data_row :] if any(row)]
    header = rows[found.header_row] if found.header_row is not None else []
    width = max((_last_used(row) for row in [header, *body]), default=1)
    check_columns(path, width, limits)
    names = header_names(header, width, overrides.lang)
    notes = _header_notes(found, header[:width], body)
    sheets = workbooks.sheet_names(book)
    if len(sheets) > 1 and overrides.sheet is None:
        notes.append(f"sheet chosen of {len(sheets)}: {sheet.name}")
    # A spreadsheet keeps 15 digits of a number: longer ones, such as ID numbers, are already lost.
    lost = {names[i] for row in raw[found.data_row :] for i, cell in enumerate(row) if _lost(cell)}
    notes.extend(f"digits lost: {name}" for name in names if name in lost)
    return FileShape(
        format=container.kind if container.kind in ("xlsx", "xls", "ods") else "xlsx",
        header_row=found.header_row,
        data_row=found.data_row,
        sheet=sheet.name,
        sheets=sheets,
        columns=names,
        top=_seen(rows[:TOP_ROWS], width),
        rows_seen=_seen(body, width),
        notes=tuple(notes),
    )


def _lost(cell: Any) -> bool:
    return (
        isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _DIGITS_KEPT
    )


def _last_used(row: list[str | None]) -> int:
    return max((index + 1 for index, cell in enumerate(row) if cell), default=0)


def _parquet(asked: _Asked) -> FileShape:
    path, _, overrides, limits = asked
    try:
        with pq.ParquetFile(path) as file:
            names = list(file.schema_arrow.names)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise file_error("sources.truncated", path) from error
    check_columns(path, len(names), limits)
    return FileShape(format="parquet", columns=header_names(names, len(names), overrides.lang))


def _json(asked: _Asked, start: Excerpt, *, lines: bool) -> FileShape:
    path, container, overrides, limits = asked
    where = ""
    if lines:
        found = list(
            documents.first_values(path, container, start.encoding, limits, SAMPLE_OBJECTS)
        )
    else:
        document = documents.read_document(path, container, start.encoding, limits)
        where, found = _records(path, document, overrides.records)
    columns: dict[str, None] = {}
    flats: list[dict[str, str | None]] = []
    for value in found[:SAMPLE_OBJECTS]:
        if isinstance(value, dict):
            try:
                flat = objects.flatten(value, limits.depth)
            except objects.TooDeepError:
                continue
            columns |= dict.fromkeys(flat)
            flats = [*flats, flat] if len(flats) < SEEN_ROWS else flats
            check_columns(path, len(columns), limits)
    if found and not columns and not any(isinstance(value, dict) for value in found):
        raise file_error("sources.no_records", path)
    names = (*(name for name in columns if name != objects.EXTRA), objects.EXTRA)
    notes = [*_encoding_notes(start, overrides), *([f"records at {where}"] if where else [])]
    return FileShape(
        format="jsonl" if lines else "json",
        compression=container.compression,
        member=container.member,
        encoding=start.encoding,
        records=where,
        columns=names,
        rows_seen=tuple(tuple(objects.fit(flat, names)) for flat in flats),
        notes=tuple(notes if found else [*notes, "no rows"]),
    )


def _records(path: Path, document: Any, where: str | None) -> tuple[str, list[Any]]:
    found = objects.find_records(document, where)
    if found is None:
        raise file_error("sources.no_records", path)
    return found
