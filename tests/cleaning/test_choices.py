from __future__ import annotations

from functools import partial

import polars as pl

from qunxiang.cleaning import clean_choice, clean_gender, clean_yesno
from tests.cleaning.golden import blanks_of, faults_of, texts, values_of


def test_gender() -> None:
    words = {
        "男": "male",
        "女": "female",
        "M": "male",
        "f": "female",
        "Male": "male",
        "先生": "male",
        "女士": "female",
    }
    values_of(
        clean_gender,
        {
            **words,
            "1": "male",
            "2": "female",
            "1.0": "male",
            "Ｍ": "male",
            " 男 ": "male",
            "男性": "male",
        },
    )
    blanks_of(clean_gender, ["未知", "0", "9", "保密", "-", "", None, "unknown"])
    faults_of(clean_gender, {"xyz": "gender.unreadable", "3": "gender.unreadable"})
    other = partial(clean_gender, codes={"0": "female", "1": "male"})
    values_of(other, {"0": "female", "1": "male"})


def test_yesno() -> None:
    yes = ("是", "有", "Y", "yes", "TRUE", "true", "1", "1.0", "√", "✓", "on", "同意")
    no = ("否", "无", "N", "no", "FALSE", "0", "×", "没有", "off")
    values_of(clean_yesno, {**dict.fromkeys(yes, True), **dict.fromkeys(no, False)})
    blanks_of(clean_yesno, ["-", "", "未知", "N/A", None])
    faults_of(clean_yesno, {"maybe": "yesno.unreadable", "2": "yesno.unreadable"})
    assert clean_yesno(pl.Series("x", [True, False, None])).values.to_list() == [True, False, None]


def test_choice() -> None:
    levels = partial(clean_choice, synonyms={"gold": "金卡", "gold card": "金卡", "银": "银卡"})
    values_of(
        levels,
        {
            "GOLD": "金卡",
            "Gold  Card": "金卡",
            "ｇｏｌｄ": "金卡",
            "银": "银卡",
            "银卡": "银卡",
            "铜": "铜",
        },
    )
    faults_of(partial(levels, closed=True), {"铜": "choice.unknown"})
    blanks_of(levels, ["无", "-", None])
    # A word that is kept stays, even where it also stands on the other side.
    assert clean_choice(texts("a", "b"), {"a": "b", "b": "c"}).values.to_list() == ["b", "b"]
