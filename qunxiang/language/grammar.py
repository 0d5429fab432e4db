"""The grammar, by recursive descent: each function reads one construct and returns its piece."""

from __future__ import annotations

import re
from typing import Any

from qunxiang.language.nodes import (
    FNS,
    MOST_DAYS,
    Ago,
    All,
    AnyOf,
    Between,
    Bucket,
    Calendar,
    Compare,
    Ever,
    InAudience,
    Last,
    Listed,
    Measure,
    Measured,
    Not,
    Op,
    Rule,
    Since,
    Window,
)
from qunxiang.language.tokens import Cursor
from qunxiang.language.values import Piece, build, read_operand, read_scalar, read_whole
from qunxiang.language.words import (
    CALENDARS,
    CALL_WORDS,
    CALLS,
    FN_WORDS,
    FUNCTIONS,
    GLUE_WORDS,
    JOIN_WORDS,
    JOINS,
    OP_WORDS,
    OPERATORS,
    STARTS,
    UNIT_WORDS,
    UNITS,
    WINDOW_WORDS,
    WINDOWS,
    Call,
    Start,
    Words,
)

_TOUCHING = re.compile(
    rf".+?(?=(?:{'|'.join(p for p, _ in OPERATORS.phrases if not p[0].isascii())})(?:[0-9]|$))"
)
_OPENING = re.compile(r"\s*[(（]")
_OP_HINTS = tuple(word for words in OP_WORDS.values() for word in (*words.en, *words.zh))
_FN_HINTS = tuple(word for fn in FNS for word in (*FN_WORDS[fn].en, *FN_WORDS[fn].zh))


def _list_words(*words: Words) -> tuple[str, ...]:
    return tuple(word for each in words for word in (*each.en, *each.zh))


_JOIN_HINTS = _list_words(*JOIN_WORDS.values())
_CALL_HINTS = (*_FN_HINTS, *_list_words(*CALL_WORDS.values()))
_UNIT_HINTS = _list_words(*UNIT_WORDS.values())
_ARGUMENT_HINTS = _list_words(*WINDOW_WORDS.values(), GLUE_WORDS["where"])


def read_rule(cursor: Cursor) -> Piece[Rule]:
    """Read conditions joined by `or`; `and` binds closer, `not` closest."""
    return _read_joined(cursor, inside=False)


def _read_joined(cursor: Cursor, *, inside: bool) -> Piece[Rule]:
    start = cursor.at
    choices = [_read_and(cursor, inside=inside)]
    while _join(cursor, "or"):
        choices.append(_read_and(cursor, inside=inside))
    return choices[0] if len(choices) == 1 else _gather(cursor, AnyOf, start, choices)


def _read_and(cursor: Cursor, *, inside: bool) -> Piece[Rule]:
    start = cursor.at
    conditions = [_read_condition(cursor, inside=inside)]
    while _join(cursor, "and"):
        conditions.append(_read_condition(cursor, inside=inside))
    return conditions[0] if len(conditions) == 1 else _gather(cursor, All, start, conditions)


def _join(cursor: Cursor, word: str) -> bool:
    found = JOINS.find(cursor.text, cursor.at)
    if found is None or found[0] != word:
        return False
    cursor.move(found[1])
    return True


def _gather(
    cursor: Cursor, kind: type[All | AnyOf], start: int, pieces: list[Piece[Rule]]
) -> Piece[Rule]:
    parts = {f"of.{i}": piece for i, piece in enumerate(pieces)}
    return Piece(kind(of=tuple(piece.tree for piece in pieces)), start, cursor.behind, parts)


def _read_condition(cursor: Cursor, *, inside: bool) -> Piece[Rule]:
    start = cursor.at
    if cursor.mark("("):
        return _read_group(cursor, inside=inside)
    word = cursor.phrase(STARTS, whole=True)
    if word == "not":
        cursor.deepen()
        parts = {"of": _read_condition(cursor, inside=inside)}
        cursor.depth -= 1
        return build(cursor, Not, start, parts)
    if word is None and (call := _open_call(cursor)):
        if call != "bucket":
            return _read_set(cursor, All if call == "all" else AnyOf, start, inside=inside)
        _refuse_inside(cursor, start, inside=inside)
        return _read_bucket(cursor, start)
    cursor.count_leaf()
    if word is None and not _measure_ahead(cursor):
        return _read_compare(cursor)
    _refuse_inside(cursor, start, inside=inside)
    if word is None:
        return _read_measured(cursor)
    return _read_did(cursor, start) if word == "did" else _read_member(cursor, word, start)


def _refuse_inside(cursor: Cursor, start: int, *, inside: bool) -> None:
    if inside:
        cursor.move(start)
        raise cursor.fault("not_in_where")


def _read_group(cursor: Cursor, *, inside: bool) -> Piece[Rule]:
    cursor.deepen()
    piece = _read_joined(cursor, inside=inside)
    cursor.expect(")")
    cursor.depth -= 1
    return piece


def _open_call(cursor: Cursor) -> Call | None:
    before = cursor.at, cursor.behind
    call = cursor.phrase(CALLS, whole=True)
    if call is not None and cursor.mark("("):
        return call
    cursor.at, cursor.behind = before
    return None


def _measure_ahead(cursor: Cursor) -> bool:
    found = FUNCTIONS.find(cursor.text, cursor.at, whole=True)
    return found is not None and _OPENING.match(cursor.text, found[1]) is not None


def _read_set(cursor: Cursor, kind: type[All | AnyOf], start: int, *, inside: bool) -> Piece[Rule]:
    cursor.deepen()
    pieces: list[Piece[Rule]] = []
    if not cursor.mark(")"):
        pieces.append(_read_joined(cursor, inside=inside))
        while cursor.mark(","):
            pieces.append(_read_joined(cursor, inside=inside))
        cursor.expect(")")
    cursor.depth -= 1
    return _gather(cursor, kind, start, pieces)


def _read_name(cursor: Cursor) -> Piece[str]:
    token = cursor.peek()
    if token.kind not in {"name", "quoted"}:
        raise cursor.fault("name_expected")
    cursor.take()
    return Piece(token.value, token.start, token.end)


def _read_compare(cursor: Cursor) -> Piece[Rule]:
    start = cursor.at
    token = cursor.peek()
    is_name = token.kind in {"name", "quoted"}
    if not is_name or JOINS.find(cursor.text, start, whole=True):
        raise cursor.fault("condition_expected")
    name = _read_name(cursor)
    if token.kind == "name" and cursor.peek().value == "(" and cursor.peek().kind == "mark":
        raise cursor.fault("function_unknown", token=token, near=_CALL_HINTS)
    if token.kind == "name" and not OPERATORS.find(cursor.text, cursor.at):
        name = _split_name(cursor, name)
    op = _read_operator(cursor)
    parts = {"field": name, "op": op, "value": read_operand(cursor, op.tree)}
    return build(cursor, Compare, start, parts)


def _split_name(cursor: Cursor, name: Piece[str]) -> Piece[str]:
    # Chinese is written without spaces: 城市是'上海', 年龄大于18.
    match = _TOUCHING.match(name.tree)
    if match is None:
        return name
    end = name.start + match.end()
    cursor.move(end)
    return Piece(match.group(), name.start, end)


def _read_operator(cursor: Cursor) -> Piece[Op]:
    start = cursor.at
    op = cursor.phrase(OPERATORS)
    if op is None:
        raise cursor.fault("operator_expected", near=_OP_HINTS)
    return Piece(op, start, cursor.behind)


def _read_member(cursor: Cursor, word: Start, start: int) -> Piece[Rule]:
    token = cursor.peek()
    if token.kind == "text" and 0 < len(token.value) <= 200:
        cursor.take()
        name = Piece(token.value, token.start, token.end)
    else:
        name = _read_name(cursor)
    if word == "audience":
        return build(cursor, InAudience, start, {"audience": name})
    return build(cursor, Listed, start, {"list": name})


def _read_bucket(cursor: Cursor, start: int) -> Piece[Rule]:
    cursor.count_leaf()
    seed = read_scalar(cursor)
    if not isinstance(seed.tree, str):
        cursor.move(seed.start)
        raise cursor.fault("text_expected")
    ends: list[Piece[Any]] = []
    for _ in range(2):
        cursor.expect(",")
        token = cursor.peek()
        if token.kind != "number" or not 0 <= token.value <= 100:
            raise cursor.fault("percent_expected")
        cursor.take()
        ends.append(Piece(float(token.value), token.start, token.end))
    cursor.expect(")")
    return build(cursor, Bucket, start, {"seed": seed, "start": ends[0], "end": ends[1]})


def _read_measured(cursor: Cursor) -> Piece[Rule]:
    start = cursor.at
    measure = read_measure(cursor)
    op = _read_operator(cursor)
    parts = {"measure": measure, "op": op, "value": read_operand(cursor, op.tree)}
    return build(cursor, Measured, start, parts)


def _read_did(cursor: Cursor, start: int) -> Piece[Rule]:
    parts: dict[str, Piece[Any]] = {"event": _read_name(cursor)}
    while cursor.mark("("):
        _read_argument(cursor, parts)
        while cursor.mark(","):
            _read_argument(cursor, parts)
        cursor.expect(")")
    measure = build(cursor, Measure, start, parts, fn="count")
    return build(cursor, Measured, start, {"measure": measure}, op="ge", value=1)


def read_measure(cursor: Cursor) -> Piece[Measure]:
    """Read a function over events: `sum(purchase.amount, last 30 days, where …)`."""
    start = cursor.at
    if not _measure_ahead(cursor):
        raise cursor.fault("function_unknown", near=_FN_HINTS)
    fn = cursor.phrase(FUNCTIONS, whole=True)
    parts: dict[str, Piece[Any]] = {"fn": Piece(fn, start, cursor.behind)}
    cursor.expect("(")
    parts["event"] = _read_name(cursor)
    if cursor.mark("."):
        parts["prop"] = _read_name(cursor)
    if cursor.glue("by"):
        parts["by"] = _read_name(cursor)
    while cursor.mark(","):
        _read_argument(cursor, parts)
    cursor.expect(")")
    return build(cursor, Measure, start, parts)


def _read_argument(cursor: Cursor, parts: dict[str, Piece[Any]]) -> None:
    token = cursor.peek()
    if cursor.glue("where"):
        name = "where"
        cursor.deepen()
        piece: Piece[Any] = _read_joined(cursor, inside=True)
        cursor.depth -= 1
    else:
        name = "window"
        piece = read_window(cursor)
    if name in parts:
        raise cursor.fault("repeated_part", token=token)
    parts[name] = piece


def read_window(cursor: Cursor) -> Piece[Window]:
    """Read a stretch of time: `last 30 days`, `this month`, `since 2026-01-01`, `ever`."""
    start = cursor.at
    calendar = cursor.phrase(CALENDARS)
    if calendar is not None:
        return build(cursor, Calendar, start, {}, which=calendar[0], unit=calendar[1])
    word = cursor.phrase(WINDOWS)
    if word == "last":
        return _read_last(cursor, start)
    if word == "from":
        return _read_ago(cursor, start)
    if word == "between":
        return _read_between(cursor, start)
    if word == "since":
        parts = {"start": _read_date(cursor)}
        cursor.glue("onward")
        return build(cursor, Since, start, parts)
    if word == "ever":
        return build(cursor, Ever, start, {})
    raise cursor.fault("argument_expected", near=_ARGUMENT_HINTS)


def _read_last(cursor: Cursor, start: int) -> Piece[Window]:
    number = read_whole(cursor, 1, MOST_DAYS * 1440)
    at = cursor.at
    unit = cursor.phrase(UNITS)
    if unit is None:
        raise cursor.fault("unit_expected", near=_UNIT_HINTS)
    parts: dict[str, Piece[Any]] = {"n": number, "unit": Piece(unit, at, cursor.behind)}
    cursor.glue("within")
    return build(cursor, Last, start, parts)


def _read_ago(cursor: Cursor, start: int) -> Piece[Window]:
    far = read_whole(cursor, 1, MOST_DAYS)
    if not cursor.glue("to"):
        raise cursor.fault("between_and_expected", near=("to",))
    near = read_whole(cursor, 0, MOST_DAYS)
    if not cursor.glue("ago"):
        raise cursor.fault("ago_expected", suggestions=("days ago",))
    return build(cursor, Ago, start, {"start_days": far, "end_days": near})


def _read_between(cursor: Cursor, start: int) -> Piece[Window]:
    first = _read_date(cursor)
    if not cursor.glue("and"):
        raise cursor.fault("between_and_expected", near=("and", "to"))
    return build(cursor, Between, start, {"start": first, "end": _read_date(cursor)})


def _read_date(cursor: Cursor) -> Piece[Any]:
    token = cursor.peek()
    if token.kind != "day":
        raise cursor.fault("date_expected")
    cursor.take()
    return Piece(token.value.day, token.start, token.end)


def read_end(cursor: Cursor, *, joinable: bool) -> None:
    """Refuse anything that is left over."""
    if cursor.peek().kind != "end":
        if joinable:
            raise cursor.fault("join_expected", near=_JOIN_HINTS)
        raise cursor.fault("end_expected")
