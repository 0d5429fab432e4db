"""Where the header stands among the first rows, and what the columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from qunxiang.errors import Lang

Row = Sequence[str | None]

MOST_TITLES = 5
MOST_LEADING_ROWS = 50
# What stands in data and not in a header: numbers, dates, addresses, telephone numbers.
_VALUE = re.compile(
    r"""[-+]?[¥$€]?[\d,]+(\.\d+)?([eE][-+]?\d+)?%?      # numbers and amounts
      | \d{2,4}[-/.年]\d{1,2}([-/.月]\d{1,4}日?)?([ T].*)?   # dates and times
      | \d{1,2}:\d{2}(:\d{2})?(\.\d+)?
      | [^@\s]+@[^@\s]+\.[a-zA-Z]+
      | \+?\d[\d \-]{6,}\d[\dXx]?
      | (?i:true|false|null|nan|n/a|https?://\S+)
    """,
    re.VERBOSE,
)


class Layout(NamedTuple):
    """The rows that matter, counted from 0: the header (if any) and the first row of data."""

    header_row: int | None
    data_row: int
    titles: int


def layout(rows: Sequence[Row], declared: int | None = None) -> Layout:
    """Find the header: the first full row, below titles and blank rows, that looks like names.

    Args:
        rows: the first rows of the file, as they stand.
        declared: the header's row if a person said so; -1 says there is none.
    """
    if declared is not None and declared >= 0:
        return Layout(declared, declared + 1, 0)
    first, titles = _first_full_row(rows)
    if declared == -1 or first is None:
        return Layout(None, first or 0, titles)
    usual = _usual(rows)
    for index in range(first, min(first + MOST_TITLES, len(rows))):
        filled = _filled(rows[index])
        if filled and _names_columns(
            rows[index], [row for row in rows[index + 1 :] if _filled(row)]
        ):
            above = sum(bool(_filled(row)) for row in rows[first:index])
            return Layout(index, index + 1, titles + above)
        if filled >= usual:
            break
    return Layout(None, first, titles)


def _usual(rows: Sequence[Row]) -> int:
    """Return how many cells of a row are commonly filled, 0 when none ever is.

    Wide rows weigh more: a title or a remark fills one cell, whatever the table's width.
    """
    widths = Counter(_filled(row) for row in rows)
    return max(widths, key=lambda width: (widths[width] * width, width), default=0)


def _filled(row: Row) -> int:
    return sum(bool(cell and cell.strip()) for cell in row)


def _first_full_row(rows: Sequence[Row]) -> tuple[int | None, int]:
    """Return the first row that is neither blank nor a title, and how many titles stand above."""
    usual = _usual(rows)
    if not usual:
        return None, 0
    titles = 0
    for index, row in enumerate(rows[:MOST_LEADING_ROWS]):
        filled = _filled(row)
        if not filled:
            continue
        if usual > 1 and filled * 2 <= usual and titles < MOST_TITLES and index + 1 < len(rows):
            titles += 1
            continue
        return index, titles
    # Nothing but titles: then they were no titles.
    return next(i for i, row in enumerate(rows) if _filled(row)), 0


def _names_columns(row: Row, body: Sequence[Row]) -> bool:
    cells = [cell.strip() for cell in row if cell and cell.strip()]
    values = [cell for cell in cells if _VALUE.fullmatch(cell) or len(cell) > 200]
    # Years and months may name a few columns of a cross table, but not most of them.
    if len(values) * 2 >= len(cells) or len(values) > len(set(values)):
        return False
    if values and not _differs(row, body):
        return False
    return not _reappears(row, body)


def _differs(row: Row, body: Sequence[Row]) -> bool:
    """Whether some column has a name above and values below."""
    for index, cell in enumerate(row):
        if cell and not _VALUE.fullmatch(cell.strip()):
            below = [each[index] for each in body if index < len(each) and each[index]]
            if below and all(_VALUE.fullmatch((text or "").strip()) for text in below):
                return True
    return False


def _reappears(row: Row, body: Sequence[Row]) -> bool:
    """Whether most cells of the row come again below, as the values of a list do."""
    if len(body) < 3:
        return False
    again = 0
    for index, cell in enumerate(row):
        again += bool(cell) and any(index < len(each) and each[index] == cell for each in body)
    return again * 2 > _filled(row)


def column_names(cells: Row, width: int, lang: Lang = "zh") -> tuple[str, ...]:
    """Return one name a column: not empty, and no two the same."""
    word = "列" if lang == "zh" else "column_"
    taken: set[str] = set()
    names: list[str] = []
    for index in range(width):
        text = cells[index] if index < len(cells) else None
        name = " ".join((text or "").split()) or f"{word}{index + 1}"
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name} ({count})"
        taken.add(unique)
        names.append(unique)
    return tuple(names)
