from __future__ import annotations

from decimal import Decimal
from functools import partial

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from qunxiang.cleaning import clean_integer, clean_money, clean_number
from tests.cleaning.golden import blanks_of, faults_of, texts, values_of


def test_money() -> None:
    rows = {
        "1234.5": "1234.5", "¥1,234.50": "1234.5", "￥8.8": "8.8", "1234元": "1234", "RMB 12": "12", "CNY12": "12",
        "人民币12元": "12", "12元整": "12", "1.2万": "12000", "1.2万元": "12000", "3千": "3000", "1.5亿": "150000000",
        "1.2w": "12000", "5k": "5000", "(123.45)": "-123.45", "（123.45）": "-123.45", "-¥5": "-5", "¥-5": "-5",
        "¥ -5": "-5", "123.45-": "-123.45", "−5": "-5", "+5": "5", "１２３．４５": "123.45", "1 234.56": "1234.56",
        "1.2E+3": "1200", "0.1": "0.1", "19.99": "19.99", "0.12345": "0.1235", "0.00005": "0.0001", ".5": "0.5", "5.": "5",
        "'12": "12", "-0": "0", "12345678901234.1234": "12345678901234.1234", "1,234,567": "1234567", "0": "0",
    }  # fmt: skip
    values_of(clean_money, {text: Decimal(value) for text, value in rows.items()})


def test_money_is_exact() -> None:
    cleaned = clean_money(texts("0.1", "19.99", "1234567.89"))
    assert [str(value) for value in cleaned.values] == ["0.1000", "19.9900", "1234567.8900"]
    assert cleaned.values.dtype == pl.Decimal(18, 4)
    assert clean_money(texts("1.005"), decimals=2).values.to_list() == [Decimal("1.01")]


@settings(max_examples=50, deadline=None)
@given(st.decimals(-(10**13), 10**13, places=4, allow_nan=False, allow_infinity=False))
def test_any_amount_is_exact(amount: Decimal) -> None:
    written = f"{amount:f}"
    forms = (written, f"¥{abs(amount):,f}", f"{written}元", f"({abs(amount):f})")
    wanted = [amount, abs(amount), amount, -abs(amount)]
    assert clean_money(texts(*forms)).values.to_list() == wanted


def test_what_is_no_amount() -> None:
    faults_of(
        clean_money,
        {
            "$5": "money.other_currency",
            "5美元": "money.other_currency",
            "HK$5": "money.other_currency",
            "€ 5": "money.other_currency",
            "£5": "money.other_currency",
            "abc": "number.not_a_number",
            "约100": "number.not_a_number",
            "100+": "number.not_a_number",
            "--5": "number.not_a_number",
            "(5": "number.not_a_number",
            "(-5)": "number.not_a_number",
            "12%": "number.not_a_number",
            "1,23": "number.bad_grouping",
            "1,2345": "number.bad_grouping",
            "1 234,56": "number.bad_grouping",
            "1.234,56": "number.bad_grouping",
            "999999999999999": "number.too_large",
            "1e400": "number.too_large",
        },
    )
    blanks_of(clean_money, [None, "", "-", "无", "NaN"])


def test_other_currencies_and_points() -> None:
    euro = partial(clean_money, currency="EUR", decimals=2, point=",")
    values_of(
        euro,
        {
            "1.234,56": Decimal("1234.56"),
            "1 234,56 €": Decimal("1234.56"),
            "1.234": Decimal(1234),
            "€ 12,5": Decimal("12.5"),
        },
    )
    faults_of(euro, {"1,234.56": "number.bad_grouping", "¥5": "money.other_currency"})
    values_of(
        partial(clean_money, currency="usd"), {"$1,234.50": Decimal("1234.5"), "US$5": Decimal(5)}
    )


def test_numbers() -> None:
    values_of(
        clean_number,
        {"12%": 0.12, "1,234.5": 1234.5, "1e5": 100000.0, "-3": -3.0, "1.2万": 12000.0, "0.1": 0.1},
    )
    faults_of(
        clean_number,
        {"inf": "number.not_a_number", "1e400": "number.too_large", "¥5": "number.has_currency"},
    )
    values_of(partial(clean_number, point=","), {"1,5": 1.5, "1.234": 1234.0, "12": 12.0})


def test_integers() -> None:
    values_of(
        clean_integer,
        {"12": 12, "12.0": 12, "1,234": 1234, "1e3": 1000, "3千": 3000, "-5": -5, "0.5千": 500},
    )
    faults_of(
        clean_integer,
        {
            "12.5": "number.not_whole",
            "9999999999999999999": "number.too_large",
            "x": "number.not_a_number",
        },
    )


@settings(max_examples=50, deadline=None)
@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_any_integer(number: int) -> None:
    assert (
        clean_integer(texts(str(number), f"{number:,}", f"{number}.0")).values.to_list()
        == [number] * 3
    )


@settings(max_examples=50, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_float(number: float) -> None:
    assert clean_number(texts(repr(number))).values.to_list() == [number]
