"""Regions: provinces, cities and districts by name and code, out of addresses and of short names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import polars as pl

from qunxiang.cleaning.divisions import Division, load_divisions
from qunxiang.cleaning.layers import TEXT, Layer, Reading, Schema, one_by_one, read_in_layers
from qunxiang.cleaning.places import Place, read_place
from qunxiang.cleaning.text import clean_text
from qunxiang.cleaning.values import Cleaned

_SCHEMA = {
    "value": pl.String,
    "province": pl.String,
    "city": pl.String,
    "district": pl.String,
    "region_code": pl.String,
    "address": pl.String,
}

_H = r"[\x{4e00}-\x{9fff}]"
# 广东省深圳市南山区…: the shape of most whole addresses. What it finds still has to be in the table.
_OFFICIAL = (
    rf"^((?:{_H}{{2,8}}?(?:省|自治区))?{_H}{{2,10}}?(?:市|自治州|地区|盟)"
    rf"(?:市辖区)?{_H}{{1,12}}?(?:区|县|市|旗))"
)
_NUMBERED = r"^[0-9]{1,3}[东西南北中]?[路街大道巷弄桥公]"
_NUMBER = "0"  # stands for the house number that was cut off
_BETWEEN = " ,;:-/·"


@cache
def _official() -> pl.DataFrame:
    """Return the official ways to write a district -> its parts."""
    rows: dict[str, dict[str, str | None]] = {}
    for place in load_divisions():
        if place.district is None or place.city is None:
            continue
        ways = {
            place.whole,
            place.city + place.district,
            place.province + place.city + place.district,
        }
        ways |= {place.city + "市辖区" + place.district}
        if place.city == "重庆市" and place.district.endswith("县"):
            ways |= {"重庆市县" + place.district, "重庆市重庆市县" + place.district}
        for way in ways:
            rows[way] = {"start": way, **_parts(place)}
    return pl.DataFrame(list(rows.values()))


def _parts(place: Division) -> dict[str, str | None]:
    return {
        "value": place.whole,
        "province": place.province,
        "city": place.city or (place.province if place.province.endswith("市") else None),
        "district": place.district,
        "region_code": place.code,
    }


def _by_start(texts: pl.Series) -> pl.DataFrame:
    """Take addresses that begin with an official name, all at once."""
    frame = texts.alias("text").to_frame()
    frame = frame.with_columns(start=TEXT.str.extract(_OFFICIAL))
    known = frame.join(_official(), on="start", how="left", maintain_order="left")
    rest = TEXT.str.slice(pl.col("start").str.len_chars()).str.strip_chars_start(_BETWEEN)
    return known.with_columns(
        fault=pl.lit(None, dtype=pl.String),
        address=pl.when(pl.col("value").is_not_null()).then(rest),
    ).select("value", "fault", *list(_SCHEMA)[1:])


def _cut(texts: pl.Series) -> pl.DataFrame:
    """Return `key`, the text up to the house number, and `tail`, what is left of it.

    A place is read from what comes before the first number, which thousands of addresses share. The
    exception is a numbered street, 中山2路, where the number tells that 中山 is no place.
    """
    # The number is ASCII, so cutting bytes before it cuts no character in two.
    at = TEXT.str.find("[0-9]")
    frame = texts.alias("text").to_frame().with_columns(at=pl.when(at > 0).then(at))
    tail = TEXT.cast(pl.Binary).bin.slice(pl.col("at")).cast(pl.String)
    frame = frame.with_columns(tail=pl.when(pl.col("at").is_not_null()).then(tail))
    is_cut = ~pl.col("tail").str.contains(_NUMBERED)
    head = TEXT.cast(pl.Binary).bin.slice(0, pl.col("at")).cast(pl.String)
    return frame.select(
        key=pl.when(is_cut).then(head + _NUMBER).otherwise(TEXT), tail=pl.when(is_cut).then("tail")
    )


def read_region(text: str) -> Reading:
    """Read one address or name of a place."""
    place = read_place(text)
    if place.division is None:
        return {"fault": _why(place), "address": text}
    return {**_parts(place.division), "address": place.rest}


def _why(place: Place) -> str:
    return "region.ambiguous" if place.is_ambiguous else "region.not_found"


@cache
def _layers() -> tuple[Layer, ...]:
    return (_by_start, one_by_one(_SCHEMA, read_region))


def clean_region(series: pl.Series) -> Cleaned:
    """Read whole addresses, or names of places however short.

    The value is the names in a row, 广东省深圳市南山区. Derived: `province`, `city`, `district`,
    `region_code` (six digits of the smallest place read) and `address`, the rest of the text.
    """
    cut = _cut(clean_text(series).values)
    keys = cut["key"].unique().drop_nulls()
    read = read_in_layers(keys, _layers(), blanks=())
    answers = pl.DataFrame(
        [keys.alias("key"), read.values.alias("value"), read.faults.alias("fault")]
    ).with_columns(**read.derived)
    rest = pl.col("address").str.strip_suffix(_NUMBER) + pl.col("tail")
    whole = cut.join(answers, on="key", how="left", maintain_order="left").with_columns(
        address=pl.when(pl.col("tail").is_null()).then(pl.col("address")).otherwise(rest)
    )
    address = whole.select(pl.when(pl.col("address") != "").then("address")).to_series()
    derived = {name: whole[name] for name in list(_SCHEMA)[1:-1]}
    return Cleaned(
        whole["value"].alias(series.name), whole["fault"], {**derived, "address": address}
    )


def clean_district(series: pl.Series) -> Cleaned:
    """Read a column of districts and counties as their full names.

    A name that several cities have is a good name all the same. Derived: `province`, `city` and
    `region_code`, null where the name alone does not tell.
    """
    schema = {
        "value": pl.String,
        "province": pl.String,
        "city": pl.String,
        "region_code": pl.String,
    }
    return _read_names(series, schema, _read_district)


def clean_province(series: pl.Series) -> Cleaned:
    """Read a column of provinces as their full names; derived: `region_code`."""
    schema = {"value": pl.String, "region_code": pl.String}
    return _read_names(series, schema, _read_province)


def clean_city(series: pl.Series) -> Cleaned:
    """Read a column of cities as their full names; derived: `province` and `region_code`."""
    schema = {"value": pl.String, "province": pl.String, "region_code": pl.String}
    return _read_names(series, schema, _read_city)


def _read_names(series: pl.Series, schema: Schema, read: Callable[[str], Reading]) -> Cleaned:
    layer = one_by_one(schema, read)
    # Names repeat, so even the first look is at distinct values only.
    return read_in_layers(clean_text(series).values, (layer,))


def _read_province(text: str) -> Reading:
    place = read_place(text)
    if place.division is None:
        return {"fault": _why(place)}
    return {"value": place.division.province, "region_code": place.division.code[:2] + "0000"}


def _read_district(text: str) -> Reading:
    place = read_place(text)
    if place.division and place.division.district:
        parts = _parts(place.division)
        return {
            **{name: parts[name] for name in ("province", "city", "region_code")},
            "value": parts["district"],
        }
    if text in _district_names():
        return {"value": text}
    return {"fault": "region.no_district" if place.division else _why(place)}


@cache
def _district_names() -> frozenset[str | None]:
    return frozenset(place.district for place in load_divisions())


def _read_city(text: str) -> Reading:
    place = read_place(_prefer_city(text))
    if place.division is None:
        return {"fault": _why(place)}
    parts = _parts(place.division)
    city = parts["city"]
    if city is None:
        return {"fault": "region.no_city"}
    return {"value": city, "province": parts["province"], "region_code": _city_codes()[city]}


def _prefer_city(text: str) -> str:
    """Read 吉林 in a column of cities as the city, where it is elsewhere the province."""
    return f"{text}市" if text == "吉林" else text


@cache
def _city_codes() -> dict[str, str]:
    cities = {
        place.city: place.code for place in load_divisions() if place.depth == 2 and place.city
    }
    return {
        **{place.province: place.code for place in load_divisions() if place.depth == 1},
        **cities,
    }
