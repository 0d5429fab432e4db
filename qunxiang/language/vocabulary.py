"""What a rule may be made of, told as data: operators, functions, windows, and how each is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from qunxiang.language.kinds import (
    KINDS_OF_FN,
    KINDS_ZH,
    PROPERTY_OPTIONAL,
    TAKES_BY,
    find_result,
    list_operators,
)
from qunxiang.language.nodes import FNS, NEEDS, OPS, Fn, Need, Op
from qunxiang.language.schema import Kind, Label
from qunxiang.language.words import (
    CALENDAR_WORDS,
    CALL_WORDS,
    FN_WORDS,
    GLUE_WORDS,
    JOIN_WORDS,
    OP_WORDS,
    START_WORDS,
    TRUTH_WORDS,
    UNIT_WORDS,
    WINDOW_WORDS,
    Words,
)

_KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class FunctionInfo:
    """A function of measures.

    Args:
        fn: its name.
        kinds: the kinds of property it takes; none, if it takes no property.
        needs_property: whether it can do without one.
        takes_by: whether it may be weighed by a number, as in the favourite by money.
        results: the kind of its result by the kind of the property; under `` without a property.
    """

    fn: Fn
    kinds: tuple[Kind, ...]
    needs_property: bool
    takes_by: bool
    results: dict[str, Kind]


@dataclass(frozen=True)
class WordTable:
    """How every part of a rule is written, by what it means."""

    operators: dict[str, Label]
    functions: dict[str, Label]
    units: dict[str, Label]
    windows: dict[str, Label]
    calendars: dict[str, Label]
    starts: dict[str, Label]
    joins: dict[str, Label]
    calls: dict[str, Label]
    glue: dict[str, Label]
    truths: dict[str, Label]
    kinds: dict[str, Label]


@dataclass(frozen=True)
class Grammar:
    """The operators of each kind of field, what each operator takes, the functions, and the words."""

    operators: dict[Kind, tuple[Op, ...]]
    needs: dict[Op, Need]
    functions: tuple[FunctionInfo, ...]
    words: WordTable


@cache
def tell_grammar() -> Grammar:
    """Return what rules are made of."""
    return Grammar(
        {kind: list_operators(kind) for kind in _KINDS},
        {op: NEEDS.get(op, "single") for op in OPS},
        tuple(_tell_function(fn) for fn in FNS),
        _tell_words(),
    )


def _tell_function(fn: Fn) -> FunctionInfo:
    kinds = tuple(sorted(KINDS_OF_FN[fn], key=_KINDS.index))
    needed = bool(kinds) and fn not in PROPERTY_OPTIONAL
    results: dict[str, Kind] = {kind: find_result(fn, kind) for kind in kinds}
    if not needed:
        results[""] = find_result(fn, None)
    return FunctionInfo(fn, kinds, needed, fn in TAKES_BY, results)


def _tell_words() -> WordTable:
    return WordTable(
        _labels(OP_WORDS),
        _labels(FN_WORDS),
        _labels(UNIT_WORDS),
        _labels(WINDOW_WORDS),
        _labels({" ".join(period): words for period, words in CALENDAR_WORDS.items()}),
        _labels(START_WORDS),
        _labels(JOIN_WORDS),
        _labels(CALL_WORDS),
        _labels(GLUE_WORDS),
        _labels({str(truth).lower(): words for truth, words in TRUTH_WORDS.items()}),
        {kind: Label(zh, kind) for kind, zh in KINDS_ZH.items()},
    )


def _labels(table: Mapping[Any, Words]) -> dict[str, Label]:
    # Some glue is said in Chinese alone.
    return {
        meaning: Label(words.zh[0], words.en[0] if words.en else "")
        for meaning, words in table.items()
    }
