"""The check: names, kinds and values, each fault with its exact place and a suggestion."""

from __future__ import annotations

from typing import get_args

import pytest

from qunxiang.errors import LanguageError, catalogue
from qunxiang.language import check, check_measure, kind_of, load, locate, locate_measure, parse
from qunxiang.language.kinds import KINDS_OF_FN, KINDS_OF_OP, KINDS_ZH, list_operators
from qunxiang.language.nodes import FNS, OPS, Compare, Day, Measure, Moment
from qunxiang.language.patterns import find_fault
from qunxiang.language.schema import Kind
from tests.language.world import SCHEMA

# text, code, the part of the text that is blamed, a suggestion among those given
UNREADABLE = [
    ("", "condition_expected", "", None),
    ("city", "operator_expected", "", None),
    ("city =", "value_expected", "", None),
    ("city = 上海", "quote_value", "上海", "'上海'"),
    ("city = '上海", "open_quote", "'", None),
    ("city contain '上'", "operator_expected", "contain", "contains"),
    ("city starts '上'", "operator_expected", "starts", "starts with"),
    ("city 包涵 '上'", "operator_expected", "包涵", "包含"),
    ("age > 5 adn age < 9", "join_expected", "adn", "and"),
    ("age > 5)", "join_expected", ")", None),
    ("(age > 5", "mark_expected", "", None),
    ("age > 5 and", "condition_expected", "", None),
    ("and age > 5", "condition_expected", "and", None),
    ("age in 5", "mark_expected", "5", None),
    ("age in ()", "value_expected", ")", None),
    ("age between 1, 5", "between_and_expected", ",", None),
    ("name contains 5", "text_expected", "5", "'5'"),
    ("birth_date = 1990-02-30", "bad_date", "1990-02-30", None),
    ("age > 1e999", "bad_number", "1e999", None),
    ("birth_date in last week", "whole_number_expected", "week", None),
    ("birth_date in last 7 dyas", "days_expected", "dyas", "days"),
    ("birth_date weekday = 8", "whole_number_expected", "8", None),
    ("birth_date weekday != 6", "part_operator", "!=", "in"),
    ("summ(purchase.amount) > 5", "function_unknown", "summ", "sum"),
    ("合记(purchase.amount) > 5", "function_unknown", "合记", "合计"),
    ("did purchase(lst 30 days)", "argument_expected", "lst", "last"),
    ("did purchase(last 30 dya)", "unit_expected", "dya", "day"),
    ("did purchase(ever, ever)", "repeated_part", "ever", None),
    ("did purchase(from 60 to 30)", "ago_expected", ")", "days ago"),
    ("did purchase(since '2026-01-01')", "date_expected", "'2026-01-01'", None),
    ("did purchase(from 30 to 60 days ago)", "range_reversed", "from 30 to 60 days ago", None),
    ("did purchase(where did visit)", "not_in_where", "did", None),
    ("did purchase(where in audience vip)", "not_in_where", "in", None),
    ("did 5", "name_expected", "5", None),
    ("bucket('a', 0, 101)", "percent_expected", "101", None),
    ("bucket('a', 10, 5)", "range_reversed", "bucket('a', 10, 5)", None),
    ("`` = 1", "bad_name", "``", None),
]


def _blame(error, text):
    return None if error.start is None else text[error.start : error.end]


@pytest.mark.parametrize(("text", "what", "blamed", "near"), UNREADABLE)
def test_unreadable(text, what, blamed, near):
    with pytest.raises(LanguageError) as caught:
        parse(text)
    assert caught.value.code == f"language.{what}"
    assert _blame(caught.value, text) == blamed
    assert near is None or near in caught.value.suggestions


UNFIT = [
    ("cty = '上海'", "field_unknown", "cty", "field", "city"),
    ("所在城 = '上海'", "field_unknown", "所在城", "field", "所在城市"),
    ("age > 5 and phnoe is known", "field_unknown", "phnoe", "of.1.field", None),
    ("Score > 5", "name_ambiguous", "Score", "field", "score_a"),
    ("phone is known", "field_hidden", "phone", "field", None),
    ("手机号 已知", "field_hidden", "手机号", "field", None),
    ("city > 'a'", "op_not_for_kind", ">", "op", "="),
    ("age contains '1'", "op_not_for_kind", "contains", "op", ">"),
    ("likes = '彩妆'", "op_not_for_kind", "=", "op", "has any"),
    ("member in (true)", "op_not_for_kind", "in", "op", "="),
    ("age = 'x'", "value_not_for_kind", "'x'", "value", None),
    ("age = true", "value_not_for_kind", "true", "value", None),
    ("name = 5", "value_not_for_kind", "5", "value", "'5'"),
    ("city in ('上海', 5)", "value_not_for_kind", "5", "value.1", "'5'"),
    ("member = 1", "value_not_for_kind", "1", "value", None),
    ("birth_date after 2026-01-01T10:00", "value_not_for_kind", "2026-01-01T10:00", "value", None),
    ("joined after 'soon'", "value_not_for_kind", "'soon'", "value", None),
    ("age between 9 and 5", "range_reversed", "9 and 5", "value", "5 and 9"),
    (r"name matches '(a)\1'", "bad_pattern", r"'(a)\1'", "value", None),
    ("did purchse", "event_unknown", "purchse", "measure.event", "purchase"),
    ("sum(purchase.amuont) > 5", "property_unknown", "amuont", "measure.prop", "amount"),
    ("sum(purchase) > 5", "property_needed", "purchase", "measure.event", "purchase.amount"),
    ("count(purchase.amount) > 5", "property_not_taken", "amount", "measure.prop", "purchase"),
    ("sum(purchase.category) > 5", "property_not_for_fn", "category", "measure.prop", None),
    ("avg(purchase.due) > 5", "property_not_for_fn", "due", "measure.prop", None),
    ("sum(purchase.margin) > 5", "field_hidden", "margin", "measure.prop", None),
    ("sum(purchase.amount by quantity) > 5", "by_not_taken", "quantity", "measure.by", None),
    ("top(purchase.category by gift) = 'x'", "property_not_for_fn", "gift", "measure.by", None),
    ("trend(purchase, this month) > 1", "trend_window", "this month", "measure.window", None),
    ("sum(purchase.amount) = 'x'", "value_not_for_kind", "'x'", "value", None),
    ("first(purchase.at) > 5", "value_not_for_kind", "5", "value", None),
    ("did visit(where amount > 5)", "property_unknown", "amount", "measure.where.field", None),
    (
        "did purchase(where amount > 5 and quantity = 'x')",
        *("value_not_for_kind", "'x'", "measure.where.of.1.value", None),
    ),
    ("in audience vpi", "audience_unknown", "vpi", "audience", "vip"),
    ("in list 'vip-import'", "list_unknown", "'vip-import'", "list", "vip-import-0421"),
]


@pytest.mark.parametrize(("text", "what", "blamed", "path", "near"), UNFIT)
def test_unfit(text, what, blamed, path, near):
    located = locate(text)
    with pytest.raises(LanguageError) as caught:
        check(located.tree, SCHEMA, spans=located.spans)
    error = caught.value
    assert (error.code, _blame(error, text), error.path) == (f"language.{what}", blamed, path)
    assert near is None or near in error.suggestions
    assert "?" not in error.message("zh") + error.message("en")
    assert "?" not in error.remedy("zh") + error.remedy("en")
    with pytest.raises(LanguageError) as caught:
        check(located.tree, SCHEMA)
    assert (caught.value.path, caught.value.where) == (path, path)


def test_hidden_names_are_not_suggested():
    with pytest.raises(LanguageError) as caught:
        check(parse("phon is known"), SCHEMA)
    assert "phone" not in caught.value.suggestions


def test_every_fault_is_told():
    text = "cty = 'x' and age = 'x' and did purchse"
    located = locate(text)
    with pytest.raises(LanguageError) as caught:
        check(located.tree, SCHEMA, spans=located.spans)
    assert caught.value.start == 0
    also = caught.value.details["also"]
    assert [(each["code"], text[each["start"] : each["end"]]) for each in also] == [
        ("language.value_not_for_kind", "'x'"),
        ("language.event_unknown", "purchse"),
    ]


RESOLVED = [
    ("所在城市 = '上海'", "city = '上海'"),
    ("CITY = '上海' and `Full Name` is known", "city = '上海' and name is known"),
    ("做过 购买(其中 金额 > 5)", "did purchase(where amount > 5)"),
    ("最常(购买.品类 按 金额) = '彩妆'", "top(purchase.category by amount) = '彩妆'"),
    ("age > '5'", "age > 5"),
    ("age between '1.5' and 5", "age between 1.5 and 5"),
    ("birth_date > '1990-01-01'", "birth_date after 1990-01-01"),
    ("birth_date <= 1990-01-01", "birth_date <= 1990-01-01"),
    ("joined < '2026-01-01T10:00'", "joined before 2026-01-01T10:00"),
    ("joined between 2026-01-01 and '2026-02-01'", "joined between 2026-01-01 and 2026-02-01"),
    ("member = '是'", "member = true"),
    ("first(purchase.at) < '2026-01-01'", "first(purchase.at) before 2026-01-01"),
    ("in audience 贵宾 or not in audience VIPs", "in audience vip or not in audience vip"),
    ("did visit(where 时间 weekday in (6, 7))", "did visit(where at weekday in (6, 7))"),
]


@pytest.mark.parametrize(("text", "meant"), RESOLVED)
def test_resolved(text, meant):
    checked = check(parse(text), SCHEMA)
    assert checked.tree == parse(meant)
    assert checked.warnings == ()
    assert check(checked.tree, SCHEMA).tree == checked.tree


def test_dates_are_typed():
    tree = check(parse("birth_date = '1990-01-01'"), SCHEMA).tree
    assert isinstance(tree, Compare)
    assert isinstance(tree.value, Day)
    tree = check(parse("joined = '2026-01-01T10:00+08:00'"), SCHEMA).tree
    assert isinstance(tree, Compare)
    assert isinstance(tree.value, Moment)


def test_category_never_seen_is_a_warning():
    text = "city in ('上海', '北平') and did purchase(where category = '面部护肤')"
    located = locate(text)
    checked = check(located.tree, SCHEMA, spans=located.spans)
    assert [(w.code, _blame(w, text), w.suggestions) for w in checked.warnings] == [
        ("language.value_never_seen", "'北平'", ("北京",)),
        ("language.value_never_seen", "'面部护肤'", ("面部护理",)),
    ]
    assert check(parse("city contains '平'"), SCHEMA).warnings == ()


def test_everybody_is_a_warning():
    assert [w.code for w in check(parse("all()"), SCHEMA).warnings] == ["language.everybody"]


KINDS = [
    ("count(purchase)", "number"),
    ("days(purchase)", "number"),
    ("sum(purchase.amount)", "money"),
    ("sum(purchase.quantity)", "number"),
    ("avg(purchase.amount)", "money"),
    ("min(purchase.due)", "date"),
    ("max(purchase.at)", "moment"),
    ("median(purchase.quantity)", "number"),
    ("distinct(purchase.category)", "number"),
    ("first(purchase.gift)", "yesno"),
    ("last(purchase.category)", "text"),
    ("top(purchase.coupons)", "text"),
    ("top(purchase.category by amount)", "text"),
    ("top_share(purchase.category)", "number"),
    ("list(purchase.category)", "texts"),
    ("gap(purchase)", "number"),
    ("recency(purchase)", "number"),
    ("trend(purchase.amount, last 30 days)", "number"),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_kind_of(text, kind):
    located = locate_measure(text)
    assert kind_of(check_measure(located.tree, SCHEMA).tree, SCHEMA) == kind


def test_measure_fault():
    text = "sum(purchase.category, last 30 days)"
    located = locate_measure(text)
    with pytest.raises(LanguageError) as caught:
        check_measure(located.tree, SCHEMA, spans=located.spans)
    assert (caught.value.path, _blame(caught.value, text)) == ("prop", "category")


def test_every_operator_and_function_has_its_kinds():
    assert set(KINDS_OF_OP) == set(OPS)
    assert set(KINDS_OF_FN) == set(FNS)
    assert set(KINDS_ZH) == set(get_args(Kind))
    assert {op for kind in get_args(Kind) for op in list_operators(kind)} == set(OPS)


@pytest.mark.parametrize(
    "pattern", ["^138[0-9]{8}$", "(?i)wang", r"\(\?=x\)", "[(?=]", r"a\\1", "上海|北京", "(?:a)?"]
)
def test_sound_pattern(pattern):
    assert find_fault(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"(a)\1", "(?P<x>a)(?P=x)", "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", "(?>a)", "a++"),
        *("a{2}+", "(", "[", "a{2000}", "[[a]", "[a--b]", "(?x)a", r"\Z", "a" * 1001, "(a)(?(1)b)"),
    ],
)
def test_unsafe_pattern(pattern):
    assert find_fault(pattern) is not None


DOCUMENTS = [
    ({"node": "nothing"}, "bad_tree", ""),
    (
        {"node": "all", "of": [{"node": "compare", "op": "eq", "value": 1}]},
        "bad_tree",
        "of.0.field",
    ),
    (
        {"node": "not", "of": {"node": "compare", "field": "a", "op": "in", "value": "x"}},
        *("needs_list", "of"),
    ),
    ({"node": "compare", "field": "a", "op": "eq", "value": {"day": "x"}}, "bad_tree", "value.day"),
    ({"node": "list", "list": ""}, "bad_tree", "list"),
    ({"node": "bucket", "seed": "a", "start": 5, "end": 5}, "range_reversed", ""),
    (
        {
            "node": "measured",
            "op": "ge",
            "value": 1,
            "measure": {"fn": "count", "event": "p", "where": {"node": "list", "list": "x"}},
        },
        *("not_in_where", "measure.where"),
    ),
]


@pytest.mark.parametrize(("document", "what", "path"), DOCUMENTS)
def test_document_fault(document, what, path):
    with pytest.raises(LanguageError) as caught:
        load(document)
    assert (caught.value.code, caught.value.path) == (f"language.{what}", path)
    assert "?" not in caught.value.message("zh") + caught.value.message("en")


def test_every_code_is_complete():
    for code, text in catalogue().items():
        if code.startswith("language."):
            assert all((text.zh, text.en, text.zh_remedy, text.en_remedy)), code


def test_measure_of_an_unknown_event_has_no_kind():
    with pytest.raises(LanguageError):
        kind_of(Measure(fn="count", event="nothing"), SCHEMA)
