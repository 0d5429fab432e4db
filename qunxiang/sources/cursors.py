"""Cursors: from the text they are kept as back to what is compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from qunxiang.sources.rows import cell_text

_READ: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "float": float,
    "number": Decimal,
    "moment": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "bytes": bytes.fromhex,
}
_RANKS: dict[str, Callable[[str], Any]] = _READ | {"float": Decimal, "integer": Decimal}


def read_cursor(text: str, kind: str) -> Any:
    """Return a cursor's value as a database compares it."""
    return _READ.get(kind, str)(text)


def earlier(text: str, kind: str, seconds: int) -> str:
    """Return a cursor so many seconds before; one that is no moment stays as it is."""
    if not seconds or kind not in {"moment", "text"}:
        return text
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    before = moment - dt.timedelta(seconds=seconds)
    return cell_text(before) or text if kind == "moment" else _as_written(before, text)


def _as_written(moment: dt.datetime, model: str) -> str:
    """Return a moment in the writing of another, for cursors that are compared as text."""
    said = moment.isoformat(sep="T" if "T" in model else " ", timespec="auto")
    return said.replace("+00:00", "Z") if model.endswith("Z") else said


def rank(text: str, kind: str) -> Any:
    """Return what a cursor is compared by, in Python."""
    if kind in _RANKS:
        return _RANKS[kind](text)
    return text
