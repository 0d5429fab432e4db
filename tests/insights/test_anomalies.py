"""Odd days are told, ordinary ones are not, and each says why."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from qunxiang.insights import explain_anomaly, find_null_anomalies, find_volume_anomalies

FIRST = dt.date(2026, 1, 5)  # a Monday
DAYS = 100
UNTIL = FIRST + dt.timedelta(DAYS)
LAST = UNTIL - dt.timedelta(1)


def shop(rng: np.random.Generator, base: float) -> dict[dt.date, int]:
    """Return rows by day, thrice as many at the end of a week."""
    days = [FIRST + dt.timedelta(n) for n in range(DAYS)]
    return {d: int(rng.poisson(base * (3 if d.weekday() >= 5 else 1))) for d in days}


def test_ordinary_days_are_not_flagged() -> None:
    rng = np.random.default_rng(7)
    flagged = sum(
        len(find_volume_anomalies(shop(rng, base), UNTIL))
        for base in (5, 40, 300, 4000)
        for _ in range(25)
    )
    assert flagged <= 100 * DAYS * 0.001  # of ten thousand days, ten by chance


@pytest.mark.parametrize(("times", "direction"), [(0.0, "less"), (0.4, "less"), (2.5, "more")])
def test_an_odd_day_is_flagged_whatever_its_weekday(times: float, direction: str) -> None:
    for back in range(1, 8):
        days = shop(np.random.default_rng(back), 300)
        day = UNTIL - dt.timedelta(back)
        days[day] = int(days[day] * times)
        (one,) = find_volume_anomalies(days, UNTIL)
        assert (one.day, one.direction, one.property) == (day, direction, "")
        assert one.weeks == 8
        assert abs(one.expected - (900 if day.weekday() >= 5 else 300)) < 60


def test_a_day_without_rows_counts_as_none() -> None:
    days = shop(np.random.default_rng(3), 300)
    del days[LAST]
    (one,) = find_volume_anomalies(days, UNTIL)
    assert (one.day, one.value) == (LAST, 0)
    assert find_volume_anomalies(days, LAST) == []  # a day that is not over says nothing


def test_little_is_never_odd() -> None:
    days = {FIRST + dt.timedelta(n): 3 for n in range(DAYS)}
    days[LAST] = 15
    assert find_volume_anomalies(days, UNTIL) == []
    assert find_volume_anomalies({}, UNTIL) == []
    young = {FIRST + dt.timedelta(n): 1000 for n in range(20)}
    young[FIRST + dt.timedelta(19)] = 0
    assert (
        find_volume_anomalies(young, FIRST + dt.timedelta(20)) == []
    )  # three weeks say too little


def test_an_outage_before_does_not_hide_the_next() -> None:
    days = shop(np.random.default_rng(5), 300)
    for n in range(7):
        days[UNTIL - dt.timedelta(22 + n)] = 0
    days[LAST] = 0
    assert LAST in {one.day for one in find_volume_anomalies(days, UNTIL)}


def test_a_property_that_goes_missing() -> None:
    days = {FIRST + dt.timedelta(n): 200 for n in range(DAYS)}
    filled = dict.fromkeys(days, 190)
    assert find_null_anomalies(days, filled, "coupon", UNTIL) == []
    filled[LAST] = 60
    (one,) = find_null_anomalies(days, filled, "coupon", UNTIL)
    assert (one.day, one.property, one.direction) == (LAST, "coupon", "more")
    assert (round(one.value, 2), round(one.expected, 2)) == (0.7, 0.05)
    assert "coupon" in explain_anomaly(one, "zh")
    assert "70.0%" in explain_anomaly(one, "en")
    filled[LAST] = 200  # fuller than ever is nothing to worry about
    assert find_null_anomalies(days, filled, "coupon", UNTIL) == []
