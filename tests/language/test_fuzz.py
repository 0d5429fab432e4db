"""Whatever is typed or posted, the answer is a tree or the language's own error, quickly."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunxiang.errors import LanguageError
from qunxiang.language import (
    Limits,
    Schema,
    check,
    load,
    load_measure,
    locate,
    parse,
    parse_measure,
    write,
)
from qunxiang.language.nodes import Measure
from qunxiang.language.patterns import find_fault
from qunxiang.language.words import (
    CALENDARS,
    CALLS,
    FUNCTIONS,
    GLUES,
    JOINS,
    OPERATORS,
    STARTS,
    TRUTHS,
    UNITS,
    WINDOWS,
)
from tests.language import strategies
from tests.language.world import SCHEMA

thorough = settings(max_examples=400, deadline=None)
brief = settings(max_examples=150, deadline=None)

TABLES = (OPERATORS, FUNCTIONS, UNITS, CALENDARS, STARTS, CALLS, JOINS, WINDOWS, TRUTHS)
WORDS = [word for table in (*TABLES, *GLUES.values()) for word, _ in table.phrases]
SCRAPS = [
    *("(", ")", ",", ".", "'", "`", "“", "\uff0c", "（", "'a'", "`b`", " ", "\n", "\u3000"),
    *("1", "-1", "1.5", "5万", "1e5", "1e999", "9" * 50, "1990-01-01", "1990-13-01"),
    *("2026-01-01T10:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "city", "所在城市"),
]


def refusal(call, *args):
    """Return the language's own error, or None if there was none; any other error passes."""
    try:
        call(*args)
    except LanguageError as error:
        return error
    return None


def read(text):
    """Read a text every way; only the language's own error may come."""
    for reader in (parse, parse_measure):
        error = refusal(reader, text)
        if error is None:
            tree = reader(text)
            assert isinstance(tree, Measure) or parse(write(tree), Limits(depth=40)) == tree
            continue
        assert error.start is not None
        assert 0 <= error.start <= error.end <= len(text)
        assert "?" not in error.message("zh").replace(str(error.details.get("found")), "")
        assert error.message("en")
        assert error.remedy("zh")
        assert error.remedy("en")


@thorough
@given(st.text(st.characters(), max_size=60))
def test_any_text(text):
    read(text)


@thorough
@given(st.lists(st.sampled_from([*WORDS, *SCRAPS]), max_size=12), st.sampled_from(["", " "]))
def test_any_words(words, between):
    read(between.join(words))


@thorough
@given(strategies.rules, st.sampled_from(["en", "zh"]), st.data())
def test_mutated_text(rule, lang, data):
    text = write(rule, lang)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 3))
        scrap = data.draw(st.sampled_from(["", *WORDS, *SCRAPS]))
        text = text[:at] + scrap + text[at + cut :]
    read(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@brief
@given(json_values)
def test_any_document(document):
    for reader in (load, load_measure):
        with pytest.raises(LanguageError):
            reader(document)


def _list_places(document, path=()):
    yield path
    if isinstance(document, dict | list):
        items = document.items() if isinstance(document, dict) else enumerate(document)
        for key, part in items:
            yield from _list_places(part, (*path, key))


@brief
@given(strategies.rules, json_values, st.data())
def test_mutated_document(rule, scrap, data):
    document = rule.model_dump(mode="json")
    path = data.draw(st.sampled_from(list(_list_places(document))))
    if not path:
        return
    part = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = scrap
    error = refusal(load, document)
    assert error is None or error.message("zh")


@brief
@given(strategies.rules)
def test_any_rule_is_checked_or_refused(rule):
    error = refusal(check, rule, SCHEMA)
    assert error is None or error.path is not None


@thorough
@given(st.text(st.sampled_from("ab1[](){}|\\^$*+?.-:=!<>,iPZd&~"), max_size=30))
def test_any_pattern(pattern):
    # pytest turns the warnings of `re` into errors.
    fault = find_fault(pattern)
    assert fault is None or fault
    if fault is None:
        re.compile(pattern)


BOMBS = {
    "parentheses": "(" * 100_000,
    "nots": "not " * 25_000,
    "Chinese nots": "非 " * 50_000,
    "calls": "all(" * 25_000,
    "closing": ")" * 100_000,
    "quotes": "'" * 99_999,
    "back-quotes": "`" * 99_999,
    "name": "a" * 100_000,
    "digits": "a = " + "9" * 90_000,
    "spaces": " " * 100_000,
    "conditions": "a = 1 and " * 9_000,
    "list": f"a in ({'1,' * 40_000}",
    "joined Chinese": "年龄大于" * 20_000,
    "operators": "包含任一" * 25_000,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_bomb(text):
    start = time.perf_counter()
    with pytest.raises(LanguageError):
        parse(text)
    assert time.perf_counter() - start < 2


def test_depth_bombs_say_so():
    with pytest.raises(LanguageError) as caught:
        parse("(" * 100_000)
    assert (caught.value.code, caught.value.start, caught.value.end) == (
        "language.too_deep",
        13,
        14,
    )
    document = {"node": "compare", "field": "a", "op": "known"}
    for _ in range(100_000):
        document = {"node": "not", "of": document}
    with pytest.raises(LanguageError) as caught:
        load(document)
    assert caught.value.code == "language.too_deep"


def _nest(text, times):
    return "(" * times + text + ")" * times


LIMITED = [
    (Limits(text_length=5), "a = 1 ", "text_too_long", 5),
    (Limits(depth=2), _nest("a = 1", 3), "too_deep", 3),
    (Limits(depth=2), "a = 1 and not b = 2", "too_deep", 14),
    (Limits(depth=2), "did p(where a = 1 and b = 1)", "too_deep", 12),
    (Limits(leaves=2), "a = 1 and b = 1 or c = 1", "too_many_conditions", 19),
    (Limits(leaves=2), "did p(where a = 1) or b = 1", "too_many_conditions", 22),
    (Limits(list_items=2), "a in (1, 2, 3)", "list_too_long", 12),
    (Limits(window_days=30), "did p(last 31 days)", "window_too_long", 6),
    (Limits(window_days=30), "did p(last 2 months)", "window_too_long", 6),
    (Limits(window_days=30), "a = 1 and did p(from 31 to 0 days ago)", "window_too_long", 16),
]


@pytest.mark.parametrize(("limits", "text", "what", "start"), LIMITED)
def test_limits(limits, text, what, start):
    with pytest.raises(LanguageError) as caught:
        parse(text, limits)
    assert (caught.value.code, caught.value.start) == (f"language.{what}", start)


@pytest.mark.parametrize(("limits", "text", "what", "start"), LIMITED[2:])
def test_limits_of_a_tree(limits, text, what, start):
    located = locate(text)
    with pytest.raises(LanguageError) as caught:
        check(located.tree, Schema(), limits)
    assert caught.value.code == f"language.{what}"


def test_limits_themselves_are_limited():
    with pytest.raises(LanguageError):
        Limits(depth=1_000)
    deepest = Limits(depth=60)
    assert parse("not " * 59 + "a = 1", deepest)
    assert parse(_nest("a = 1", 59), deepest)
