"""The sentence, in Chinese and English."""

from __future__ import annotations

import pytest

from qunxiang.language import (
    FieldInfo,
    Label,
    Schema,
    describe,
    describe_measure,
    parse,
    parse_measure,
)
from tests.language.world import SCHEMA

SAID = [
    (
        "city = '上海' and sum(purchase.amount, last 30 days) > 500",
        "所在城市是上海，且最近 30 天购买金额合计大于 500",
        "City is 上海, and total purchase amount in the last 30 days is more than 500",
    ),
    (
        "age >= 18 and (city = '上海' or not member = true)",
        "年龄不小于 18，且（所在城市是上海，或并非（会员为“是”））",
        "Age is at least 18, and (City is 上海, or not (Member: yes))",
    ),
    (
        "did purchase(last 30 days, where category = '彩妆')",
        "最近 30 天做过购买（其中品类是彩妆）",
        "did purchase (where category is 彩妆) in the last 30 days",
    ),
    (
        "birth_date anniversary in next 7 days and joined weekday in (6, 7)",
        "生日的周年日在未来 7 天内，且入会时间在星期六或星期日",
        "Birthday has its anniversary in the next 7 days, and Joined falls on Saturday or Sunday",
    ),
    (
        "birth_date month = 5 or age between 18 and 30",
        "生日在 5 月，或年龄在 18 到 30 之间",
        "Birthday falls in May, or Age is between 18 and 30",
    ),
    (
        "in audience vip and in list 'x' and bucket('t', 0, 12.5)",
        "在人群“贵宾”中，且在名单“x”中，且在随机分桶“t”的 0% 到 12.5% 内",
        "in the audience “VIPs”, and in the list “x”, and in 0% to 12.5% of the random split “t”",
    ),
    ("unheard_of = 1", "unheard_of 是 1", "unheard_of is 1"),
    ("all()", "所有人", "everybody"),
]
MEASURED = [
    ("count(purchase)", "购买次数", "number of purchase events"),
    (
        "top(purchase.category by amount, this month)",
        "本月购买金额最多的品类",
        "purchase category with the most amount this month",
    ),
    (
        "trend(purchase.amount, last 4 weeks)",
        "最近 4 周购买金额合计与前一时段之比",
        "ratio of the total purchase amount in the last 4 weeks to the period before",
    ),
    ("recency(visit)", "最近一次访问距今天数", "days since the latest visit"),
    ("first(purchase.at)", "首次购买的时间", "time of the first purchase"),
]


@pytest.mark.parametrize(("text", "zh", "en"), SAID)
def test_rule(text, zh, en):
    assert describe(parse(text), SCHEMA) == zh
    assert describe(parse(text), SCHEMA, "en") == en


@pytest.mark.parametrize(("text", "zh", "en"), MEASURED)
def test_measure(text, zh, en):
    assert describe_measure(parse_measure(text), SCHEMA) == zh
    assert describe_measure(parse_measure(text), SCHEMA, "en") == en


def test_values_that_are_codes_are_said_by_their_labels():
    gender = FieldInfo("gender", "text", "性别", "Gender", labels={"f": Label("女", "Female")})
    schema = Schema(fields={"gender": gender})
    assert describe(parse('gender in ("f", "x")'), schema) == "性别是女、x 之一"
    assert describe(parse('gender = "f"'), schema, "en") == "Gender is Female"
