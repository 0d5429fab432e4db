"""Values of databases and Parquet files as exact text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from qunxiang.sources.connectors.terms import Cells
from qunxiang.sources.rows import cell_text

_KINDS: dict[type, str] = {
    bool: "integer",
    int: "integer",
    float: "float",
    Decimal: "number",
    dt.datetime: "moment",
    dt.date: "date",
    bytes: "bytes",
    bytearray: "bytes",
    memoryview: "bytes",
}


def write_value(value: Any) -> str | None:
    """Return a value as text: decimals exact, moments with their zone, bytes in hex, JSON as such."""
    if isinstance(value, bytearray | memoryview):
        return bytes(value).hex() or None
    if isinstance(value, str | dict | list | int | float | Decimal | bytes | type(None)):
        return cell_text(value)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return cell_text(value)
    return str(value) or None  # uuid, address, interval: whatever else a driver knows


def write_rows(rows: Sequence[Sequence[Any]]) -> list[Cells]:
    """Return rows of values as rows of text."""
    return [tuple(map(write_value, row)) for row in rows]


def kinds_of(rows: Sequence[Sequence[Any]], width: int) -> tuple[str | None, ...]:
    """Return what the values of each column are, None where all are null."""
    out: list[str | None] = []
    for place in range(width):
        value = next((row[place] for row in reversed(rows) if row[place] is not None), None)
        out.append(None if value is None else _KINDS.get(type(value), "text"))
    return tuple(out)
