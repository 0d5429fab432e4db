from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

import polars as pl
import pytest

from qunxiang.cleaning import clean_date, clean_moment
from qunxiang.cleaning.moments import read_moment
from tests.cleaning.golden import blanks_of, faults_of, texts, values_of

DAY = date(2024, 3, 5)
FORMS = [
    "2024-03-05", "2024/3/5", "2024-3-5", "20240305", "2024.3.5", "2024年3月5日", "2024年03月05号", "2024 年 3 月 5 日",
    "２０２４年３月５日", "二〇二四年三月五日", "二零二四年三月五日", "2024-03-05 00:00:00", "2024-03-05 14:05", "45356",
    "45356.0", "45356.587", "2024-03-05T14:05:06", "2024-03-05T14:05:06+08:00", "2024-03-05T06:05:06Z",
    "2024-03-05T06:05:06.123Z", "5 Mar 2024", "Mar 5, 2024", "March 5th, 2024", "5-Mar-24", "5-Mar-2024",
    "Tuesday, March 5, 2024", "2024-03-05 星期二", "2024/3/5 周二 14:05", "1709618706", "1709618706000",
    "1709618706000000", "1709618706.0", "20240305140506", "202403051405", "Tue Mar 05 14:05:06 CST 2024", "24年3月5日",
    "2024年3月5日 14时5分6秒", "2024-03-05 下午2:05", "2024/3/5 2:05:06 PM", "2024-03-05 14:05:06.123456",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMS)
def test_one_day_in_many_forms(text: str) -> None:
    assert clean_date(texts(text)).values.to_list() == [DAY]


def test_all_forms_in_one_column() -> None:
    assert clean_date(texts(*FORMS)).values.to_list() == [DAY] * len(FORMS)
    assert clean_date(texts("二〇二三年十二月二十一日")).values.to_list() == [date(2023, 12, 21)]


def test_order_must_be_declared() -> None:
    dmy = {
        "05/03/24": DAY,
        "5/3/2024": DAY,
        "05.03.2024": DAY,
        "05-03-2024 14:05": DAY,
        "2024-03-05": DAY,
    }
    values_of(partial(clean_date, order="dmy"), dmy)
    values_of(
        partial(clean_date, order="mdy"),
        {"03/05/24": DAY, "3/5/2024": DAY, "03/13/2024": date(2024, 3, 13)},
    )
    values_of(
        clean_date,
        {
            "25/03/2024": date(2024, 3, 25),
            "03/25/2024": date(2024, 3, 25),
            "05/05/2024": date(2024, 5, 5),
        },
    )
    faults_of(
        clean_date,
        {
            "05/03/24": "date.ambiguous",
            "05/03/2024": "date.ambiguous",
            "24-03-05": "date.ambiguous",
        },
    )
    faults_of(partial(clean_date, order="dmy"), {"03/13/2024": "date.impossible"})


def test_what_is_no_date() -> None:
    faults_of(
        clean_date,
        {
            "2024-02-30": "date.impossible",
            "2023-02-29": "date.impossible",
            "2024-13-05": "date.impossible",
            "20240230": "date.impossible",
            "31 Apr 2024": "date.impossible",
            "2024-03-05 25:00": "date.time_impossible",
            "2024-03-05 12:61": "date.time_impossible",
            "2024-03-05 12:00 +99:00": "date.time_impossible",
            "3月5日": "date.no_year",
            "03-05": "date.no_year",
            "5/6": "date.no_year",
            "Mar 5": "date.no_year",
            "五月六日": "date.no_year",
            "2024年3月": "date.no_day",
            "2024-03": "date.no_day",
            "202403": "date.no_day",
            "Mar 2024": "date.no_day",
            "2024": "date.only_year",
            "2024年": "date.only_year",
            "1850-01-01": "date.too_early",
            "0024-01-01": "date.too_early",
            "soon": "date.unreadable",
            "12": "date.unreadable",
            "农历三月初五": "date.unreadable",
            "1.7096E+12": "date.unreadable",
        },
    )


def test_bounds() -> None:
    births = partial(clean_date, earliest=date(1900, 1, 1), latest=date(2026, 1, 1))
    faults_of(births, {"2030-01-01": "date.too_late", "1899-12-31": "date.too_early"})
    assert clean_date(texts("1850-01-01"), earliest=None).values.to_list() == [date(1850, 1, 1)]
    late = partial(clean_moment, latest=datetime(2024, 1, 1))  # noqa: DTZ001 a local bound
    faults_of(late, {"2024-01-01 00:00:01": "date.too_late"})
    assert late(texts("2024-01-01 00:00:00")).faults.to_list() == [None]


def test_blanks() -> None:
    blanks_of(clean_date, [None, "", "-", "0000-00-00", "0000-00-00 00:00:00", "无"])


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


def test_moments() -> None:
    values_of(
        clean_moment,
        {
            "2024-03-05 14:05:06": at(2024, 3, 5, 6, 5, 6),
            "2024/3/5 14:05": at(2024, 3, 5, 6, 5),
            "2024-03-05": at(2024, 3, 4, 16),
            "2024年3月5日 14:05:06": at(2024, 3, 5, 6, 5, 6),
            "2024-03-05T14:05:06Z": at(2024, 3, 5, 14, 5, 6),
            "2024-03-05T14:05:06+08:00": at(2024, 3, 5, 6, 5, 6),
            "2024-03-05T14:05:06-0530": at(2024, 3, 5, 19, 35, 6),
            "2024-03-05 14:05:06.789": at(2024, 3, 5, 6, 5, 6, 789_000),
            "2024-03-05 下午2:05": at(2024, 3, 5, 6, 5),
            "2024-03-05 上午 12:05": at(2024, 3, 4, 16, 5),
            "2024-03-05 中午1:00": at(2024, 3, 5, 5),
            "2024-03-05 2:05 pm": at(2024, 3, 5, 6, 5),
            "45356.5": at(2024, 3, 5, 4),
            "45356.5867592593": at(2024, 3, 5, 6, 4, 56),
            "1709618706": at(2024, 3, 5, 6, 5, 6),
            "1709618706.5": at(2024, 3, 5, 6, 5, 6, 500_000),
            "1709618706123": at(2024, 3, 5, 6, 5, 6, 123_000),
            "20240305140506": at(2024, 3, 5, 6, 5, 6),
            "Mar 5, 2024 2:05:06 PM": at(2024, 3, 5, 6, 5, 6),
            # The clocks of Shanghai went from 2:00 to 3:00 that night, so this is 3:30 of summer time.
            "1986-05-04 02:30:00": at(1986, 5, 3, 18, 30),
        },
    )


def test_moments_in_another_zone() -> None:
    new_york = partial(clean_moment, zone="America/New_York", order="mdy")
    values_of(
        new_york,
        {"07/04/2024 12:00": at(2024, 7, 4, 16), "2024-01-04 12:00:00": at(2024, 1, 4, 17)},
    )
    assert clean_date(texts("2024-03-05T23:05:06Z")).values.to_list() == [date(2024, 3, 6)]


@pytest.mark.parametrize("order", ["ymd", "dmy", "mdy"])
def test_the_column_layers_agree_with_the_reader(order: str) -> None:
    cells = [
        *FORMS,
        "25/03/2024",
        "05/03/24",
        "05/05/2024 14:05",
        "13/13/2024",
        "2024-02-30",
        "2024-03-05 24:00",
        "99999",
    ]
    cleaned = clean_date(texts(*cells), order=order, earliest=None)  # type: ignore[arg-type]
    for cell, value, fault in zip(cells, cleaned.values, cleaned.faults, strict=True):
        moment = read_moment(cell.translate(WIDE), order)  # type: ignore[arg-type]
        assert fault == moment.fault, cell
        if moment.local and moment.offset is None:
            assert value == moment.local.date(), cell


WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


def test_types() -> None:
    assert clean_date(texts("x")).values.dtype == pl.Date
    assert clean_moment(texts("x")).values.dtype == pl.Datetime("us", "UTC")
    assert clean_date(pl.Series("x", [date(2024, 3, 5)])).values.to_list() == [DAY]
