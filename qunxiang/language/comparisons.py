"""What `field op value` means, once for portraits, events and the results of measures.

A comparison is prepared against a column (its kind, its dictionary) and then run over any slice of
it, giving the set of places that satisfy it. Unknown satisfies nothing but `is unknown`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, inf, nextafter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qunxiang.engine import MONEY_SCALE, Bits, Column, among, hits, within
from qunxiang.engine.timelines import local_days
from qunxiang.language.nodes import Day, Op, Value
from qunxiang.language.windows import When, day_number

Table = NDArray[np.bool_]
Test = Callable[[Column], Bits]
Interval = tuple[Any, Any]
_DAY = 86_400_000_000


@dataclass(frozen=True)
class Question:
    """One comparison with everything that decides its answer."""

    op: Op
    value: Value
    when: When


def prepare(column: Column, op: Op, value: Value, when: When) -> Test:
    """Return the test `op value` for a column and its slices."""
    if op == "known":
        return _known
    if op == "unknown":
        return lambda part: Bits.everyone(len(part)) - _known(part)
    question = Question(op, value, when)
    if column.kind in {"text", "texts"}:
        return _prepare_text(column, question)
    if op in {"weekday", "month", "anniversary_in_next"}:
        return _prepare_calendar(question)
    if op in {"in", "not_in"}:
        return _prepare_several(column, question)
    interval = _interval(column, question)
    if op == "ne":
        return lambda part: _known(part) - within(part, *interval)
    return lambda part: within(part, *interval)


def _known(part: Column) -> Bits:
    return Bits.of_flags(part.known())


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


def _prepare_text(column: Column, question: Question) -> Test:
    if len(column.words) == 0:
        return lambda part: Bits.none(len(part))  # nothing was ever known, of whatever kind
    if column.kind == "texts":
        return _prepare_list(column, question)
    table = _text_table(column, question)
    return lambda part: among(part, 0, table)


def _text_table(column: Column, question: Question) -> Table:
    words = column.words
    value = question.value
    match question.op:
        case "eq" | "ne":
            found = pc.equal(words, _plain(value))
        case "in" | "not_in" | "has_any" | "has_all" | "has_none":
            found = pc.is_in(words, value_set=pa.array(_plain_set(value), pa.string()))
        case "contains":
            found = pc.match_substring(words, _plain(value))
        case "starts_with":
            found = pc.starts_with(words, _plain(value))
        case "ends_with":
            found = pc.ends_with(words, _plain(value))
        case _:
            found = pc.match_substring_regex(words, _plain(value))
    table = np.asarray(found.to_numpy(zero_copy_only=False), np.bool_)
    return ~table if question.op in {"ne", "not_in"} else table


def _plain(value: Any) -> str:
    # Cleaning stored every text in this form, so a full-width letter in a rule finds it too.
    return unicodedata.normalize("NFKC", str(value))


def _plain_set(value: Value) -> list[str]:
    return sorted({_plain(v) for v in (value if isinstance(value, tuple) else (value,))})


def _prepare_list(column: Column, question: Question) -> Test:
    table = _text_table(column, replace(question, op=_LIST_OPS.get(question.op, question.op)))
    if question.op in {"has_none", "not_in", "ne"}:
        return lambda part: _known(part) - Bits.of_flags(hits(part, table) > 0)
    if question.op == "has_all":
        wanted = len(_plain_set(question.value))
        return lambda part: Bits.of_flags(hits(part, table) == wanted)
    return lambda part: Bits.of_flags(hits(part, table) > 0)


_LIST_OPS: dict[Op, Op] = {"eq": "has_any", "ne": "has_any", "not_in": "has_any"}


# ── intervals ────────────────────────────────────────────────────────────────────────────────────


def _interval(column: Column, question: Question) -> Interval:
    """Return the closed interval, in the column's units, that satisfies the question."""
    op, value, when = question.op, question.value, question.when
    if op in {"in_last", "in_next"}:
        return _recent(column, int(str(value)), when, forward=op == "in_next")
    if op == "between":
        assert isinstance(value, tuple)
        low, _ = _ends(column, value[0], when)
        _, high = _ends(column, value[1], when)
        return _least(column, low), _most(column, high)
    low, high = _ends(column, value, when)
    match op:
        case "lt" | "before":
            return None, _below(column, low)
        case "gt" | "after":
            return _above(column, high), None
        case "le":
            return None, _most(column, high)
        case "ge":
            return _least(column, low), None
        case _:
            return _least(column, low), _most(column, high)


def _ends(column: Column, value: Any, when: When) -> tuple[Any, Any]:
    """Return the first and last instant, day or number that a value stands for."""
    if column.kind == "moment":
        if isinstance(value, Day):
            begin = when.midnight(value.day)
            return begin, when.midnight(value.day + timedelta(days=1)) - 1
        at = when.instant(value.moment)
        return at, at
    if column.kind == "date":
        day = value.day if isinstance(value, Day) else value.moment.date()
        return day_number(day), day_number(day)
    if column.kind == "yesno":
        return int(bool(value)), int(bool(value))
    exact = Fraction(Decimal(repr(value)))
    scaled = exact * MONEY_SCALE if column.kind == "money" else exact
    return scaled, scaled


def _real(column: Column) -> bool:
    return column.values.dtype.kind == "f"


def _least(column: Column, low: Any) -> Any:
    return float(low) if _real(column) else ceil(low)


def _most(column: Column, high: Any) -> Any:
    return float(high) if _real(column) else floor(high)


def _below(column: Column, low: Any) -> Any:
    return nextafter(float(low), -inf) if _real(column) else ceil(low) - 1


def _above(column: Column, high: Any) -> Any:
    return nextafter(float(high), inf) if _real(column) else floor(high) + 1


def _recent(column: Column, days: int, when: When, *, forward: bool) -> Interval:
    if column.kind == "moment":
        span = days * _DAY
        return (when.now, when.now + span - 1) if forward else (when.now - span, when.now - 1)
    today = day_number(when.today)
    return (today, today + days - 1) if forward else (today - days + 1, today)


def _prepare_several(column: Column, question: Question) -> Test:
    values = question.value if isinstance(question.value, tuple) else (question.value,)
    intervals = [_interval(column, replace(question, op="eq", value=v)) for v in values]

    def run(part: Column) -> Bits:
        found = Bits.none(len(part))
        for interval in intervals:
            found |= within(part, *interval)
        return _known(part) - found if question.op == "not_in" else found

    return run


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────


def _prepare_calendar(question: Question) -> Test:
    def run(part: Column) -> Bits:
        days = part if part.kind == "date" else _as_days(part, question.when.zone)
        known = days.values[days.known()]
        if known.size == 0:
            return Bits.none(len(part))
        first, last = int(known.min()), int(known.max())
        return among(days, first, _calendar_table(question, first, last))

    return run


def _as_days(part: Column, zone: str) -> Column:
    days = local_days(np.where(part.known(), part.values, 0), zone)
    days[~part.known()] = np.iinfo(np.int32).min
    return Column("date", days)


def _calendar_table(question: Question, first: int, last: int) -> Table:
    days = np.arange(first, last + 1).astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    if question.op == "weekday":
        weekdays = (np.arange(first, last + 1) + 3) % 7 + 1  # 1970-01-01 was a Thursday
        return np.isin(weekdays, _numbers(question.value))
    if question.op == "month":
        return np.isin(months, _numbers(question.value))
    of_month = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    wanted = _coming_days(question.when.today, int(str(question.value)))
    return np.isin(months * 100 + of_month, wanted)


def _numbers(value: Value) -> list[int]:
    return [int(str(v)) for v in (value if isinstance(value, tuple) else (value,))]


def _coming_days(today: date, days: int) -> list[int]:
    """Return month*100+day of today and the days after; 29 February is kept on the 28th."""
    coming = [today + timedelta(days=n) for n in range(min(days, 366))]
    found = {d.month * 100 + d.day for d in coming}
    for day in coming:
        if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3:
            found.add(229)
    return sorted(found)
