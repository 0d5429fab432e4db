"""Phone numbers as E.164: +8613812345678, whatever way they were written or ruined."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

import phonenumbers
import polars as pl

from qunxiang.cleaning.dialling import read_fixed, read_plan
from qunxiang.cleaning.layers import (
    TEXT,
    Reading,
    by_columns,
    one_by_one,
    read_in_layers,
    select_answers,
)
from qunxiang.cleaning.values import Cleaned

_SCHEMA = {
    "value": pl.String,
    "extension": pl.String,
    "more_phones": pl.List(pl.String),
    "phone_last4": pl.String,
}

# Every block that was ever given to handsets or data cards: no 142, 143, 154, 160, 163, 164, 168,
# 169, 179, 194. A little wider than phonenumbers, which does not know 146, 148, 149, 161 and all of 174.
MOBILE = r"1(?:[38][0-9]|4[5-9]|5[0-35-9]|6[125-7]|7[0-8]|9[0-35-9])[0-9]{8}"
_SERVICE = r"[48]00[0-9]{7}"
_FIXED = read_fixed("CN")
_CHINA = r"(?:\+|00|\+00)?86"

# 13333333333 has an owner somewhere, but in a customer file it stands for "no number".
_PLACEHOLDERS = tuple(
    [f"1{digit * 10}" for digit in "0123456789"]
    + [f"1{digit}{'0' * 9}" for digit in "3456789"]
    + ["13800138000", "13812341234", "13912341234", "13123456789"]
)
_RUNS = ("01234567890123456789", "98765432109876543210")
# 1234567, 12345678901, 98765432: typed along the keys.
_SEQUENCES = tuple(
    dict.fromkeys(
        run[at : at + size]
        for run in _RUNS
        for size in range(7, 12)
        for at in range(len(run) - size + 1)
    )
)

_LABEL = r"^(?:'|(?:telephone|tel|phone|mobile|mob|cell|联系电话|电话|手机号码|手机号|手机|座机)\s*[:.]?\s*)"
_MARKS = r"[\s().\-\x{2010}-\x{2015}_]+"
_EXTENSION = r"\s*(?:转分机|分机号|分机|转|extension|ext\.?|x|#)\s*:?\s*([0-9]{1,6})$"
_NO_CASE = "(?i)"
_LABEL_READ = re.compile(_LABEL, re.IGNORECASE)
_EXTENSION_READ = re.compile(_EXTENSION, re.IGNORECASE)
_DASHED = re.compile(r"^(\(?0[0-9]{2,3}\)?[- ]?[0-9]{7,8})-([0-9]{1,6})$")
_SEVERAL = re.compile(r"[/;、,|]|(?<=[0-9]) (?=\+?[0-9]{7})| 或 ?|\bor\b")
_MASKED = re.compile(r"[*•●]|[0-9][xX]{2,}[0-9]")
_RUINED = re.compile(r"^([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})$")
_MOBILE_ANYHOW = re.compile(rf"^(?:\+?0{{0,2}}86)?0?({MOBILE})$")
_CHINESE_MOBILE_LENGTH = 11
_ONE_DIGIT = "^(?:" + "|".join(f"{digit}+" for digit in "0123456789") + ")$"
_LAST4 = re.compile(r"[*•●xX]([0-9]{4})$")
_DOT_ZERO = re.compile(r"^([0-9]{7,})\.0+$")
_LETTER = re.compile(r"[^\W\d_]")
_PLUS = re.compile(r"^\W*\+")
_NO_DIGIT = re.compile(r"[^0-9]")
_NO_PLUS = re.compile(r"^(?:852|853|886)[0-9]{8,10}$")
_NO_AREA = re.compile(r"^[2-8][0-9]{6,7}$")
_LIKE_MOBILE = re.compile(r"^1[3-9][0-9]*$")
_SHORTEST = 7  # without a country, fewer digits call an exchange or a service, not a person
_LONGEST = 15


def _quick() -> Mapping[str, pl.Expr]:
    """Take Chinese mobiles as they should be written."""
    known = TEXT.str.contains(rf"^(?:\+86)?{MOBILE}$")
    odd = TEXT.is_in([*_PLACEHOLDERS, *(f"+86{number}" for number in _PLACEHOLDERS)])
    bare = TEXT.str.len_bytes() == _CHINESE_MOBILE_LENGTH
    full = pl.when(bare).then(pl.lit("+86") + TEXT).otherwise(TEXT)
    return {"value": pl.when(known & ~odd).then(full)}


def _without_marks(texts: pl.Series) -> pl.DataFrame:
    """Take Chinese numbers with separators, prefixes, an extension, or Excel's `.0`; and usual faults."""
    number, bare, masked = pl.col("number"), pl.col("bare"), pl.col("phone_last4")
    frame = _bared(texts).with_columns(
        bare.str.extract(rf"^(?:{_CHINA})?0?({MOBILE})$").alias("mobile"),
        bare.str.extract(rf"^(?:0|{_CHINA}0?)({_FIXED})$").alias("fixed"),
        bare.str.extract(rf"^(?:{_CHINA})?({_SERVICE})$").alias("service"),
        bare.str.extract(r"^1[0-9]{2}(?:\*{4}|[xX]{4})([0-9]{4})$").alias("phone_last4"),
    )
    # Short fixed numbers (95 and 100 services behind an area code) are for the slow layer to judge.
    is_long = pl.col("fixed").str.len_bytes() >= _CHINESE_MOBILE_LENGTH - 1
    frame = frame.with_columns(
        number=pl.coalesce("mobile", pl.when(is_long).then("fixed"), "service")
    )
    odd = number.is_in(_PLACEHOLDERS) | bare.is_in(_SEQUENCES)
    frame = frame.with_columns(number=pl.when(~odd).then(number))
    return select_answers(
        frame,
        _SCHEMA,
        {
            "value": pl.lit("+86") + number,
            "extension": pl.when(number.is_not_null()).then("extension"),
            "phone_last4": masked,
            "fault": _usual_fault(bare, masked),
        },
    )


def _bared(texts: pl.Series) -> pl.DataFrame:
    """Return the column `bare`, digits without label and marks, and `extension`.

    Step by step, as an expression that is used twice would be worked out twice.
    """
    frame = texts.alias("text").to_frame().select(bare=TEXT.str.replace(_NO_CASE + _LABEL, ""))
    frame = frame.with_columns(pl.col("bare").str.replace(r"^([0-9]{7,})\.0+$", "${1}"))
    extension = pl.col("bare").str.extract(_NO_CASE + _EXTENSION)
    number = pl.col("bare").str.replace(_NO_CASE + _EXTENSION, "").str.replace_all(_MARKS, "")
    return frame.with_columns(extension=extension, bare=number)


def _usual_fault(bare: pl.Expr, masked: pl.Expr) -> pl.Expr:
    # 16 also begins premium numbers of eight digits.
    short = bare.str.contains(r"^1[3-57-9][0-9]{5,8}$") & ~bare.is_in(_SEQUENCES)
    # The point is among the marks that were taken out: 138E+10.
    ruined = bare.str.contains(r"^[0-9]{1,6}[eE]\+?[0-9]{1,2}$")
    return (
        pl.when(masked.is_not_null())
        .then(pl.lit("phone.masked"))
        .when(short)
        .then(pl.lit("phone.too_short"))
        .when(ruined)
        .then(pl.lit("phone.ruined_by_excel"))
    )


def _pairs(texts: pl.Series) -> pl.DataFrame:
    """Take two Chinese mobiles in one cell."""
    bare = TEXT.str.replace_all(r"[\-()]", "")
    two = rf"^(?:{_CHINA})?(?P<first>{MOBILE})[ /;、,|]+(?:{_CHINA})?(?P<second>{MOBILE})$"
    frame = texts.alias("text").to_frame().select(bare.str.extract_groups(two).alias("pair"))
    frame = frame.unnest("pair")
    first, second = pl.col("first"), pl.col("second")
    fine = ~(first.is_in(_PLACEHOLDERS) | second.is_in(_PLACEHOLDERS))
    other = pl.concat_list(pl.lit("+86") + second)
    return select_answers(
        frame,
        _SCHEMA,
        {
            "value": pl.when(fine).then(pl.lit("+86") + first),
            "more_phones": pl.when(fine & (first != second)).then(other),
        },
    )


def _quick_abroad(texts: pl.Series, country: str) -> pl.DataFrame:
    """Take the numbers of another country by the library's own patterns."""
    known = TEXT.str.contains(rf"^\+86{MOBILE}$") & ~TEXT.str.slice(3).is_in(_PLACEHOLDERS)
    chinese = pl.when(known).then(TEXT)
    plan = read_plan(country)
    if plan is None:
        return select_answers(texts.alias("text").to_frame(), _SCHEMA, {"value": chinese})
    bare = TEXT.str.replace_all(_MARKS, "")
    frame = texts.alias("text").to_frame().with_columns(bare=bare, chinese=chinese)
    frame = frame.with_columns(
        pl.col("bare").str.extract(rf"^\+{plan.code}({plan.national})$").alias("international"),
        pl.col("bare").str.extract(rf"^({plan.national})$").alias("whole"),
        pl.col("bare").str.extract(rf"^{plan.prefix}({plan.national})$").alias("trunk"),
    )
    whole, trunk, number = pl.col("whole"), pl.col("trunk"), pl.col("number")
    # A number that can be read with and without the trunk prefix is for the library to judge.
    one_way = whole.is_null() | trunk.is_null() | (whole == trunk)
    if plan.strange:
        one_way &= trunk.is_not_null() | ~pl.col("bare").str.contains(rf"^(?:{plan.strange})")
    frame = frame.with_columns(
        number=pl.coalesce("international", pl.when(one_way).then(pl.coalesce("whole", "trunk")))
    )
    fine = ~(number.str.contains(_ONE_DIGIT) | number.is_in(_SEQUENCES))
    full = pl.when(fine).then(pl.lit(f"+{plan.code}") + number)
    return select_answers(frame, _SCHEMA, {"value": pl.coalesce("chinese", full)})


def clean_phone(series: pl.Series, country: str = "CN") -> Cleaned:
    """Read phone numbers as E.164.

    Args:
        series: numbers as read from a file.
        country: two letters; where a number without country code is called.

    Derived: `extension`; `more_phones`, the other numbers of the same cell; `phone_last4` of a
    masked number (138****5678), which is no value but a hint.
    """
    slow = one_by_one(_SCHEMA, partial(read_phone, country=country.upper()))
    if country.upper() != "CN":
        abroad = partial(_quick_abroad, country=country.upper())
        return read_in_layers(series, (abroad, slow))
    quick = by_columns(_SCHEMA, _quick)
    return read_in_layers(series, (quick, _without_marks, _pairs, slow))


def read_phone(text: str, country: str) -> Reading:
    """Read one cell, which may hold several numbers."""
    bare = _LABEL_READ.sub("", text).strip()
    whole = _read_number(bare, country)
    pieces = [piece.strip() for piece in _SEVERAL.split(bare) if piece.strip()]
    if "value" in whole or len(pieces) < 2:
        return whole
    readings = [_read_number(piece, country) for piece in pieces]
    good = [reading for reading in readings if "value" in reading]
    if not good:
        return readings[0]
    others = list(dict.fromkeys(r["value"] for r in good[1:] if r["value"] != good[0]["value"]))
    return {**good[0], "more_phones": others or None}


def _read_number(text: str, country: str) -> Reading:
    """Read one number."""
    if _MASKED.search(text):
        last4 = _LAST4.search(text)
        return {"fault": "phone.masked", "phone_last4": last4.group(1) if last4 else None}
    ruined = _RUINED.match(text)
    if ruined:
        digits = ruined.group(1) + (ruined.group(2) or "")
        if len(digits.rstrip("0")) < _SHORTEST or len(digits) != int(ruined.group(3)) + 1:
            return {"fault": "phone.ruined_by_excel"}
        text = digits
    text = _DOT_ZERO.sub(r"\1", text)
    number, extension = _split_extension(text)
    if _LETTER.search(number):
        return {"fault": "phone.not_a_phone"}
    digits = _NO_DIGIT.sub("", number)
    if not digits:
        return {"fault": "phone.not_a_phone"}
    if _is_placeholder(digits):
        return {"fault": "phone.placeholder"}
    mark = "+" if _PLUS.match(number) else ""
    answer = _ask_library(mark + digits, country)
    return {**answer, "extension": extension} if "value" in answer else answer


def _split_extension(text: str) -> tuple[str, str | None]:
    found = _DASHED.match(text)
    if found:
        return found.group(1), found.group(2)
    found = _EXTENSION_READ.search(text)
    if found:
        return text[: found.start()], found.group(1)
    return text, None


def _is_placeholder(digits: str) -> bool:
    """Tell 00000000000 and 12345678901 from numbers."""
    national = digits.removeprefix("0086").removeprefix("86")
    return len(set(national)) <= 1 or national in _PLACEHOLDERS or national in _SEQUENCES


_WHY = {
    phonenumbers.ValidationResult.TOO_SHORT: "phone.too_short",
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "phone.no_area_code",
    phonenumbers.ValidationResult.TOO_LONG: "phone.too_long",
    phonenumbers.ValidationResult.INVALID_COUNTRY_CODE: "phone.no_such_country",
}


def _ask_library(number: str, country: str) -> Reading:
    """Ask phonenumbers, after the Chinese forms it is not told about."""
    mobile = _MOBILE_ANYHOW.match(number)
    if mobile and (country == "CN" or "86" in number[:5]):
        return {"value": f"+86{mobile.group(1)}"}
    length = len(number.removeprefix("+"))
    if length < _SHORTEST:
        return {"fault": "phone.too_short"}
    # Hong Kong, Macao and Taiwan numbers are often written with their code but without a plus.
    abroad = f"+{number}" if _NO_PLUS.match(number) else None
    answers = [_parse(candidate, country) for candidate in (number, abroad) if candidate]
    good = [answer for answer in answers if "value" in answer]
    return good[0] if good else _explain(answers[0], number, country)


def _explain(answer: Reading, number: str, country: str) -> Reading:
    """Say it more plainly where the length alone tells what is missing."""
    if country == "CN" and _NO_AREA.match(number):
        return {"fault": "phone.no_area_code"}
    if country == "CN" and _LIKE_MOBILE.match(number):
        excess = len(number) - _CHINESE_MOBILE_LENGTH
        if excess:
            return {"fault": "phone.too_long" if excess > 0 else "phone.too_short"}
    return answer


def _parse(number: str, country: str) -> Reading:
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException as error:
        no_country = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        if no_country:
            return {"fault": "phone.no_such_country"}
        return {"fault": "phone.too_long" if len(number) > _LONGEST else "phone.not_a_phone"}
    if phonenumbers.is_valid_number(parsed):
        e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        return {"value": e164}
    why = phonenumbers.is_possible_number_with_reason(parsed)
    return {"fault": _WHY.get(why, "phone.unassigned")}
