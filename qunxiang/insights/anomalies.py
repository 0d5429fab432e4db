"""Days that are not like the same weekday of the weeks before: too many rows, too few, or emptier.

A day is compared with the same weekday of the last eight weeks: their median is what was to be
expected, and the median of their distances from it (MAD, times 1.4826) how far days usually lie
apart. Both are hardly moved by one odd day among them. A day is flagged that lies further than four
times that from what was expected. So that quiet figures do not make trifles look odd, the usual
distance is at least what chance alone makes of it, and a twentieth of what was expected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qunxiang.errors import Lang

WEEKS = 8
_FEWEST = 4  # weeks to compare with, before anything is said
_FAR = 4.0
_LEAST_ROWS = 20
_TO_DEVIATION = 1.4826  # of a normal distribution, from MAD to standard deviation
Floats = NDArray[np.float64]
Direction = Literal["more", "less"]


@dataclass(frozen=True)
class Anomaly:
    """A day that is not like others.

    Attributes:
        day: which.
        property: whose missing values are meant; '' for the number of rows.
        value: rows, or the share of rows without a value.
        expected: the median of the same weekday before.
        spread: how far days usually lie from it.
        weeks: how many days it was compared with.
        direction: whether there were more than expected, or less.
    """

    day: dt.date
    property: str
    value: float
    expected: float
    spread: float
    weeks: int
    direction: Direction


def find_volume_anomalies(days: Mapping[dt.date, int], until: dt.date) -> list[Anomaly]:
    """Return the days with too many rows or too few.

    Args:
        days: rows by day; a day that is not there, after the first, had none.
        until: the first day that is not over yet, or of which not all has come.
    """
    first, rows = _series(days, until)
    comparable = np.isfinite(rows)
    expected, spread, weeks = _compare(rows, comparable)
    spread = np.fmax(spread, np.fmax(np.sqrt(np.fmax(expected, 0)), expected / 20))
    enough = np.fmax(expected, rows) >= _LEAST_ROWS
    odd = (np.abs(rows - expected) > _FAR * spread) & enough & (weeks >= _FEWEST)
    return _list(first, "", odd, (rows, expected, spread, weeks))


def find_null_anomalies(
    days: Mapping[dt.date, int], filled: Mapping[dt.date, int], name: str, until: dt.date
) -> list[Anomaly]:
    """Return the days on which a property is missing more often than it used to.

    Args:
        days: rows by day.
        filled: those with a value.
        name: the property.
        until: the first day that is not over yet, or of which not all has come.
    """
    first, rows = _series(days, until)
    _, there = _series({d: filled.get(d, 0) for d in days}, until)
    many = rows >= _LEAST_ROWS
    missing = np.where(many, 1 - there / np.fmax(rows, 1), np.nan)
    expected, spread, weeks = _compare(missing, many)
    chance = np.sqrt(expected * (1 - expected) / np.fmax(rows, 1))
    spread = np.fmax(spread, np.fmax(chance, 1 / 20))
    odd = many & (missing - expected > _FAR * spread) & (weeks >= _FEWEST)
    return _list(first, name, odd, (missing, expected, spread, weeks))


def _series(days: Mapping[dt.date, int], until: dt.date) -> tuple[dt.date, Floats]:
    """Return the first day, and the figure of each from it on; 0 where none is given."""
    mine = {d: n for d, n in days.items() if d < until}
    first = min(mine, default=until)
    out = np.zeros((until - first).days, np.float64)
    for day, count in mine.items():
        out[(day - first).days] = count
    return first, out


def _compare(values: Floats, usable: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Return, of the same weekday before each day, median, usual distance from it, and number."""
    past = np.full((WEEKS, len(values)), np.nan)
    for week in range(1, WEEKS + 1):
        shift = 7 * week
        if shift < len(values):
            before = np.where(usable, values, np.nan)[:-shift]
            past[week - 1, shift:] = before
    weeks = np.isfinite(past).sum(axis=0).astype(np.float64)
    some = weeks > 0
    expected, spread = np.full(len(values), np.nan), np.full(len(values), np.nan)
    expected[some] = np.nanmedian(past[:, some], axis=0)
    spread[some] = _TO_DEVIATION * np.nanmedian(np.abs(past[:, some] - expected[some]), axis=0)
    return expected, spread, weeks


def _list(
    first: dt.date, name: str, odd: NDArray[np.bool_], of: tuple[Floats, Floats, Floats, Floats]
) -> list[Anomaly]:
    values, expected, spread, weeks = of
    return [
        Anomaly(
            first + dt.timedelta(int(place)),
            name,
            float(values[place]),
            float(expected[place]),
            float(spread[place]),
            int(weeks[place]),
            "more" if values[place] > expected[place] else "less",
        )
        for place in np.flatnonzero(odd)
    ]


def explain_anomaly(one: Anomaly, lang: Lang) -> str:
    """Return in words why a day was flagged."""
    times = abs(one.value - one.expected) / one.spread if one.spread else 0.0
    if not one.property:
        if lang == "zh":
            return (
                f"{one.day} 有 {one.value:,.0f} 行;此前 {one.weeks} 个同星期日的中位数是 "
                f"{one.expected:,.0f},平时上下相差约 {one.spread:,.0f},这天相差 {times:.1f} 倍"
            )
        return (
            f"{one.day} has {one.value:,.0f} rows; the median of the same weekday in the "
            f"{one.weeks} weeks before is {one.expected:,.0f}, days usually lie {one.spread:,.0f} "
            f"apart from it, and this one {times:.1f} times that"
        )
    if lang == "zh":
        return (
            f"{one.day} 有 {one.value:.1%} 的行缺 {one.property};此前 {one.weeks} 个同星期日的中位数是 "
            f"{one.expected:.1%},平时上下相差约 {one.spread:.1%},这天相差 {times:.1f} 倍"
        )
    return (
        f"on {one.day} {one.property} is missing from {one.value:.1%} of the rows; the median of the "
        f"same weekday in the {one.weeks} weeks before is {one.expected:.1%}, days usually lie "
        f"{one.spread:.1%} apart from it, and this one {times:.1f} times that"
    )
