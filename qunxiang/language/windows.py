"""Windows of time: what `last 30 days` or `this month` means at an instant, in a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from qunxiang.clock import local, micros
from qunxiang.language.nodes import Ago, Between, Calendar, Ever, Last, Period, Since, Unit, Window

EPOCH = date(1970, 1, 1)
FOREVER = -(1 << 62)
_MINUTES: dict[Unit, int] = {"minutes": 1, "hours": 60, "days": 1_440, "weeks": 10_080}
_MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class When:
    """The instant a question is asked for, and the time zone its days are counted in."""

    as_of: datetime
    zone: str

    @cached_property
    def today(self) -> date:
        """The local date of the instant."""
        return local(self.as_of, self.zone).date()

    @cached_property
    def now(self) -> int:
        """The instant in microseconds."""
        return micros(self.as_of)

    def midnight(self, day: date) -> int:
        """Return the instant at which a local day begins, microseconds."""
        return micros(datetime.combine(day, time(), ZoneInfo(self.zone)))

    def instant(self, moment: datetime) -> int:
        """Return a moment in microseconds; one without an offset is local."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.zone))
        return micros(aware)


def day_number(day: date) -> int:
    """Return a date as days since 1970-01-01."""
    return (day - EPOCH).days


def shift_months(day: date, months: int) -> date:
    """Return the date some months later, on the month's last day where the day is missing."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _shift_instant(when: When, months: int) -> int:
    there = local(when.as_of, when.zone)
    moved = datetime.combine(shift_months(there.date(), months), there.time())
    return when.instant(moved)


def _begin_of(period: Period, day: date) -> date:
    if period == "week":
        return day - timedelta(days=day.weekday())
    step = _MONTHS[period]
    return date(day.year, (day.month - 1) // step * step + 1, 1)


def _step(period: Period, day: date, times: int) -> date:
    if period == "week":
        return day + timedelta(days=7 * times)
    return shift_months(day, _MONTHS[period] * times)


def span(window: Window, when: When) -> tuple[int, int]:
    """Return the instants [low, high) of a window, microseconds; never later than as_of."""
    low, high = _span(window, when)
    return low, min(high, when.now)


def _span(window: Window, when: When) -> tuple[int, int]:
    match window:
        case Ever():
            return FOREVER, when.now
        case Last(n=n, unit="months"):
            return _shift_instant(when, -n), when.now
        case Last(n=n, unit=unit):
            return when.now - n * _MINUTES[unit] * 60_000_000, when.now
        case Ago(start_days=start, end_days=end):
            day = 86_400_000_000
            return when.now - start * day, when.now - end * day
        case Between(start=start, end=end):
            return when.midnight(start), when.midnight(end + timedelta(days=1))
        case Since(start=start):
            return when.midnight(start), when.now
        case Calendar(which=which, unit=unit):
            begin = _begin_of(unit, when.today)
            if which == "this":
                return when.midnight(begin), when.now
            return when.midnight(_step(unit, begin, -1)), when.midnight(begin)


def span_before(window: Last, when: When) -> tuple[int, int]:
    """Return the window of the same length just before a `last N` window."""
    low, _ = span(window, when)
    return span(replace_n(window), when)[0], low


def replace_n(window: Last) -> Last:
    """Return the window of twice the length."""
    return window.model_copy(update={"n": window.n * 2})


def moves(window: Window) -> bool:
    """Say whether the window's answer changes as time passes with no new events."""
    return not isinstance(window, Ever | Between | Since)
