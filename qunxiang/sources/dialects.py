"""How a delimited file is written: its delimiter, its quotes, and where its records end."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

SAMPLE_RECORDS = 200
# Delimiters in order of preference. Hive writes \x01; the rarer a character is in ordinary text,
# the more it counts when it separates cells evenly.
CANDIDATES = {",": 1.0, "\t": 1.2, ";": 1.2, "|": 1.0, "\x01": 1.2}
QUOTES = ('"', "'")


class Dialect(NamedTuple):
    """The marks of a delimited file; no quote means that quotes are ordinary characters."""

    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None


class Record(NamedTuple):
    """One record: its cells, and where in the text it ends, line end included."""

    cells: list[str]
    end: int


def records(text: str, dialect: Dialect, *, complete: bool = True) -> Iterator[Record]:
    """Split text into records, minding quotes.

    Quotes count only at the start of a cell, as everywhere else here. When the text is only the
    beginning of a file, an unclosed quote or line at its end is left out.
    """
    quoted, plain = _patterns(dialect)
    at = 0
    cells: list[str] = []
    while at < len(text) or cells:
        found = quoted.match(text, at) if quoted else None
        if found is None:
            if quoted and not complete and text.startswith(dialect.quote or "", at):
                return
            found = plain.match(text, at)
        if found is None:  # a lone escape at the very end
            cells.append(text[at:])
            yield Record(cells, len(text))
            return
        cells.append(_cell(found, dialect))
        at = found.end()
        if found["end"] == dialect.delimiter:
            continue
        if not found["end"] and not complete:
            return
        yield Record(cells, at)
        cells = []


def _patterns(dialect: Dialect) -> tuple[re.Pattern[str] | None, re.Pattern[str]]:
    mark = re.escape(dialect.delimiter)
    end = rf"(?P<end>{mark}|\r\n|\r|\n|\Z)"
    tail = rf"[^{mark}\r\n]*"
    plain = tail
    if dialect.escape:
        escape = re.escape(dialect.escape)
        plain = rf"(?:[^{mark}\r\n{escape}]|{escape}.)*"
    if not dialect.quote:
        return None, re.compile(rf"(?P<text>{plain}){end}", re.DOTALL)
    quote = re.escape(dialect.quote)
    inner = rf"[^{quote}]*(?:{quote}{quote}[^{quote}]*)*"
    if dialect.escape:
        escape = re.escape(dialect.escape)
        inner = rf"(?:[^{quote}{escape}]|{escape}.|{quote}{quote})*"
    return (
        re.compile(rf"{quote}(?P<text>{inner}){quote}(?P<tail>{tail}){end}", re.DOTALL),
        re.compile(rf"(?P<text>{plain}){end}", re.DOTALL),
    )


def _cell(found: re.Match[str], dialect: Dialect) -> str:
    parts = found.groupdict()
    text, tail = parts["text"], parts.get("tail")
    if tail is not None and dialect.quote:
        text = text.replace(dialect.quote * 2, dialect.quote) + tail
    if dialect.escape:
        text = re.sub(re.escape(dialect.escape) + "(.)", r"\1", text, flags=re.DOTALL)
    return text


def sample_records(text: str, dialect: Dialect, *, complete: bool) -> list[list[str]]:
    """Return the cells of the first records."""
    rows: list[list[str]] = []
    for record in records(text, dialect, complete=complete):
        rows.append(record.cells)
        if len(rows) == SAMPLE_RECORDS:
            break
    return rows


def usual_width(rows: list[list[str]]) -> tuple[int, float]:
    """Return the commonest number of cells in a row, and the share of rows that have it."""
    counts = Counter(len(row) for row in rows if any(row))
    if not counts:
        return 1, 0.0
    # Of two that are as common the wider one: titles are narrow.
    width, times = max(counts.items(), key=lambda each: (each[1], each[0]))
    return width, times / counts.total()


def sniff(text: str, quote: str | None, *, complete: bool) -> Dialect:
    """Find the delimiter that cuts the text into rows of one width."""
    best, best_score = Dialect(",", quote), 0.0
    for delimiter, weight in CANDIDATES.items():
        if delimiter not in text:
            continue
        dialect = Dialect(delimiter, quote)
        score = _evenness(sample_records(text, dialect, complete=complete)) * weight
        if score > best_score:
            best, best_score = dialect, score
    return best


def _evenness(rows: list[list[str]]) -> float:
    rows = [row for row in rows if any(row)]
    width, share = usual_width(rows)
    if width == 1 or share < 0.5:
        return 0.0
    # A delimiter that the first row lacks is more likely part of the text of the others.
    first = 1.3 if len(rows[0]) == width else 1.0
    return share**4 * math.log2(width + 1) * first


def sniff_quote(text: str) -> str:
    """Tell which quote wraps cells; the double quote unless only single ones do."""
    marks = "".join(re.escape(each) for each in CANDIDATES)

    def wrapped(quote: str) -> int:
        pattern = rf"(?:^|[{marks}]){quote}[^{quote}\r\n]*{quote}(?=[{marks}\r\n]|\Z)"
        return len(re.findall(pattern, text, re.MULTILINE))

    double, single = (wrapped(quote) for quote in QUOTES)
    return "'" if single > 2 and not double else '"'
