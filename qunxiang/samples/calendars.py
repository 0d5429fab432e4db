"""When people buy: busy and quiet days as a clock that runs faster and slower, and hours of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from qunxiang.samples.definitions import Company
from qunxiang.samples.draws import Flags, Floats, Ints, Stream, build_wheels, spin_each

_WEEK = (0.88, 0.90, 0.92, 0.95, 1.06, 1.18, 1.11)  # from Monday
# First and last day of each season as month and day, and how much more is bought.
_SEASONS = (
    ((3, 5), (3, 8), 1.8),
    ((5, 20), (5, 20), 1.5),
    ((6, 1), (6, 15), 1.4),
    ((6, 16), (6, 18), 4.0),
    ((10, 24), (11, 9), 1.5),
    ((11, 10), (11, 11), 5.5),
    ((12, 12), (12, 12), 2.2),
    ((1, 25), (2, 12), 0.75),
)
_SALE = 3.0  # days at least so busy have sale prices
_ONLINE = (4, 2, 1, 1, 1, 1, 2, 4, 6, 8, 11, 11, 12, 10, 9, 9, 9, 9, 10, 12, 16, 18, 16, 9)
_IN_STORE = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 8, 8, 9, 10, 11, 11, 10, 10, 12, 11, 5, 0, 0)


@dataclass(frozen=True)
class Calendar:
    """The days of a company.

    Attributes:
        clock: how far the busy clock has run at the start of each day; on average a day per day.
        ymd: each day as a number, 20260305.
        sales: the days with sale prices.
        epoch: the seconds from 1970 to the first day, in local time.
    """

    clock: Floats
    ymd: Ints
    sales: Flags
    epoch: int
    hours: Ints

    @property
    def days(self) -> int:
        """How many days there are."""
        return self.ymd.size

    def read_clock(self, days: Ints) -> Floats:
        """Return what the clock shows at the start of days; before the first it stands still."""
        return self.clock[np.clip(days, 0, self.days)]

    def find_days(self, shown: Floats) -> Ints:
        """Return the days on which the clock shows these values."""
        return np.clip(np.searchsorted(self.clock, shown, "right") - 1, 0, self.days - 1)

    def draw_seconds(self, stream: Stream, in_store: Flags) -> Ints:
        """Return seconds of the day at which people buy, in stores or at home."""
        hours = spin_each(stream, self.hours, in_store.astype(np.int64))
        return hours * 3_600 + stream.integers(0, 3_600, in_store.size)


def build_calendar(company: Company) -> Calendar:
    """Return the days of the company."""
    days = [company.start + timedelta(days=n) for n in range(company.days)]
    busy = np.array([_weigh(day) for day in days])
    clock = np.concatenate([[0.0], np.cumsum(busy)]) * (company.days / busy.sum())
    return Calendar(
        clock,
        np.array([day.year * 10_000 + day.month * 100 + day.day for day in days]),
        busy >= _SALE * min(_WEEK),
        (company.start - date(1970, 1, 1)).days * 86_400,
        build_wheels([_ONLINE, _IN_STORE]),
    )


def _weigh(day: date) -> float:
    here = (day.month, day.day)
    season = next((much for first, last, much in _SEASONS if first <= here <= last), 1.0)
    return _WEEK[day.weekday()] * season
