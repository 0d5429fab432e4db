"""Columns of dates and of moments, whatever way they were written or counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl

from qunxiang.cleaning.layers import TEXT, Layer, Reading, one_by_one, read_in_layers
from qunxiang.cleaning.moments import (
    AFTERNOON,
    FIRST_SERIAL,
    FURTHEST,
    LAST_SERIAL,
    MORNING,
    RUN,
    RUN_WITH_TIME,
    SERIAL_START,
    TIME,
    YEAR_LAST,
    YMD,
    Order,
    read_moment,
)
from qunxiang.cleaning.text import BLANKS
from qunxiang.cleaning.values import Cleaned

CHINA = "Asia/Shanghai"
_DATE = {"value": pl.Date}
_MOMENT = {"value": pl.Datetime("us", "UTC")}
_SAMPLE = 64
_FIRST_YEAR = 1000  # a quick format must not take 24-03-05 for the year 24
_NO_DATES = (*BLANKS, "0000-00-00", "0000-00-00 00:00:00", "0000/00/00", "00000000")
_EARLIEST = date(1900, 1, 1)
_EARLIEST_MOMENT = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Format:
    """One way to write a whole column; `is_exact` where the time is UTC and not local."""

    pattern: str
    shortest: int
    longest: int
    is_exact: bool = False


_DATE_FORMATS = (
    _Format("%Y-%m-%d", 8, 10),
    _Format("%Y-%m-%d %H:%M:%S", 19, 19),
    _Format("%Y/%m/%d", 8, 10),
    _Format("%Y%m%d", 8, 8),
    _Format("%Y年%m月%d日", 15, 17),
    _Format("%Y.%m.%d", 8, 10),
)
_MOMENT_FORMATS = (
    _Format("%Y-%m-%d %H:%M:%S", 19, 19),
    _Format("%Y-%m-%d %H:%M:%S%.f", 21, 26),
    _Format("%Y-%m-%dT%H:%M:%SZ", 20, 20, is_exact=True),
    _Format("%Y-%m-%dT%H:%M:%S%.fZ", 22, 27, is_exact=True),
    _Format("%Y-%m-%dT%H:%M:%S%#z", 24, 25, is_exact=True),
    _Format("%Y/%m/%d %H:%M:%S", 17, 19),
    _Format("%Y-%m-%d %H:%M", 16, 16),
    _Format("%Y/%m/%d %H:%M", 14, 16),
    _Format("%Y-%m-%d", 8, 10),
    _Format("%Y/%m/%d", 8, 10),
)
_ORDERED = {"ymd": (), "dmy": (_Format("%d/%m/%Y", 8, 10),), "mdy": (_Format("%m/%d/%Y", 8, 10),)}


def clean_date(
    series: pl.Series,
    order: Order = "ymd",
    zone: str = CHINA,
    earliest: date | None = _EARLIEST,
    latest: date | None = None,
) -> Cleaned:
    """Read days.

    Args:
        series: dates as read from a file.
        order: how to read 05/03/2024; unless declared it is a fault, except where only one way is
            possible.
        zone: where the day is asked for, when an exact moment is given.
        earliest: days before it are faults.
        latest: days after it are faults; for births, today.
    """
    layers = _layers(_DATE_FORMATS, order, zone, is_date=True)
    return _bound(read_in_layers(series, layers, _NO_DATES), earliest, latest)


def clean_moment(
    series: pl.Series,
    order: Order = "ymd",
    zone: str = CHINA,
    earliest: datetime | None = _EARLIEST_MOMENT,
    latest: datetime | None = None,
) -> Cleaned:
    """Read moments as UTC to the microsecond.

    Args:
        series: times as read from a file; a day alone is its first moment.
        order: how to read 05/03/2024; see `clean_date`.
        zone: where times without an offset were written.
        earliest: moments before it are faults.
        latest: moments after it are faults.
    """
    layers = _layers(_MOMENT_FORMATS, order, zone, is_date=False)
    first, last = (_in_utc(bound, zone) for bound in (earliest, latest))
    return _bound(read_in_layers(series, layers, _NO_DATES), first, last)


def _in_utc(bound: datetime | None, zone: str) -> datetime | None:
    if bound is None:
        return None
    return (bound if bound.tzinfo else bound.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _layers(
    formats: tuple[_Format, ...], order: Order, zone: str, *, is_date: bool
) -> tuple[Layer, ...]:
    finish = partial(_finish, zone=zone, is_date=is_date)
    schema = _DATE if is_date else _MOMENT
    return (
        partial(_by_format, formats=(*formats, *_ORDERED[order]), finish=finish),
        partial(_by_shape, order=order, finish=finish),
        one_by_one(schema, partial(_read_one, order=order, zone=zone, is_date=is_date)),
    )


def _read_one(text: str, order: Order, zone: str, *, is_date: bool) -> Reading:
    """Read what no column layer could."""
    moment = read_moment(text, order)
    if moment.local is None:
        return {"fault": moment.fault}
    if is_date and moment.offset is None:
        return {"value": moment.local.date()}
    try:
        instant = moment.at(ZoneInfo(zone))
        return {"value": instant.astimezone(ZoneInfo(zone)).date() if is_date else instant}
    except OverflowError:  # at the ends of the calendar
        return {"fault": "date.impossible"}


Finish = Callable[[pl.Expr, pl.Expr | None], pl.Expr]


def _finish(local: pl.Expr, exact: pl.Expr | None, zone: str, *, is_date: bool) -> pl.Expr:
    """Return what the column holds, from the local time or the exact one."""
    if exact is not None:
        instant = exact.dt.replace_time_zone("UTC")
        return instant.dt.convert_time_zone(zone).dt.date() if is_date else instant
    if is_date:
        return local.dt.date()
    # A time that a clock skipped is left open here and read by the last layer.
    here = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return here.dt.convert_time_zone("UTC")


def _by_format(texts: pl.Series, formats: tuple[_Format, ...], finish: Finish) -> pl.DataFrame:
    """Take the values in the one format that most of a sample is written in."""
    frame = texts.alias("text").to_frame()
    sample = frame.filter(TEXT.is_not_null()).head(_SAMPLE)
    known = sample.select(
        (_parsed(way).is_not_null() & _fits(way)).sum().alias(way.pattern) for way in formats
    ).row(0)
    way = formats[known.index(max(known))]
    # A step of its own: an expression that names it twice would read every text twice.
    parsed = frame.select(local=_parsed(way), fits=_fits(way))
    local = pl.col("local")
    late = local >= datetime(_FIRST_YEAR, 1, 1)  # noqa: DTZ001
    parsed = parsed.select(local=pl.when(pl.col("fits") & late).then(local))
    value = finish(local, local if way.is_exact else None)
    return parsed.select(value=value, fault=pl.lit(None, dtype=pl.String))


def _parsed(way: _Format) -> pl.Expr:
    zone = "UTC" if way.pattern.endswith("z") else None
    moment = TEXT.str.to_datetime(
        way.pattern, time_unit="us", time_zone=zone, strict=False, cache=False
    )
    return moment.dt.replace_time_zone(None) if zone else moment


def _fits(way: _Format) -> pl.Expr:
    return TEXT.str.len_bytes().is_between(way.shortest, way.longest)


def _patterns() -> tuple[str, ...]:
    return rf"(?i)^{YMD}{TIME}$", rf"(?i)^{YEAR_LAST}{TIME}$"


def _by_shape(texts: pl.Series, order: Order, finish: Finish) -> pl.DataFrame:
    """Take dates written with numbers, and counts of days and seconds, all at once."""
    spaced = (
        TEXT.str.replace(RUN_WITH_TIME, "${1}-${2}-${3} ${4}:${5}:0${6}")
        .str.replace(r":0([0-9]{2})$", ":${1}")
        .str.replace(RUN, "${y}-${m}-${d}")
        .str.replace(r"^([0-9]{5,16})\.0+$", "${1}")
    )
    frame = texts.alias("text").to_frame().select(spaced)
    answers = [_by_pattern(frame, pattern, order, finish) for pattern in _patterns()]
    answers.append(_counted(frame, finish))
    merged = pl.concat(
        [a.rename({"value": f"value{i}", "fault": f"fault{i}"}) for i, a in enumerate(answers)],
        how="horizontal",
    )
    return merged.select(
        value=pl.coalesce(pl.col(r"^value\d+$")), fault=pl.coalesce(pl.col(r"^fault\d+$"))
    )


def _counted(frame: pl.DataFrame, finish: Finish) -> pl.DataFrame:
    """Read day counts of a sheet and counts of Unix."""
    plain = TEXT.str.contains(r"^[1-9][0-9]*(?:\.[0-9]+)?$")
    counts = frame.select(text=pl.when(plain).then(TEXT))
    if counts["text"].null_count() == len(counts):
        return frame.select(
            value=pl.repeat(None, pl.len(), dtype=pl.Null), fault=pl.lit(None, dtype=pl.String)
        )
    number, digits = pl.col("number"), pl.col("digits")
    counts = counts.with_columns(
        number=TEXT.cast(pl.Float64, strict=False),
        count=TEXT.cast(pl.Int64, strict=False),
        digits=TEXT.str.extract("^([0-9]+)").str.len_bytes(),
    )
    is_serial = number.is_between(FIRST_SERIAL, LAST_SERIAL + 1, closed="left")
    seconds = (number * 86_400).round(0, mode="half_away_from_zero").cast(pl.Int64, strict=False)
    days = pl.duration(seconds=pl.when(is_serial).then(seconds))
    scales = {9: 1_000_000, 10: 1_000_000, 12: 1_000, 13: 1_000, 15: 1, 16: 1}
    micros = pl.col("count") * digits.replace_strict(scales, default=None, return_dtype=pl.Int64)
    counts = counts.with_columns(
        local=pl.lit(SERIAL_START, dtype=pl.Datetime("us")) + days,
        exact=micros.cast(pl.Datetime("us")),
        is_serial=is_serial,
    )
    local, exact = pl.col("local"), pl.col("exact")
    value = pl.when("is_serial").then(finish(local, None)).otherwise(finish(exact, exact))
    return counts.select(value=value, fault=pl.lit(None, dtype=pl.String))


def _by_pattern(frame: pl.DataFrame, pattern: str, order: Order, finish: Finish) -> pl.DataFrame:
    """Take the dates of one pattern; what matches but is no date is a fault at once."""
    parts = frame.select(TEXT.str.extract_groups(pattern).alias("parts")).unnest("parts")
    if "a" in parts.columns:
        parts = parts.with_columns(_month_and_day(order))
    parts = parts.with_columns(
        # Years of two digits are few and have a rule of their own: the last layer's.
        pl.when(pl.col("y").str.len_bytes() > 2).then(pl.col("y")).alias("y")
    )
    written = pl.concat_str("y", pl.col("m").str.zfill(2), pl.col("d").str.zfill(2), separator="-")
    parts = parts.with_columns(
        pl.coalesce("half", "half2").str.to_lowercase().alias("half"),
        *(pl.col(part).cast(pl.Int64).fill_null(0) for part in ("H", "M", "S")),
        offset=_offset(),
        day=written.str.to_date("%Y-%m-%d", strict=False),
    )
    parts = parts.with_columns(_hour()).with_columns(time=_time())
    parts = parts.with_columns(local=pl.col("day").cast(pl.Datetime("us")) + pl.col("time"))
    matched, local, offset = pl.col("y").is_not_null(), pl.col("local"), pl.col("offset")
    value = finish(local, None)
    if parts["offset"].null_count() < len(parts):
        exact = local - pl.duration(minutes=offset)
        value = pl.when(offset.is_null()).then(value).otherwise(finish(exact, exact))
    return parts.select(
        value=value,
        fault=pl.when(matched & pl.col("m").is_null())
        .then(pl.lit("date.ambiguous"))
        .when(matched & pl.col("day").is_null())
        .then(pl.lit("date.impossible"))
        .when(matched & pl.col("time").is_null())
        .then(pl.lit("date.time_impossible")),
    )


def _month_and_day(order: Order) -> list[pl.Expr]:
    """Return `m` and `d` of a date whose year is last, null where they cannot be told apart."""
    first, second, months = pl.col("a"), pl.col("b"), 12
    if order == "mdy":
        return [first.alias("m"), second.alias("d")]
    if order == "dmy":
        return [second.alias("m"), first.alias("d")]
    one, two = first.cast(pl.Int64), second.cast(pl.Int64)
    sure = ((one > months) | (one == two)) != (two > months)
    day = pl.when(one > months).then(first).otherwise(second)
    month = pl.when(one > months).then(second).otherwise(first)
    return [pl.when(sure).then(month).alias("m"), pl.when(sure).then(day).alias("d")]


def _hour() -> pl.Expr:
    """Return the hour of the day as a clock of 24 hours shows it."""
    half, hour, noon = pl.col("half"), pl.col("H"), 12
    return (
        pl.when(half.is_in(AFTERNOON) & (hour < noon))
        .then(hour + noon)
        .when((half == "中午") & (hour < noon - 2))
        .then(hour + noon)
        .when(half.is_in(MORNING) & (hour == noon))
        .then(0)
        .otherwise(hour)
    )


def _time() -> pl.Expr:
    """Return the time of day as a duration, null where there is no such time."""
    hour, minute, second = pl.col("H"), pl.col("M"), pl.col("S")
    micros = pl.col("F").fill_null("0").str.pad_end(6, "0").str.head(6).cast(pl.Int64)
    sane = (hour < 24) & (minute < 60) & (second < 60)
    sane &= pl.col("offset").is_null() | (pl.col("offset").abs() <= FURTHEST)
    time = pl.duration(hours=hour, minutes=minute, seconds=second, microseconds=micros)
    return pl.when(sane).then(time)


def _offset() -> pl.Expr:
    """Return minutes east of UTC, null where no offset is written."""
    zone = pl.col("zone")
    hours = zone.str.extract(r"([0-9]{2})").cast(pl.Int64).fill_null(0)
    minutes = zone.str.extract(r"[0-9]{2}:?([0-9]{2})").cast(pl.Int64).fill_null(0)
    east = hours * 60 + minutes
    signed = pl.when(zone.str.contains("-", literal=True)).then(-east).otherwise(east)
    return pl.when(zone.is_not_null()).then(signed)


def _bound(
    cleaned: Cleaned, earliest: date | datetime | None, latest: date | datetime | None
) -> Cleaned:
    """Turn what lies outside the bounds into faults."""
    frame = pl.DataFrame({"value": cleaned.values, "fault": cleaned.faults})
    value = pl.col("value")
    never = pl.lit(value=False)
    early = (value < earliest).fill_null(value=False) if earliest else never
    late = (value > latest).fill_null(value=False) if latest else never
    if not frame.select((early | late).any()).item():
        return cleaned
    frame = frame.with_columns(
        fault=pl.when(early)
        .then(pl.lit("date.too_early"))
        .when(late)
        .then(pl.lit("date.too_late"))
        .otherwise(pl.col("fault")),
    ).with_columns(value=pl.when(pl.col("fault").is_null()).then(value))
    return Cleaned(frame["value"].alias(cleaned.values.name), frame["fault"])
