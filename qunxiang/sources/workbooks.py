"""Workbooks opened with care: their size is known before a parser may believe it.

The parser lays a sheet out as one box from the first to the last used cell, so a single stray cell
at XFD1048576 would ask for half a terabyte and end the process. Sheets are measured first.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from xml.parsers import expat

import python_calamine as calamine

from qunxiang.sources import compounds
from qunxiang.sources.containers import Kind, file_error, size_of, unpack, zip_members
from qunxiang.sources.limits import Limits

CHUNK = 4 << 20
_UNPACKING = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
# How every program we know writes a cell. What is written otherwise is measured the slow way.
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_OTHER_TAGS = (b"<col", b"<conditionalFormatting", b"<cf", b"<custom", b"<cell")


class Sheet(NamedTuple):
    """One sheet: all rows from its top down, from its first used column on."""

    name: str
    width: int
    rows: Iterator[list[Any]]


class _Ruler(Protocol):
    """Measures the box of used cells in a stream of XML."""

    @property
    def cells(self) -> int: ...

    def feed(self, data: bytes, /) -> None: ...

    def finish(self) -> None: ...


@contextmanager
def read_safely(path: Path) -> Generator[None]:
    """Turn the parsers' complaints, panics included, into our own errors."""
    try:
        yield
    except calamine.PasswordError as error:
        raise file_error("sources.encrypted", path) from error
    except (calamine.CalamineError, expat.ExpatError) as error:
        raise file_error("sources.unreadable_workbook", path, reason=str(error)[:200]) from error
    except _UNPACKING as error:
        raise file_error("sources.truncated", path) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise file_error("sources.unreadable_workbook", path, reason="panic") from error


def guard(path: Path, kind: Kind, limits: Limits) -> None:
    """Refuse a workbook that would unpack to too much or span too many cells."""
    if kind == "xls":
        _guard_xls(path, limits)
        return
    members = zip_members(path, limits)
    left = limits.unpacked_bytes
    with read_safely(path), zipfile.ZipFile(path) as archive:
        for member in members:
            _guard_packing(path, member, limits)
        for member in members:
            left -= _measure(
                path, archive, member, kind, limits.model_copy(update={"unpacked_bytes": left})
            )


def _guard_xls(path: Path, limits: Limits) -> None:
    if size_of(path) > limits.unpacked_bytes:
        raise file_error("sources.unpacks_too_large", path, reason=f"> {limits.unpacked_bytes}")
    try:
        cells = compounds.used_cells(path.read_bytes())
    except compounds.BrokenCompoundError as error:
        raise file_error("sources.unreadable_workbook", path, reason=str(error)) from error
    _guard_cells(path, cells, limits)


def _guard_cells(path: Path, cells: int, limits: Limits) -> None:
    if cells > limits.sheet_cells:
        raise file_error("sources.sheet_too_large", path, cells=cells, limit=limits.sheet_cells)


def _guard_packing(path: Path, member: zipfile.ZipInfo, limits: Limits) -> None:
    if member.flag_bits & 1:
        raise file_error("sources.encrypted", path)
    if member.file_size > limits.unpacked_bytes:
        reason = f"{member.filename}: {member.file_size} bytes"
        raise file_error("sources.unpacks_too_large", path, reason=reason)
    if member.file_size > max(limits.ratio_from_bytes, limits.ratio * member.compress_size):
        reason = f"{member.filename}: 1:{member.file_size // max(member.compress_size, 1)}"
        raise file_error("sources.unpacks_too_large", path, reason=reason)


def _measure(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, kind: Kind, limits: Limits
) -> int:
    """Unpack a member once, to its true end, and return its size; refuse too large a sheet."""
    ruler: _Ruler = _OdsRuler() if kind == "ods" else _QuickRuler()
    watched = member.filename == "content.xml" if kind == "ods" else _is_xml(archive, member)
    allowed = min(
        limits.unpacked_bytes, max(limits.ratio_from_bytes, limits.ratio * member.compress_size)
    )
    size = 0
    for chunk in _chunks(archive, member):
        size += len(chunk)
        if size > allowed:
            reason = f"{member.filename} > {allowed} bytes"
            raise file_error("sources.unpacks_too_large", path, reason=reason)
        if watched:
            ruler.feed(chunk)
    if watched:
        ruler.finish()
        _guard_box(path, archive, member, ruler, limits)
    return size


def _guard_box(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, ruler: _Ruler, limits: Limits
) -> None:
    if isinstance(ruler, _QuickRuler) and (ruler.unsure or ruler.cells > limits.sheet_cells):
        # Spelt in an unusual way, or only styled far out: measured again, exactly.
        ruler = _ExactRuler()
        for chunk in _chunks(archive, member):
            ruler.feed(chunk)
        ruler.finish()
    _guard_cells(path, ruler.cells, limits)


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with unpack(archive, member) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _is_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    with unpack(archive, member) as file:
        head = file.read(256).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return head.startswith(b"<")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class _QuickRuler:
    """Measures sheets written the usual way, by their cells' names alone.

    It may find too large a box (cells that are only styled) but never too small a one: whatever
    it does not understand makes it unsure.
    """

    def __init__(self) -> None:
        self._carry = b""
        self._letters: set[bytes] = set()
        self._last_row = 0
        self.unsure = False

    @property
    def cells(self) -> int:
        columns = max((_column_number(each.decode()) for each in self._letters), default=0)
        return columns * self._last_row

    def feed(self, data: bytes, /) -> None:
        data = self._carry + data
        cut = data.rfind(b"<")
        data, self._carry = data[:cut], data[cut:]
        self._look(data)

    def finish(self) -> None:
        self._look(self._carry)

    def _look(self, data: bytes) -> None:
        found = _CELL.findall(data)
        tags = data.count(b"<c")
        if tags != len(found):
            tags -= sum(data.count(tag) for tag in _OTHER_TAGS)
        odd = tags != len(found) or b":c" in data or b"<!DOCTYPE" in data or b"\0" in data
        self.unsure = self.unsure or odd
        if found:
            self._letters.update({letters for letters, _ in found})
            self._last_row = max(self._last_row, *map(int, {row for _, row in found}))


class _ExactRuler:
    """Measures a sheet by a real XML parser, counting only cells that hold something."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._row = self._column = self._last_row = self._last_column = 0

    @property
    def cells(self) -> int:
        return self._last_row * self._last_column

    def feed(self, data: bytes, /) -> None:
        self._parser.Parse(data, False)

    def finish(self) -> None:
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        place = attributes.get("r", "")
        digits = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        if tag == "row":
            self._row = int(digits) if digits.isdecimal() else self._row + 1
            self._column = 0
        elif tag == "c":
            letters = place[: len(place) - len(digits)]
            self._column = _column_number(letters) if letters else self._column + 1
            self._row = int(digits) if letters and digits.isdecimal() else self._row
        elif tag in ("v", "is", "t", "f"):
            self._last_row = max(self._last_row, self._row)
            self._last_column = max(self._last_column, self._column)


class _OdsRuler:
    """Measures the tables of an ODS, where one cell may stand for a million."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._row = self._next_row = self._column = self._next_column = 0
        self._last_row = self._last_column = self._largest = 0

    def feed(self, data: bytes, /) -> None:
        self._parser.Parse(data, False)

    def finish(self) -> None:
        self._parser.Parse(b"", True)

    @property
    def cells(self) -> int:
        return self._largest

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if tag == "table":
            self._next_row = self._last_row = self._last_column = 0
        elif tag == "table-row":
            self._row = self._next_row = self._next_row + _count(plain, "number-rows-repeated")
            self._column = self._next_column = 0
        elif tag in ("table-cell", "covered-table-cell"):
            self._column += _count(plain, "number-columns-repeated")
            if "value-type" in plain:
                self._use()
        elif tag == "p":
            self._use()

    def _use(self) -> None:
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)
        self._largest = max(self._largest, self._last_row * self._last_column)


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() else 1


def _refuse_doctype(*_: object) -> None:
    raise expat.ExpatError("document type declarations are not accepted")


def open_workbook(path: Path, kind: Kind, limits: Limits) -> calamine.CalamineWorkbook:
    """Open a workbook after measuring it."""
    guard(path, kind, limits)
    with read_safely(path):
        return calamine.load_workbook(path)


def sheet_names(book: calamine.CalamineWorkbook) -> tuple[str, ...]:
    """Return the names of the sheets that hold cells, visible ones first."""
    sheets = [each for each in book.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
    ranked = sorted(sheets, key=lambda each: each.visible != calamine.SheetVisibleEnum.Visible)
    return tuple(each.name for each in ranked)


def open_sheet(path: Path, book: calamine.CalamineWorkbook, name: str) -> Sheet:
    """Return a sheet's rows."""
    names = sheet_names(book)
    if name not in names:
        raise file_error("sources.sheet_not_found", path, sheet=name, sheets="、".join(names))
    with read_safely(path):
        sheet = book.get_sheet_by_name(name)
        return Sheet(name, sheet.width, sheet.iter_rows() if sheet.end else iter(()))


def first_used_sheet(path: Path, book: calamine.CalamineWorkbook) -> Sheet:
    """Return the first sheet with anything in it, visible ones first."""
    for name in sheet_names(book):
        sheet = open_sheet(path, book, name)
        if sheet.width:
            return sheet
    raise file_error("sources.empty_file", path)


def first_rows(sheet: Sheet, count: int) -> list[list[Any]]:
    """Return the first rows of a sheet."""
    return list(islice(sheet.rows, count))
