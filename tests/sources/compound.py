"""Writes old binary workbooks, just enough of one to be read."""

from __future__ import annotations

import struct
from pathlib import Path

Cell = tuple[int, int, str | float]


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _cell(row: int, column: int, value: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        return _record(
            0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
        )
    return _record(0x0203, place + struct.pack("<d", value))


def records(cells: list[Cell], size: tuple[int, int] | None) -> bytes:
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    name = struct.pack("<BB", 1, 0) + b"S"
    sheet_at = 20 + 4 + 6 + len(name) + 4
    sheet = _record(0x0809, begin[:2] + struct.pack("<H", 0x0010) + begin[4:])
    if size:
        sheet += _record(0x0200, struct.pack("<IIHHH", 0, size[0], 0, size[1], 0))
    sheet += b"".join(_cell(*each) for each in cells) + _record(0x000A, b"")
    bound = _record(0x0085, struct.pack("<IBB", sheet_at, 0, 0) + name)
    return _record(0x0809, begin) + bound + _record(0x000A, b"") + sheet


def write_xls(path: Path, cells: list[Cell], size: tuple[int, int] | None = None) -> Path:
    """Write one sheet S; `size` is what the sheet claims to measure, in rows and columns."""
    stream = records(cells, size)
    stream += bytes(max(4096, -(-len(stream) // 512) * 512) - len(stream))
    count = len(stream) // 512
    # Sector 0 is the allocation table, 1 the directory, then the stream.
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + _entry(
        "Workbook", 2, 2, len(stream), 0xFFFFFFFF
    )
    directory += bytes(512 - len(directory))
    path.write_bytes(header + struct.pack("<128I", *table) + directory + stream)
    return path


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return head + links + bytes(36) + struct.pack("<IQ", start, size)
