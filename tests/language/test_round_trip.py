"""Any tree goes through text, Chinese text and JSON without loss; the normal form is stable."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunxiang.language import (
    Limits,
    Schema,
    describe,
    dump,
    leaf_key,
    leaves,
    load,
    load_measure,
    locate,
    normalise,
    parse,
    parse_measure,
    write,
    write_measure,
)
from qunxiang.language.limits import walk
from qunxiang.language.nodes import All, AnyOf, Compare, Not
from tests.language import strategies

# The strategies reach past the default limits on purpose; limits have tests of their own.
WIDE = Limits(depth=40, window_days=10**9)
thorough = settings(max_examples=300, deadline=None)
brief = settings(max_examples=150, deadline=None)


@thorough
@given(strategies.rules, st.sampled_from(["en", "zh"]))
def test_text(rule, lang):
    back = parse(write(rule, lang), WIDE)
    assert back == rule
    # 1, 1.0 and true are equal in Python; in JSON they are not.
    assert json.dumps(dump(back)) == json.dumps(dump(rule))


@brief
@given(strategies.measures, st.sampled_from(["en", "zh"]))
def test_measure_text(measure, lang):
    assert parse_measure(write_measure(measure, lang), WIDE) == measure
    assert load_measure(json.loads(json.dumps(dump(measure))), WIDE) == measure


@thorough
@given(strategies.rules)
def test_json(rule):
    back = load(json.loads(json.dumps(dump(rule))), WIDE)
    assert back == rule
    assert json.dumps(dump(back)) == json.dumps(dump(rule))


@brief
@given(strategies.rules)
def test_every_part_has_a_place(rule):
    text = write(rule)
    located = locate(text, WIDE)
    for node, path, _ in walk(located.tree):
        start, end = located.spans[path]
        assert parse(text[start:end], WIDE) == node


@brief
@given(strategies.rules)
def test_normal_form_is_stable(rule):
    once = normalise(rule)
    assert normalise(once) == once
    assert leaf_key(once) == leaf_key(rule)
    for node, _, _ in walk(once):
        if isinstance(node, Not):
            assert not isinstance(node.of, Not | All | AnyOf)
        if isinstance(node, All | AnyOf):
            assert len(node.of) != 1
            assert not any(isinstance(each, type(node)) for each in node.of)


def _shuffle(rule, chance):
    if isinstance(rule, Not):
        return Not(of=_shuffle(rule.of, chance))
    if isinstance(rule, All | AnyOf):
        parts = [_shuffle(each, chance) for each in rule.of]
        chance.shuffle(parts)
        return type(rule)(of=tuple(parts))
    return rule


@brief
@given(strategies.rules, st.randoms(use_true_random=False))
def test_key_forgets_order(rule, chance):
    assert leaf_key(_shuffle(rule, chance)) == leaf_key(rule)


@brief
@given(strategies.rules, st.sampled_from(["en", "zh"]))
def test_any_rule_can_be_said(rule, lang):
    assert describe(rule, Schema(), lang)


def _holds(rule, truths):
    if isinstance(rule, All):
        return all(_holds(each, truths) for each in rule.of)
    if isinstance(rule, AnyOf):
        return any(_holds(each, truths) for each in rule.of)
    if isinstance(rule, Not):
        return not _holds(rule.of, truths)
    return truths[rule.field]


fields = st.builds(lambda name: Compare(field=name, op="known"), st.sampled_from("abc"))
small = st.recursive(
    fields,
    lambda inner: st.one_of(
        st.builds(Not, of=inner),
        st.builds(All, of=st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, of=st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


@brief
@given(small, st.fixed_dictionaries(dict.fromkeys("abc", st.booleans())))
def test_normal_form_means_the_same(rule, truths):
    assert _holds(normalise(rule), truths) == _holds(rule, truths)


def test_opposite_comparison_is_not_the_negation():
    assert normalise(parse("not age > 5")) == parse("not age > 5")
    assert leaf_key(parse("not age > 5")) != leaf_key(parse("age <= 5"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a = 1 and b = 2", "b = 2 and a = 1"),
        ("(a = 1 and b = 2) and c = 3", "a = 1 and (b = 2 and c = 3)"),
        ("not (a = 1 or b = 2)", "not a = 1 and not b = 2"),
        ("not not a = 1", "a = 1"),
        ("city in ('a', 'b')", "city in ('b', 'a', 'b')"),
        ("did p(where x = 1 and y = 2)", "did p(where y = 2 and x = 1)"),
        ("a = 1 or a = 1", "all(a = 1)"),
    ],
)
def test_same_key(one, other):
    assert leaf_key(parse(one)) == leaf_key(parse(other))


def test_key_is_the_same_every_day():
    assert leaf_key(parse("city = '上海'")) == "d81fb4e9f0827886365796c017deacac"
    assert len({leaf_key(parse(f"a = {i}")) for i in range(100)}) == 100


def test_between_keeps_its_order():
    assert leaf_key(parse("a between 1 and 2")) != leaf_key(parse("a between 2 and 1"))


def test_leaves_have_paths():
    rule = parse("a = 1 and not (did p(where x = 1) or in audience v)")
    assert [path for path, _ in leaves(rule)] == ["of.0", "of.1.of.of.0", "of.1.of.of.1"]


def test_flattening_keeps_the_readers_order():
    names = [f"f{i}" for i in range(20)]
    random.Random(7).shuffle(names)
    text = " and ".join(f"{name} = 1" for name in names)
    assert write(normalise(parse(text))) == text
