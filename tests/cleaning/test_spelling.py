"""Only a spelling of a value is respelled; what says more, or something else, stays as it was."""

from __future__ import annotations

import pytest

from qunxiang.catalog import FieldDefinition
from qunxiang.cleaning import respell
from qunxiang.language import Compare
from qunxiang.settings import Settings

SIZES = {"large": ("L", "大号")}


@pytest.mark.parametrize(
    ("value", "word", "wanted"),
    [
        ("city", "上海", "上海市"),
        ("city", "广东省深圳市", "深圳市"),
        ("city", "吉林", "吉林市"),
        ("city", "上海市x", None),
        ("city", "上海市浦东新区", None),
        ("city", "杭州西湖边", None),
        ("province", "内蒙", "内蒙古自治区"),
        ("province", "广东省深圳市", None),
        ("province", "广东话", None),
        ("district", "浦东新区", "浦东新区"),
        ("district", "浦东新区某路", None),
        ("gender", "女", "female"),
        ("gender", "女人们", None),
        ("phone", "138 1234-5001", "+8613812345001"),
        ("phone", "+86 13812345001", "+8613812345001"),
        ("phone", "13812345001 李", None),
        ("mail", "Wang@Aliyun.com", "wang@aliyun.com"),
        ("mail", "wang@aliyun.com;", None),
        ("name", "欧阳 娜娜", "欧阳娜娜"),
        ("name", "王先生", None),
        ("choice", "大号", "large"),
        ("choice", "大号的", None),
    ],
)
def test_only_spellings_are_respelled(value, word, wanted):
    field = FieldDefinition(name="f", value=value, choices=SIZES if value == "choice" else {})
    rule = respell(Compare(field="f", op="eq", value=word), {"f": field}, Settings())
    assert isinstance(rule, Compare)
    assert rule.value == (wanted or word)
