"""What holds of every normaliser, whatever is in the file."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import phonenumbers
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunxiang import cleaning
from qunxiang.cleaning import REASONS, Cleaned, clean_phone, clean_text
from qunxiang.cleaning.text import EMPTY_BLANKS
from tests.cleaning.golden import Clean, texts
from tests.cleaning.speed import CASES

NO_BOUND: dict[str, Any] = {"earliest": None, "latest": None}
NORMALISERS: dict[str, Clean] = {
    "text": clean_text,
    "name": cleaning.clean_name,
    "phone": clean_phone,
    "phone in the US": partial(clean_phone, country="US"),
    "mail": cleaning.clean_mail,
    "date": cleaning.clean_date,
    "date, day first": partial(cleaning.clean_date, order="dmy", **NO_BOUND),
    "date, month first": partial(cleaning.clean_date, order="mdy", latest=date(2030, 1, 1)),
    "moment": cleaning.clean_moment,
    "moment abroad": partial(
        cleaning.clean_moment, zone="America/New_York", latest=datetime(2030, 1, 1, tzinfo=UTC)
    ),
    "resident": cleaning.clean_resident_id,
    "region": cleaning.clean_region,
    "province": cleaning.clean_province,
    "city": cleaning.clean_city,
    "district": cleaning.clean_district,
    "gender": cleaning.clean_gender,
    "yesno": cleaning.clean_yesno,
    "choice": partial(cleaning.clean_choice, synonyms={"a": "金卡", "B": "银卡"}),
    "closed choice": partial(
        cleaning.clean_choice, synonyms={"a": "金卡", "B": "银卡"}, closed=True
    ),
    "number": cleaning.clean_number,
    "number with a comma": partial(cleaning.clean_number, point=","),
    "integer": cleaning.clean_integer,
    "money": cleaning.clean_money,
    "yen": partial(cleaning.clean_money, currency="JPY", decimals=0),
}

# Words that files are made of, so that arbitrary text comes near to what is read.
PIECES = st.sampled_from(
    ["1", "2", "0", "9", "13812345678", "+86", "0086", "010-", "62345678", "-", "--", "/", ".", ",", ";", ":", "(", ")", "138", "****", "E+10", ".0", "转", "ext", "2024", "2024-", "03", "05", "29", "30", "31", "年", "月", "日", "T", "Z", "+08:00", "14:05:06", "下午", "pm", "Mar", "45292", "1709618706", "二〇", "十", "三", "张", "三", "先生", "女士", "Mr.", "test", "·", "*", "@", "qq.com", "gamil.com", ".con", "a", "b.c", "mailto:", "<", ">", "广东", "省", "深圳", "市", "南山", "区", "中山", "路", "上海", "朝阳", "北京", "内蒙", "縣", "廣東", "¥", "$", "元", "万", "%", "1,234", "e", "5", "男", "女", "是", "√", "×", "无", "未知", "N/A", "\u200b", "\ufeff", "\u3000", "Ａ", "１", "X", "x", "11010519491231002X", "110105491231002", "é", "́", "🙂", "\x00", "\t"]
)  # fmt: skip
CELLS = st.one_of(
    st.none(),
    st.lists(PIECES, max_size=7).map("".join),
    st.text(max_size=20),
    st.from_regex(r"[0-9.,+\-/: ]{0,22}", fullmatch=True),
    st.text("0123456789", max_size=30),
)


def as_texts(cleaned: Cleaned) -> pl.Series:
    """Write cleaned values back as a file would hold them."""
    values = cleaned.values
    if values.dtype == pl.Float64:
        return pl.Series("x", [None if v is None else repr(v) for v in values], dtype=pl.String)
    return values


def check(name: str, cells: list[str | None]) -> None:
    clean = NORMALISERS[name]
    cleaned = clean(texts(*cells))
    columns = [cleaned.values, cleaned.faults, *cleaned.derived.values()]
    assert {len(column) for column in columns} == {len(cells)}
    assert set(cleaned.faults.drop_nulls().to_list()) <= set(REASONS)
    assert not (cleaned.values.is_not_null() & cleaned.faults.is_not_null()).any()
    if name not in {"gender"}:  # which has words for "unknown"
        blanks = EMPTY_BLANKS if name == "yesno" else None
        said = clean_text(texts(*cells), *([blanks] if blanks else [])).values.is_not_null()
        answered = cleaned.values.is_not_null() | cleaned.faults.is_not_null()
        zero_dates = texts(*cells).str.contains(r"0000").fill_null(value=False)
        assert (answered | ~said | zero_dates).all()
    again = (
        clean(as_texts(cleaned))
        if cleaned.values.dtype != pl.Decimal
        else clean(cleaned.values.cast(pl.String))
    )
    if "comma" not in name:
        assert again.values.to_list() == cleaned.values.to_list()
        assert again.faults.null_count() == len(cells)


@pytest.mark.parametrize("name", NORMALISERS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cells=st.lists(CELLS, max_size=12))
def test_any_text_is_answered_once_and_for_all(name: str, cells: list[str | None]) -> None:
    check(name, cells)


@pytest.mark.parametrize("name", CASES)
def test_a_value_means_the_same_in_any_company(name: str) -> None:
    clean, make, mess = CASES[name]
    chance = random.Random(name)
    cells = [mess(chance) if chance.random() < 0.4 else make(chance) for _ in range(60)]
    together = clean(texts(*cells))
    for row, cell in enumerate(cells):
        alone = clean(texts(cell))
        assert (alone.values.to_list()[0], alone.faults.to_list()[0]) == (
            together.values.to_list()[row],
            together.faults.to_list()[row],
        ), cell


# Blocks that were given out after the library's tables, or to data cards only.
NEWER = ("+86146", "+86148", "+86149", "+86161", "+86174")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(CELLS, st.from_regex(r"\+?[0-9]{7,13}", fullmatch=True)), max_size=20))
def test_phones_are_valid(cells: list[str | None]) -> None:
    for value in clean_phone(texts(*cells)).values.drop_nulls():
        if not value.startswith(NEWER):
            assert phonenumbers.is_valid_number(phonenumbers.parse(value)), value
