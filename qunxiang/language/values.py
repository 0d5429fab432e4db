"""The right-hand side of a comparison, read: a value, a pair, a list, a number of days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from qunxiang.language.nodes import LAST_OF, MOST_DAYS, NEEDS, Need, Op, Scalar, Unit, Value
from qunxiang.language.tokens import Cursor, Token
from qunxiang.language.words import OPERATORS, TRUTHS, UNIT_WORDS, UNITS

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_DAYS: dict[Unit, int] = {"days": 1, "weeks": 7}
# An operator that may stand between `weekday` and its value.
_PART_OPS: frozenset[Op] = frozenset({"eq", "in"})


@dataclass(frozen=True)
class Piece(Generic[T_co]):
    """A part of the tree with its place in the text and the pieces below it, by path."""

    tree: T_co
    start: int
    end: int
    parts: dict[str, Piece[Any]] = field(default_factory=dict[str, "Piece[Any]"])


def build(
    cursor: Cursor, make: Callable[..., T], start: int, parts: dict[str, Piece[Any]], **plain: Any
) -> Piece[T]:
    """Build a node from its pieces; what the node itself refuses becomes an error with a place."""
    end = max(cursor.behind, start)
    try:
        tree = make(**{name: piece.tree for name, piece in parts.items()}, **plain)
    except ValidationError as error:
        first = error.errors()[0]
        token = Token("other", None, start, end)
        if first["type"] == "range_reversed":
            raise cursor.fault("range_reversed", token=token) from None
        raise cursor.fault("bad_tree", token=token, reason=first["msg"]) from None
    return Piece(tree, start, end, parts)


def read_whole(cursor: Cursor, least: int, most: int) -> Piece[int]:
    """Read a whole number in a range."""
    token = cursor.peek()
    if token.kind != "number" or type(token.value) is not int or not least <= token.value <= most:
        raise cursor.fault("whole_number_expected", least=least, most=most)
    cursor.take()
    return Piece(token.value, token.start, token.end)


def read_operand(cursor: Cursor, op: Op) -> Piece[Value]:
    """Read what the operator takes to its right."""
    need = NEEDS.get(op, "single")
    return _READERS[need](cursor)


def read_scalar(cursor: Cursor) -> Piece[Scalar]:
    """Read one value."""
    start = cursor.at
    truth = cursor.phrase(TRUTHS, whole=True)
    if truth is not None:
        return Piece(truth, start, cursor.behind)
    token = cursor.peek()
    if token.kind in {"name", "quoted"}:
        # The commonest slip: 城市 = 上海.
        raise cursor.fault("quote_value", suggestions=(f"'{token.value}'",))
    if token.kind not in {"text", "number", "day", "moment"}:
        raise cursor.fault("value_expected")
    cursor.take()
    return Piece(token.value, token.start, token.end)


def _read_nothing(cursor: Cursor) -> Piece[None]:
    return Piece(None, cursor.behind, cursor.behind)


def _read_text(cursor: Cursor) -> Piece[Scalar]:
    token = cursor.peek()
    if token.kind != "text":
        bare = token.kind in {"name", "number", "day", "moment"}
        text = cursor.text[token.start : token.end]
        raise cursor.fault("text_expected", suggestions=(f"'{text}'",) if bare else ())
    cursor.take()
    return Piece(token.value, token.start, token.end)


def _read_list(cursor: Cursor) -> Piece[tuple[Scalar, ...]]:
    start = cursor.at
    cursor.expect("(")
    items = [read_scalar(cursor)]
    while cursor.mark(","):
        if len(items) >= cursor.limits.list_items:
            raise cursor.fault("list_too_long", limit=cursor.limits.list_items)
        items.append(read_scalar(cursor))
    end = cursor.expect(")")
    parts = {str(i): item for i, item in enumerate(items)}
    return Piece(tuple(item.tree for item in items), start, end, parts)


def _read_pair(cursor: Cursor) -> Piece[tuple[Scalar, ...]]:
    low = read_scalar(cursor)
    if not cursor.glue("and"):
        raise cursor.fault("between_and_expected", near=("and", "to"))
    high = read_scalar(cursor)
    return Piece((low.tree, high.tree), low.start, high.end, {"0": low, "1": high})


def _read_days(cursor: Cursor) -> Piece[int]:
    number = read_whole(cursor, 1, MOST_DAYS)
    token = cursor.peek()
    unit = cursor.phrase(UNITS)
    if unit is None or unit not in _DAYS:
        near = tuple(word for each in _DAYS for word in UNIT_WORDS[each].en)
        raise cursor.fault("days_expected", token=token, near=near)
    end = cursor.behind
    cursor.glue("within")
    if number.tree * _DAYS[unit] > MOST_DAYS:
        raise cursor.fault("whole_number_expected", token=token, least=1, most=MOST_DAYS)
    return Piece(number.tree * _DAYS[unit], number.start, end)


def _read_part(cursor: Cursor, last: int) -> Piece[Value]:
    at = cursor.at
    op = cursor.phrase(OPERATORS)
    if op is not None and op not in _PART_OPS:
        token = Token("other", None, at, cursor.behind)
        raise cursor.fault("part_operator", token=token, suggestions=("=", "in"))
    start = cursor.at
    if not cursor.mark("("):
        return read_whole(cursor, 1, last)
    items = [read_whole(cursor, 1, last)]
    while cursor.mark(",") and len(items) <= last:
        items.append(read_whole(cursor, 1, last))
    end = cursor.expect(")")
    parts = {str(i): item for i, item in enumerate(items)}
    return Piece(tuple(item.tree for item in items), start, end, parts)


def _read_weekday(cursor: Cursor) -> Piece[Value]:
    return _read_part(cursor, LAST_OF["weekday"])


def _read_month(cursor: Cursor) -> Piece[Value]:
    return _read_part(cursor, LAST_OF["month"])


_READERS: dict[Need, Callable[[Cursor], Piece[Value]]] = {
    "nothing": _read_nothing,
    "text": _read_text,
    "list": _read_list,
    "pair": _read_pair,
    "days": _read_days,
    "weekday": _read_weekday,
    "month": _read_month,
    "single": read_scalar,
}
