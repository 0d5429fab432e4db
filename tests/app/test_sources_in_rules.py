"""Rules may name where an event's row came from, and say when a value was never seen."""

from __future__ import annotations

import pytest

from qunxiang.app import save_definition
from qunxiang.errors import LanguageError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.language import parse_measure
from qunxiang.tags import TagDefinition
from qunxiang.tags.definitions import MeasureTag
from tests.app.company import ORDERS, asked, bring, names_in, refresh, write


@pytest.fixture
def two_shops(company, files):
    order = dict(ORDERS[3], 订单号="T1", 手机号="13812345003")
    bring(company, write(files[0].with_name("till.csv"), [order]), "orders", source="till")
    refresh(company)
    return company


def test_the_source_of_an_event_may_be_named(two_shops):
    assert names_in(two_shops, "did purchase (where source = 'till')") == {"王老五"}
    assert "王老五" not in names_in(two_shops, "did purchase (where source = 'shop')")
    assert names_in(two_shops, "count(purchase, where 来源 in ('till', 'shop')) >= 3") == {"张三丰"}
    assert names_in(
        two_shops, "distinct(purchase.source) = 1 and did purchase (where source != 'shop')"
    ) == {"王老五"}


def test_a_source_nobody_brought_is_told(two_shops):
    _, warnings = asked(two_shops).rule("did purchase (where source = 'tills')")
    assert [w.code for w in warnings] == ["language.value_never_seen"]
    assert warnings[0].suggestions[0] == "till"


def test_a_tag_may_measure_a_source(two_shops):
    tag = TagDefinition(
        name="where_bought", how=MeasureTag(measure=parse_measure("top(purchase.source)"))
    )
    save_definition(two_shops, HOUSEHOLDER, tag)
    refresh(two_shops)
    assert names_in(two_shops, "where_bought = 'till'") == {"王老五"}


def test_what_is_no_spelling_is_kept_and_told(company):
    rule, warnings = asked(company).rule("city = '上海市x'")
    assert rule.value == "上海市x"
    assert [w.code for w in warnings] == ["language.value_never_seen"]
    assert warnings[0].suggestions[0] == "上海市"
    assert names_in(company, "city = '上海市x'") == set()
    rule, warnings = asked(company).rule("city = '上海'")
    assert (rule.value, warnings) == ("上海市", ())
    with pytest.raises(LanguageError):
        asked(company).rule("did purchase (where shop = 'x')")
