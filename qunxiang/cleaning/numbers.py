"""Numbers and money: exact to the digit, whatever marks, units and widths they were written with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from math import isfinite
from typing import Any, Literal

import polars as pl

from qunxiang.cleaning.layers import TEXT, Reading, by_columns, one_by_one, read_in_layers
from qunxiang.cleaning.values import Cleaned

Point = Literal[".", ","]
Answers = Callable[[], Mapping[str, pl.Expr]]

_PRECISION = 18
_WHOLE_DIGITS = 18  # what surely fits 64 bits

_UNITS = {
    "": 0, "k": 3, "千": 3, "w": 4, "万": 4, "萬": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "億": 8, "万亿": 12,
}  # fmt: skip

_CURRENCIES = {
    "CNY": (
        "¥",
        "￥",
        "cny",
        "rmb",
        "cn¥",
        "人民币",
        "元",
        "圆",
        "块",
        "块钱",
        "元整",
        "圆整",
        "元人民币",
    ),
    "JPY": ("¥", "￥", "jpy", "jp¥", "日元", "円"),
    "USD": ("$", "us$", "usd", "美元", "美金"),
    "EUR": ("€", "eur", "欧元"),
    "GBP": ("£", "gbp", "英镑"),
    "HKD": ("hk$", "hkd", "港币", "港元"),
    "TWD": ("nt$", "twd", "ntd", "新台币", "台币"),
    "KRW": ("₩", "krw", "韩元"),
    "SGD": ("s$", "sgd", "新加坡元", "新币"),
    "AUD": ("a$", "aud", "澳元"),
    "CAD": ("c$", "cad", "加元"),
    "INR": ("₹", "inr", "卢比"),
    "RUB": ("₽", "rub", "卢布"),
}
_SIGNS = sorted({sign for signs in _CURRENCIES.values() for sign in signs}, key=len, reverse=True)
_SIGN = "|".join(re.escape(sign) for sign in _SIGNS)
_UNIT = "|".join(sorted((re.escape(unit) for unit in _UNITS if unit), key=len, reverse=True))
_NUMBER = r"[0-9][0-9,. ]*|[.,][0-9]+"
_WRITTEN = re.compile(
    rf"^(?P<open>\(?)\s*(?P<minus1>[+\-−–]?)\s*(?P<before>{_SIGN})?\s*(?P<minus2>[+\-−–]?)\s*"
    rf"(?P<number>{_NUMBER})(?P<power>e[+\-]?[0-9]{{1,3}})?\s*(?P<unit>{_UNIT})?\s*(?P<after>{_SIGN})?\s*"
    r"(?P<percent>%?)(?P<minus3>[\-−–]?)\s*(?P<close>\)?)$",
    re.IGNORECASE,
)
_GROUPED = {
    ".": re.compile(r"^(?:[0-9]+|[0-9]{1,3}(?:[, ][0-9]{3})+)?(?:\.[0-9]*)?$"),
    ",": re.compile(r"^(?:[0-9]+|[0-9]{1,3}(?:[. ][0-9]{3})+)?(?:,[0-9]*)?$"),
}


@dataclass(frozen=True)
class _Kind:
    """What a column of numbers holds, and how it is written."""

    schema: Mapping[str, Any]
    point: Point = "."
    currency: str | None = None
    decimals: int | None = None

    @property
    def is_money(self) -> bool:
        return self.currency is not None


def clean_number(series: pl.Series, point: Point = ".") -> Cleaned:
    """Read numbers as 64-bit floats; 12% is 0.12.

    Args:
        series: numbers as read from a file.
        point: what stands before the decimals; a comma must be declared.
    """
    return _read(series, _Kind({"value": pl.Float64}, point), r"^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$")


def clean_integer(series: pl.Series, point: Point = ".") -> Cleaned:
    """Read whole numbers as 64-bit integers; 12.0 is whole, 12.5 is a fault."""
    kind = _Kind({"value": pl.Int64}, point, decimals=0)
    return _read(series, kind, rf"^-?[0-9]{{1,{_WHOLE_DIGITS}}}$")


def clean_money(
    series: pl.Series, currency: str = "CNY", decimals: int = 4, point: Point = "."
) -> Cleaned:
    """Read amounts as exact decimals of 18 digits.

    Args:
        series: amounts as read from a file.
        currency: three letters; the sign of another one is a fault, as nothing is converted here.
        decimals: how many are kept; more are rounded half up.
        point: what stands before the decimals; a comma must be declared.
    """
    schema = {"value": pl.Decimal(_PRECISION, decimals)}
    whole = _PRECISION - decimals
    plain = (
        rf"^-?[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{decimals}}})?$" if decimals else r"^-?[0-9]{1,18}$"
    )
    return _read(series, _Kind(schema, point, currency.upper(), decimals), plain)


def _read(series: pl.Series, kind: _Kind, plain: str) -> Cleaned:
    slow = one_by_one(kind.schema, partial(_read_number, kind=kind))
    if kind.point == ",":
        # 1.234 is then a thousand: only what has no mark at all is plain.
        whole = r"^-?[0-9]{1,14}$"
        return read_in_layers(series, (by_columns(kind.schema, _plain(whole, kind)), slow))
    layers = [
        by_columns(kind.schema, _plain(plain, kind)),
        by_columns(kind.schema, _marked(plain, kind)),
    ]
    return read_in_layers(series, (*layers, slow))


def _plain(plain: str, kind: _Kind) -> Answers:
    """Return the layer's answers for bare numbers; a cast of text rounds nothing."""

    def answers() -> Mapping[str, pl.Expr]:
        number = TEXT.cast(kind.schema["value"], strict=False)
        return {"value": pl.when(TEXT.str.contains(plain)).then(number)}

    return answers


def _marked(plain: str, kind: _Kind) -> Answers:
    """Return the layer's answers for 1,234.50 and, where it is money, ¥1,234.50 or 1234元."""

    def answers() -> Mapping[str, pl.Expr]:
        bare = TEXT.str.replace(r"^([+-]?[0-9]+)\.0+$", "${1}") if kind.decimals == 0 else TEXT
        if kind.currency == "CNY":
            bare = bare.str.replace(r"(?i)^(?:¥|rmb|cny|人民币) ?|元$", "")
        grouped = bare.str.contains(r"^-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.|$)")
        digits = pl.when(grouped).then(bare.str.replace_all(",", "", literal=True)).otherwise(bare)
        number = digits.cast(kind.schema["value"], strict=False)
        return {"value": pl.when(digits.str.contains(plain)).then(number)}

    return answers


def _read_number(text: str, kind: _Kind) -> Reading:
    found = _WRITTEN.match(text.replace("'", ""))
    if not found or bool(found["open"]) != bool(found["close"]):
        return {"fault": "number.not_a_number"}
    fault = _misfit(found, kind)
    if fault:
        return {"fault": fault}
    digits = _digits(found["number"].strip(), kind.point)
    if digits is None:
        return {"fault": "number.bad_grouping"}
    value = Decimal(digits + (found["power"] or ""))
    value = value.scaleb(_UNITS[(found["unit"] or "").lower()] - (2 if found["percent"] else 0))
    minus = [found[name] for name in ("minus1", "minus2", "minus3")]
    is_negative = bool(found["open"]) or any(sign not in ("", "+") for sign in minus)
    return _fit(-value if is_negative else value, kind)


def _misfit(found: re.Match[str], kind: _Kind) -> str | None:
    """Return what is wrong with the marks around a number."""
    signs = [found[name].lower() for name in ("before", "after") if found[name]]
    minus = [found[name] for name in ("minus1", "minus2", "minus3") if found[name]]
    if len(minus) + bool(found["open"]) > 1 or (found["percent"] and kind.is_money):
        return "number.not_a_number"
    if not kind.is_money:
        return "number.has_currency" if signs else None
    known = _CURRENCIES.get(str(kind.currency), (str(kind.currency).lower(),))
    return None if all(sign in known for sign in signs) else "money.other_currency"


def _digits(number: str, point: Point) -> str | None:
    """Return the digits with a full stop for the decimals, or None if the groups are not of three."""
    if not _GROUPED[point].match(number):
        return None
    group = "," if point == "." else "."
    return number.replace(group, "").replace(" ", "").replace(point, ".")


def _fit(value: Decimal, kind: _Kind) -> Reading:
    """Return the number in the column's type, if it fits."""
    dtype = kind.schema["value"]
    if dtype == pl.Float64:
        number = float(value)
        return {"value": number} if isfinite(number) else {"fault": "number.too_large"}
    if value.adjusted() >= _PRECISION - (kind.decimals or 0):
        return {"fault": "number.too_large"}
    if dtype == pl.Int64:
        whole = value == value.to_integral_value()
        return {"value": int(value)} if whole else {"fault": "number.not_whole"}
    rounded = value.quantize(Decimal(1).scaleb(-(kind.decimals or 0)), rounding=ROUND_HALF_UP)
    if rounded.adjusted() >= _PRECISION - (kind.decimals or 0):
        return {"fault": "number.too_large"}
    return {"value": rounded}
