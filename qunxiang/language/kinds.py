"""Which operators, functions and values fit which kind of field."""

from __future__ import annotations

import datetime as dt

from pydantic import ValidationError

from qunxiang.language.nodes import OPS, Day, Fn, Moment, Op, Scalar
from qunxiang.language.schema import Kind
from qunxiang.language.words import TRUTH_WORDS

KINDS_ZH: dict[Kind, str] = {
    "text": "文本",
    "number": "数",
    "money": "金额",
    "date": "日期",
    "moment": "时间",
    "yesno": "是否",
    "texts": "列表",
}

_ALL: frozenset[Kind] = frozenset(KINDS_ZH)
_AMOUNTS: frozenset[Kind] = frozenset({"number", "money"})
_DATE: frozenset[Kind] = frozenset({"date"})
_TIMES: frozenset[Kind] = frozenset({"date", "moment"})
_ORDERED = _AMOUNTS | _TIMES
_TEXT: frozenset[Kind] = frozenset({"text"})
_TEXTS: frozenset[Kind] = frozenset({"texts"})

KINDS_OF_OP: dict[Op, frozenset[Kind]] = {
    "eq": _ALL - _TEXTS,
    "ne": _ALL - _TEXTS,
    "in": _TEXT | _AMOUNTS | _DATE,
    "not_in": _TEXT | _AMOUNTS | _DATE,
    "contains": _TEXT,
    "starts_with": _TEXT,
    "ends_with": _TEXT,
    "matches": _TEXT,
    "lt": _ORDERED,
    "le": _ORDERED,
    "gt": _ORDERED,
    "ge": _ORDERED,
    "between": _ORDERED,
    "before": _TIMES,
    "after": _TIMES,
    "in_last": _TIMES,
    "in_next": _TIMES,
    "anniversary_in_next": _TIMES,
    "weekday": _TIMES,
    "month": _TIMES,
    "has_any": _TEXTS,
    "has_all": _TEXTS,
    "has_none": _TEXTS,
    "known": _ALL,
    "unknown": _ALL,
}
# On dates `<` and `>` are `before` and `after`: one meaning keeps one name in a checked tree.
TIME_OPS: dict[Op, Op] = {"lt": "before", "gt": "after"}

# The kinds of property each function takes; an empty set: it takes none.
KINDS_OF_FN: dict[Fn, frozenset[Kind]] = {
    "count": frozenset(),
    "days": frozenset(),
    "gap": frozenset(),
    "recency": frozenset(),
    "trend": _AMOUNTS,
    "sum": _AMOUNTS,
    "avg": _AMOUNTS,
    "median": _AMOUNTS,
    "min": _ORDERED,
    "max": _ORDERED,
    "distinct": _ALL,
    "first": _ALL,
    "last": _ALL,
    "top": _ALL,
    "top_share": _ALL,
    "list": _ALL,
}
PROPERTY_OPTIONAL: frozenset[Fn] = frozenset({"trend", "first", "last"})
TAKES_BY: frozenset[Fn] = frozenset({"top", "top_share"})
_KEEPS_KIND: frozenset[Fn] = frozenset({"sum", "avg", "median", "min", "max", "first", "last"})
_TRUTHS = {word: truth for truth, words in TRUTH_WORDS.items() for word in (*words.en, *words.zh)}


def list_operators(kind: Kind) -> tuple[Op, ...]:
    """Return the operators that fit a kind, in the order of the specification."""
    return tuple(op for op in OPS if kind in KINDS_OF_OP[op])


def find_result(fn: Fn, kind: Kind | None) -> Kind:
    """Return the kind of a function's result over a property of a kind."""
    if fn in _KEEPS_KIND and kind is not None:
        return kind
    if fn in {"first", "last"}:
        return "moment"  # of the event itself: when it happened
    if fn == "top" and kind is not None:
        return "text" if kind == "texts" else kind
    return "texts" if fn == "list" else "number"


def coerce(value: Scalar, kind: Kind) -> Scalar | None:
    """Return the value as the kind's own type, or None if it is not of that kind."""
    match kind:
        case "text" | "texts":
            return value if isinstance(value, str) else None
        case "number" | "money":
            return _coerce_number(value)
        case "yesno":
            truth = _TRUTHS.get(value.lower()) if isinstance(value, str) else value
            return truth if isinstance(truth, bool) else None
        case "date":
            return _coerce_day(value)
        case "moment":
            return _coerce_moment(value)


def _coerce_number(value: Scalar) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        number = int(value) if value.strip().lstrip("+-").isdigit() else float(value)
    except ValueError:
        return None
    return number if abs(number) < 2**63 else None


def _coerce_day(value: Scalar) -> Day | None:
    if isinstance(value, Day):
        return value
    try:
        return Day(day=dt.date.fromisoformat(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _coerce_moment(value: Scalar) -> Day | Moment | None:
    if isinstance(value, Day | Moment):
        return value
    if not isinstance(value, str):
        return None
    try:
        # A bare date stays a date: the whole local day is meant.
        return _coerce_day(value) or Moment(moment=dt.datetime.fromisoformat(value))
    except (ValueError, ValidationError):
        return None
