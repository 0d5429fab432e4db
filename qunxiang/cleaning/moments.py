"""How one date or time is read, whatever way it was written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

#: What stands first in a date whose year does not: `ymd` declares nothing about those.
Order = Literal["ymd", "dmy", "mdy"]


@dataclass(frozen=True)
class Moment:
    """A local time, or with `offset` (minutes east of UTC) an exact one; or why there is none."""

    local: datetime | None = None
    offset: int | None = None
    fault: str | None = None

    def at(self, zone: ZoneInfo) -> datetime:
        """Return the instant; a local time is read in the zone."""
        local = self.local or datetime.min  # noqa: DTZ901 never kept: a moment without local has a fault
        if self.offset is None:
            return local.replace(tzinfo=zone).astimezone(UTC)
        return local.replace(tzinfo=timezone(timedelta(minutes=self.offset))).astimezone(UTC)


# The patterns below are shared with the column layers, so they keep to what both engines know.
YMD = r"(?P<y>[0-9]{4})\s*[-/.年]\s*(?P<m>[0-9]{1,2})\s*[-/.月]\s*(?P<d>[0-9]{1,2})\s*[日号]?"
YEAR_LAST = r"(?P<a>[0-9]{1,2})\s*[-/.]\s*(?P<b>[0-9]{1,2})\s*[-/.]\s*(?P<y>[0-9]{4}|[0-9]{2})"
TIME = (
    r"(?:[T,\s]*(?P<half>上午|中午|下午|晚上|凌晨|早上|am|pm)?\s*(?P<H>[0-9]{1,2})\s*[:时点]"
    r"(?:\s*(?P<M>[0-9]{1,2})\s*(?:[:分](?:\s*(?P<S>[0-9]{1,2})(?:[.,](?P<F>[0-9]{1,9}))?\s*秒?)?)?)?"
    r"\s*(?P<half2>am|pm|a\.m\.|p\.m\.)?\s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?)?"
)
AFTERNOON = ("下午", "晚上", "pm", "p.m.")
MORNING = ("上午", "凌晨", "早上", "am", "a.m.")
# Dates run together; the second holds what else fourteen or twelve digits cannot be but a time.
RUN = r"^(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})$"
RUN_WITH_TIME = r"^((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])[T ]?([0-2][0-9]):?([0-5][0-9]):?([0-5][0-9])?$"
FURTHEST = 14 * 60  # minutes from UTC that a place on earth can be
FIRST_SERIAL, LAST_SERIAL = 10_000, 99_999  # 1927-05-18 to 2173-10-13 in the sheets' count of days
SERIAL_START = datetime(1899, 12, 30)  # noqa: DTZ001 a local day

_FLAGS = re.IGNORECASE | re.ASCII
_YMD = re.compile(rf"^{YMD}{TIME}$", re.IGNORECASE)
_SHORT_YMD = re.compile(
    rf"^(?P<y>[0-9]{{2}})年(?P<m>[0-9]{{1,2}})月(?P<d>[0-9]{{1,2}})[日号]?{TIME}$", re.IGNORECASE
)
_YEAR_LAST = re.compile(rf"^{YEAR_LAST}{TIME}$", re.IGNORECASE)
_RUN = re.compile(RUN)
_RUN_WITH_TIME = re.compile(RUN_WITH_TIME)
_NUMBER = re.compile(r"^[0-9]+(?:\.[0-9]+)?$")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_ENGLISH = (
    re.compile(
        rf"^(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?[\s,/-]*{_MONTH}[\s,/-]*(?P<y>[0-9]{{4}}|[0-9]{{2}}){TIME}$",
        _FLAGS,
    ),
    re.compile(
        rf"^{_MONTH}\s*(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)(?P<y>[0-9]{{4}}){TIME}$",
        _FLAGS,
    ),
)
_JAVA = re.compile(rf"^({_MONTH} [0-9]{{1,2}}) ([0-9:]+) (?:[A-Z]{{3,4}} )?([0-9]{{4}})$", _FLAGS)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = re.compile(
    r"\(?(?:星期|礼拜|周)[一二三四五六日天]\)?|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[,.]?",
    re.IGNORECASE,
)
_LACKS = (
    (re.compile(r"^[0-9]{1,2}\s*(?:月|[-/.])\s*[0-9]{1,2}\s*[日号]?$"), "date.no_year"),
    (re.compile(rf"^(?:{_MONTH}\s*[0-9]{{1,2}}(?:st|nd|rd|th)?|[0-9]{{1,2}}[\s-]*{_MONTH.replace('month', 'm2')})$", _FLAGS), "date.no_year"),
    (re.compile(r"^[0-9]{4}\s*(?:[-/.]|年)\s*[0-9]{1,2}\s*月?$"), "date.no_day"),
    (re.compile(r"^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])$"), "date.no_day"),
    (re.compile(rf"^{_MONTH}[\s,]*[0-9]{{4}}$", _FLAGS), "date.no_day"),
    (re.compile(r"^(?:19|20)[0-9]{2}\s*年?$"), "date.only_year"),
)  # fmt: skip
_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_NUMBER = re.compile(r"[〇零○一二三四五六七八九十]+")
_PIVOT = 69  # as in POSIX: 69 is 1969, 68 is 2068
_NOON = 12
_A_DAY = 86_400


def read_moment(text: str, order: Order = "ymd") -> Moment:
    """Read one text as a date or a time."""
    plain = _plain(text)
    for way in _WAYS:
        moment = way(plain, order)
        if moment is not None:
            return moment
    for pattern, fault in _LACKS:
        if pattern.match(plain):
            return Moment(fault=fault)
    return Moment(fault="date.unreadable")


def _plain(text: str) -> str:
    """Return the text without weekday and with Arabic digits: 二〇二三年五月六日 -> 2023年5月6日."""
    plain = _WEEKDAY.sub(" ", text).strip()
    if re.search(r"[年月日]", plain):
        plain = _CHINESE_NUMBER.sub(lambda found: _digits(found.group()), plain)
    java = _JAVA.match(plain)
    if java:
        plain = f"{java.group(1)}, {java.group(4)} {java.group(3)}"
    return re.sub(r"\s+", " ", plain).strip()


def _digits(numeral: str) -> str:
    if "十" not in numeral:
        return numeral.translate(_CHINESE_DIGITS)
    tens, _, ones = numeral.partition("十")
    return (tens.translate(_CHINESE_DIGITS) or "1") + (ones.translate(_CHINESE_DIGITS) or "0")


def _read_ymd(text: str, _order: Order) -> Moment | None:
    found = _YMD.match(text) or _RUN.match(text)
    return _build(found, int(found["y"]), int(found["m"]), int(found["d"])) if found else None


def _read_run(text: str, _order: Order) -> Moment | None:
    found = _RUN_WITH_TIME.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second = found.groups()
    return _read_ymd(f"{year}-{month}-{day} {hour}:{minute}:{second or '00'}", "ymd")


def _read_number(text: str, _order: Order) -> Moment | None:
    """Read the day count of a sheet, or the seconds, milliseconds or microseconds of Unix."""
    if not _NUMBER.match(text):
        return None
    digits = len(text.partition(".")[0])
    number = float(text)
    if FIRST_SERIAL <= number < LAST_SERIAL + 1:
        return Moment(SERIAL_START + timedelta(seconds=round(number * _A_DAY)))
    for scale, lengths in ((0, (9, 10)), (3, (12, 13)), (6, (15, 16))):
        if digits in lengths and text[0] != "0":
            micros = (
                round(float(text) * 10 ** (6 - scale))
                if "." in text
                else int(text) * 10 ** (6 - scale)
            )
            return Moment(datetime(1970, 1, 1) + timedelta(microseconds=micros), offset=0)  # noqa: DTZ001
    return None


def _read_year_last(text: str, order: Order) -> Moment | None:
    found = _YEAR_LAST.match(text)
    if not found:
        return None
    first, second = int(found["a"]), int(found["b"])
    is_sure = len(found["y"]) == 4 and (first > _NOON or first == second) != (second > _NOON)
    if order == "ymd" and not is_sure:
        return Moment(fault="date.ambiguous")
    day_first = order == "dmy" or (order == "ymd" and first > _NOON)
    day, month = (first, second) if day_first else (second, first)
    return _build(found, _century(found["y"]), month, day)


def _read_short_ymd(text: str, _order: Order) -> Moment | None:
    found = _SHORT_YMD.match(text)
    return _build(found, _century(found["y"]), int(found["m"]), int(found["d"])) if found else None


def _read_english(text: str, _order: Order) -> Moment | None:
    for pattern in _ENGLISH:
        found = pattern.match(text)
        if found:
            month = _MONTHS.index(found["month"].lower()) + 1
            return _build(found, _century(found["y"]), month, int(found["d"]))
    return None


_WAYS: tuple[Callable[[str, Order], Moment | None], ...] = (
    _read_ymd, _read_run, _read_number, _read_year_last, _read_short_ymd, _read_english,
)  # fmt: skip


def _century(year: str) -> int:
    number = int(year)
    if len(year) > 2:
        return number
    return number + (1900 if number >= _PIVOT else 2000)


def _build(found: re.Match[str], year: int, month: int, day: int) -> Moment:
    """Put the parts of a match together."""
    parts = found.groupdict()
    try:
        local = datetime(year, month, day)  # noqa: DTZ001 local by definition
    except ValueError:
        return Moment(fault="date.impossible")
    if not parts.get("H"):
        return Moment(local)
    hour = _hour(int(parts["H"]), (parts["half"] or parts["half2"] or "").lower())
    micros = int((parts["F"] or "").ljust(6, "0")[:6])
    try:
        local = local.replace(
            hour=hour, minute=int(parts["M"] or 0), second=int(parts["S"] or 0), microsecond=micros
        )
    except ValueError:
        return Moment(fault="date.time_impossible")
    offset = _offset(parts["zone"])
    if offset is not None and abs(offset) > FURTHEST:
        return Moment(fault="date.time_impossible")
    return Moment(local, offset=offset)


def _hour(hour: int, half: str) -> int:
    if half in AFTERNOON and hour < _NOON:
        return hour + _NOON
    if half == "中午" and hour < _NOON - 2:
        return hour + _NOON
    if half in MORNING and hour == _NOON:
        return 0
    return hour


def _offset(zone: str | None) -> int | None:
    """Return minutes east of UTC."""
    if zone is None:
        return None
    digits = re.sub(r"[^0-9]", "", zone)
    minutes = int(digits[:2] or 0) * 60 + int(digits[2:] or 0)
    return -minutes if "-" in zone else minutes
