"""Old binary workbooks (.xls) measured before a parser may believe them.

An .xls is a small file system (a compound file) with one stream of records. Only what claims room
is looked at: the records of cells, and the record of the sheet's size, for which the parser sets
memory aside. A file of 2 KB could otherwise ask for a hundred gigabytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

_Table = npt.NDArray[np.uint32]

_END = 0xFFFF_FFFA  # this and above are marks, not sectors
_ENTRY = 128
_DIMENSIONS = 0x0200
_SEVERAL_CELLS = 0x00BD
_SHEET = 0x0085
_BEGIN = 0x09
_MOST_HIDDEN = 16
# Records of one cell, of all ages of the format; blank cells take no room.
_CELLS = frozenset(
    {0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x007E, 0x00D6, 0x00FD}
    | {0x0203, 0x0204, 0x0205, 0x0206, 0x027E, 0x0406, _SEVERAL_CELLS}
)


class BrokenCompoundError(ValueError):
    """Not a well-formed compound file."""


def used_cells(data: bytes) -> int:
    """Return the size of the box of cells that a workbook claims.

    Raises:
        BrokenCompoundError: the file is not well formed.
    """
    try:
        return max(_box(stream) for stream in _workbooks(data))
    except (struct.error, IndexError, ValueError) as error:
        raise BrokenCompoundError(str(error)) from error


def _box(stream: bytes) -> int:
    """Measure a stream from its start, and from wherever else a sheet is said to begin."""
    ruler = _Ruler()
    ruler.measure(stream, 0)
    # A sheet may be said to begin inside a record, where other records come to light.
    hidden = ruler.sheets - ruler.begins
    if len(hidden) > _MOST_HIDDEN:
        raise BrokenCompoundError("sheets do not begin where they should")
    for at in hidden:
        ruler.measure(stream, at)
    return max(ruler.rows * ruler.columns, ruler.claimed)


class _Ruler:
    """The farthest row and column met, the room claimed, and where sheets begin."""

    def __init__(self) -> None:
        self.rows = self.columns = self.claimed = 0
        self.begins: set[int] = set()
        self.sheets: set[int] = set()

    def measure(self, stream: bytes, at: int) -> None:
        while at + 4 <= len(stream):
            kind, length = struct.unpack_from("<HH", stream, at)
            if kind in _CELLS:
                self._cell(kind, stream[at + 4 : at + 4 + length])
            elif kind == _DIMENSIONS:
                self._claim(stream[at + 4 : at + 4 + length])
            elif kind & 0xFF == _BEGIN:
                self.begins.add(at)
            elif kind == _SHEET and length >= 4:
                self.sheets.add(struct.unpack_from("<I", stream, at + 4)[0])
            at += 4 + length

    def _cell(self, kind: int, data: bytes) -> None:
        if len(data) < 4:
            return
        row, column = struct.unpack_from("<HH", data)
        if kind == _SEVERAL_CELLS:
            column = max(column, struct.unpack_from("<H", data, len(data) - 2)[0])
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)

    def _claim(self, data: bytes) -> None:
        if len(data) < 8:
            return
        form = "<IIHH" if len(data) >= 12 else "<HHHH"
        top, bottom, left, right = struct.unpack_from(form, data)
        if bottom < top or right < left:
            raise BrokenCompoundError("the sheet ends before it begins")
        self.claimed = max(self.claimed, (bottom - top) * (right - left))


def _workbooks(data: bytes) -> Iterator[bytes]:
    """Give every stream that is named as a workbook's."""
    shift, small_shift = struct.unpack_from("<HH", data, 0x1E)
    if shift not in (9, 12) or small_shift != 6:
        raise BrokenCompoundError("sector size")
    fat = _allocation(data, 1 << shift)
    directory_at, _, cutoff, small_at = struct.unpack_from("<4I", data, 0x30)
    sectors = data[1 << shift :]
    directory = _follow(sectors, fat, directory_at, 1 << shift)
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
    small_fat = np.frombuffer(_follow(sectors, fat, small_at, 1 << shift), "<u4")
    small_data = b""
    for entry in entries:
        kind, start = entry[66], struct.unpack_from("<I", entry, 116)[0]
        if kind == 5:
            small_data = _follow(sectors, fat, start, 1 << shift)
        name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le")
        if kind != 2 or name.lower() not in ("workbook", "book"):
            continue
        size = struct.unpack_from("<I", entry, 120)[0]
        if size < cutoff:
            yield _follow(small_data, small_fat, start, 1 << small_shift)[:size]
        else:
            yield _follow(sectors, fat, start, 1 << shift)[:size]


def _allocation(data: bytes, size: int) -> _Table:
    """Return the table that says which sector comes after which."""
    sectors = list(struct.unpack_from("<109I", data, 0x4C))
    more_at = struct.unpack_from("<I", data, 0x44)[0]
    seen: set[int] = set()
    while more_at < _END and more_at not in seen:
        seen.add(more_at)
        *more, more_at = struct.unpack_from(f"<{size // 4}I", data, (more_at + 1) * size)
        sectors.extend(more)
    tables = [data[(at + 1) * size : (at + 2) * size] for at in sectors if at < _END]
    whole = b"".join(table for table in tables if len(table) == size)
    return np.frombuffer(whole, "<u4")


def _follow(data: bytes, table: _Table, at: int, size: int) -> bytes:
    """Join the sectors of a chain; a chain that bites its own tail is refused."""
    parts: list[bytes] = []
    while at < _END:
        if at >= len(table) or len(parts) > len(table):
            raise BrokenCompoundError("sector chain")
        parts.append(data[at * size : (at + 1) * size])
        at = int(table[at])
    return b"".join(parts)
