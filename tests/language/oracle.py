"""The oracle: rules and measures evaluated naively, one person and one event at a time.

Written from the description of the language alone. It shares nothing with the product but the tree.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.language.small_world import Event, Plain

MASK = (1 << 64) - 1
DAY = dt.timedelta(days=1)


# ── the hash that buckets hang on ────────────────────────────────────────────────────────────────


def mix(h: int) -> int:
    h ^= h >> 33
    h = h * 0xFF51AFD7ED558CCD & MASK
    h ^= h >> 33
    h = h * 0xC4CEB9FE1A85EC53 & MASK
    return h ^ h >> 33


def hash_text(text: str | None, seed: int = 0) -> int:
    if text is None:
        return mix(0xA5A5A5A5A5A5A5A5 ^ seed)
    data = text.encode()
    h = 0xCBF29CE484222325 ^ seed
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        h = mix((h ^ int.from_bytes(data[at : at + 8], "little")) * 0x100000001B3 & MASK)
    h = (h ^ int.from_bytes(data[whole:], "little")) * 0x100000001B3 & MASK
    return mix(h ^ len(data))


def join_hashes(left: int, right: int) -> int:
    return mix((left * 0x9E3779B97F4A7C15 & MASK) ^ (right + 0x9E3779B97F4A7C15 & MASK))


def percent_of(public_id: int, seed: str) -> float:
    return (join_hashes(public_id, hash_text(seed)) >> 11) / (1 << 53) * 100


@dataclass(frozen=True)
class Oracle:
    """Answers over one plain world at one instant in one zone."""

    world: Plain
    as_of: dt.datetime
    zone: str

    # ── time ─────────────────────────────────────────────────────────────────────────────────────

    def local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(ZoneInfo(self.zone))

    @property
    def today(self) -> dt.date:
        return self.local(self.as_of).date()

    def begin(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), ZoneInfo(self.zone)).astimezone(dt.UTC)

    def end(self, day: dt.date) -> dt.datetime:
        return self.begin(day + DAY)

    def months_before(self, months: int) -> dt.datetime:
        there = self.local(self.as_of)
        year, month = there.year, there.month
        for _ in range(months):
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        last = calendar.monthrange(year, month)[1]
        moved = there.replace(year=year, month=month, day=min(there.day, last))
        return moved.astimezone(dt.UTC)

    def window(self, window: Any) -> tuple[dt.datetime | None, dt.datetime]:
        """Return the first instant inside (None for the beginning of time), and the first after."""
        low, high = self._window(window)
        return low, min(high, self.as_of)

    def _window(self, window: Any) -> tuple[dt.datetime | None, dt.datetime]:
        if window.node == "ever":
            return None, self.as_of
        if window.node == "last":
            return self._before(window.n, window.unit), self.as_of
        if window.node == "ago":
            return self.as_of - window.start_days * DAY, self.as_of - window.end_days * DAY
        if window.node == "between":
            return self.begin(window.start), self.end(window.end)
        if window.node == "since":
            return self.begin(window.start), self.as_of
        begin, before = self._period(window.unit)
        return (
            (self.begin(begin), self.as_of)
            if window.which == "this"
            else (self.begin(before), self.begin(begin))
        )

    def _before(self, n: int, unit: str) -> dt.datetime:
        if unit == "months":
            return self.months_before(n)
        return self.as_of - dt.timedelta(**{unit: n})

    def _period(self, unit: str) -> tuple[dt.date, dt.date]:
        """Return the first day of this period and of the one before."""
        today = self.today
        if unit == "week":
            monday = today
            while monday.isoweekday() != 1:
                monday -= DAY
            return monday, monday - 7 * DAY
        if unit == "year":
            return dt.date(today.year, 1, 1), dt.date(today.year - 1, 1, 1)
        if unit == "month":
            first = today.replace(day=1)
            return first, (first - DAY).replace(day=1)
        first = today.replace(day=1)
        while first.month not in {1, 4, 7, 10}:
            first = (first - DAY).replace(day=1)
        before = first
        for _ in range(3):
            before = (before - DAY).replace(day=1)
        return first, before

    # ── comparisons ──────────────────────────────────────────────────────────────────────────────

    def holds(self, kind: str, value: Any, op: str, given: Any) -> bool:
        """Say whether `value op given`, for a value of a kind; None and no words are unknown."""
        unknown = value is None or (kind == "texts" and not value)
        if op in {"known", "unknown"}:
            return unknown == (op == "unknown")
        if unknown:
            return False
        if kind == "text":
            return self._text(value, op, given)
        if kind == "texts":
            wanted = {fold(g) for g in given}
            return {
                "has_any": bool(wanted & set(value)),
                "has_all": wanted <= set(value),
                "has_none": not wanted & set(value),
            }[op]
        if kind == "yesno":
            return (value == given) == (op == "eq")
        if kind in {"date", "moment"} and op in {"weekday", "month", "anniversary_in_next"}:
            day = value if kind == "date" else self.local(value).date()
            return self._calendar(day, op, given)
        if op in {"in_last", "in_next"}:
            return self._near(kind, value, op, given)
        return self._ordered(kind, value, op, given)

    def _text(self, value: str, op: str, given: Any) -> bool:
        if op in {"in", "not_in"}:
            return (value in {fold(g) for g in given}) == (op == "in")
        other = fold(given)
        return {
            "eq": value == other,
            "ne": value != other,
            "contains": other in value,
            "starts_with": value.startswith(other),
            "ends_with": value.endswith(other),
            "matches": op == "matches" and re.search(other, value) is not None,
        }[op]

    def _calendar(self, day: dt.date, op: str, given: Any) -> bool:
        if op == "anniversary_in_next":
            return any(
                self._celebrates(day, self.today + n * DAY) for n in range(min(given, 1_500))
            )
        wanted = given if isinstance(given, tuple) else (given,)
        return (day.isoweekday() if op == "weekday" else day.month) in wanted

    @staticmethod
    def _celebrates(born: dt.date, day: dt.date) -> bool:
        if (born.month, born.day) == (2, 29) and not calendar.isleap(day.year):
            return (day.month, day.day) == (2, 28)
        return (born.month, born.day) == (day.month, day.day)

    def _near(self, kind: str, value: Any, op: str, days: int) -> bool:
        if kind == "date":
            ahead = (value - self.today).days
            return 0 <= ahead < days if op == "in_next" else -days < ahead <= 0
        if op == "in_next":
            return self.as_of <= value < self.as_of + days * DAY
        return self.as_of - days * DAY <= value < self.as_of

    def _ordered(self, kind: str, value: Any, op: str, given: Any) -> bool:
        if op in {"in", "not_in"}:
            return any(self._ordered(kind, value, "eq", g) for g in given) == (op == "in")
        if op == "between":
            return self._ordered(kind, value, "ge", given[0]) and self._ordered(
                kind, value, "le", given[1]
            )
        first, last = self._ends(kind, value, given)
        value = exact(value) if kind in {"number", "money"} else value
        return {
            "eq": first <= value <= last,
            "ne": not first <= value <= last,
            "lt": value < first,
            "before": value < first,
            "le": value <= last,
            "gt": value > last,
            "after": value > last,
            "ge": value >= first,
        }[op]

    def _ends(self, kind: str, value: Any, given: Any) -> tuple[Any, Any]:
        """Return the first and last value that what was given stands for: a day is its instants."""
        if kind == "date":
            return given.day, given.day
        if kind == "moment":
            if hasattr(given, "day"):
                return self.begin(given.day), self.end(given.day) - dt.timedelta(microseconds=1)
            moment = given.moment
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(self.zone))
            return moment.astimezone(dt.UTC), moment.astimezone(dt.UTC)
        if isinstance(value, float):
            return Fraction(float(given)), Fraction(float(given))
        number = Fraction(Decimal(repr(given)))
        return number, number

    # ── measures ─────────────────────────────────────────────────────────────────────────────────

    def events(self, measure: Any, person: int, span: Any = None) -> list[Event]:
        """Return a person's events that a measure looks at, oldest first, ties by row id."""
        low, high = span or self.window(measure.window)
        return sorted(
            (
                e
                for e in self.world.events
                if e.person == person
                and e.event == measure.event
                and (low is None or e.at >= low)
                and e.at < high
                and (measure.where is None or self._lets_in(e, measure.where))
            ),
            key=lambda e: (e.at, e.row_id),
        )

    def _lets_in(self, event: Event, where: Any) -> bool:
        if where.node == "all":
            return all(self._lets_in(event, each) for each in where.of)
        if where.node == "any":
            return any(self._lets_in(event, each) for each in where.of)
        if where.node == "not":
            return not self._lets_in(event, where.of)
        kind, value = self._property(event, where.field)
        return self.holds(kind, value, where.op, where.value)

    def _property(self, event: Event, name: str | None) -> tuple[str, Any]:
        if name in {"at", None}:
            return "moment", event.at
        return self.world.schema.events[event.event].properties[name].kind, event.props.get(name)

    def kind(self, measure: Any) -> str:
        """Return the kind of a measure's result."""
        if measure.fn == "list":
            return "texts"
        if measure.fn in {"sum", "avg", "median", "min", "max", "first", "last", "top"}:
            kind = self.property_kind(measure)
            return "text" if (measure.fn, kind) == ("top", "texts") else kind
        return "number"

    def property_kind(self, measure: Any) -> str:
        if measure.prop in {"at", None}:  # of the event itself: when it happened
            return "moment"
        return self.world.schema.events[measure.event].properties[measure.prop].kind

    def value(self, measure: Any, person: int) -> Any:
        """Return a measure of one person; None where it is unknown."""
        events = self.events(measure, person)
        match measure.fn:
            case "count":
                return len(events)
            case "days":
                return len(self._days(events))
            case "gap":
                days = sorted(self._days(events))
                steps = [(b - a).days for a, b in pairwise(days)]
                return sum(steps) / len(steps) if steps else None
            case "recency":
                return (self.today - max(self._days(events))).days if events else None
            case "trend":
                return self._trend(measure, person)
            case "first" | "last":
                if not events:
                    return None
                found = self._property(events[0 if measure.fn == "first" else -1], measure.prop)[1]
                return found if found != () else None
            case "top" | "top_share":
                return self._top(measure, events)
            case _:
                return self._of_values(measure, self._values(measure, events))

    def _days(self, events: list[Event]) -> set[dt.date]:
        return {self.local(e.at).date() for e in events}

    def _values(self, measure: Any, events: list[Event]) -> list[Any]:
        known = [v for e in events if (v := self._property(e, measure.prop)[1]) is not None]
        if self.property_kind(measure) == "texts":
            return [word for words in known for word in words]
        return known

    def _of_values(self, measure: Any, values: list[Any]) -> Any:
        money = self.property_kind(measure) == "money"
        match measure.fn:
            case "distinct":
                return len(set(values))
            case "list":
                return frozenset(in_words(v, self.property_kind(measure)) for v in values)
            case "sum":
                return sum(values, Decimal(0) if money else 0)
            case "min":
                return min(values, default=None)
            case "max":
                return max(values, default=None)
            case "avg" if values:
                return in_units(
                    Fraction(sum(values, Decimal(0) if money else 0)) / len(values), money=money
                )
            case "median" if values:
                ordered = sorted(values)
                middle = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
                return in_units((Fraction(middle[0]) + Fraction(middle[1])) / 2, money=money)
            case _:
                return None

    def _top(self, measure: Any, events: list[Event]) -> Any:
        tally: Counter[Any] = Counter()
        when: dict[Any, int] = {}
        place = 0
        for event in events:
            kind, said = self._property(event, measure.prop)
            weight = 1 if measure.by is None else self._property(event, measure.by)[1] or 0
            for value in (said or ()) if kind == "texts" else () if said is None else (said,):
                tally[value] += Fraction(weight)
                when[value] = place = place + 1
        if not tally:
            return None
        best = max(tally, key=lambda v: (tally[v], when[v]))
        if measure.fn == "top":
            return best
        whole = sum(tally.values())
        return float(tally[best] / whole) if whole > 0 else None

    def _trend(self, measure: Any, person: int) -> float | None:
        window = measure.window
        low = self._before(window.n, window.unit)
        earlier = self._before(window.n * 2, window.unit)
        now, before = (
            self._amount(measure, self.events(measure, person, span))
            for span in ((low, self.as_of), (earlier, low))
        )
        return float(now / before) if before > 0 else None

    def _amount(self, measure: Any, events: list[Event]) -> Fraction:
        if measure.prop is None:
            return Fraction(len(events))
        return sum((Fraction(v) for v in self._values(measure, events)), Fraction(0))

    # ── rules ────────────────────────────────────────────────────────────────────────────────────

    def people(self, rule: Any) -> set[int]:
        """Return the living people for whom a rule holds."""
        living = set(range(len(self.world.people))) - self.world.dead
        return {person for person in living if self.is_true(rule, person)}

    def is_true(self, rule: Any, person: int) -> bool:
        """Say whether a rule holds for one living person."""
        match rule.node:
            case "all":
                return all(self.is_true(each, person) for each in rule.of)
            case "any":
                return any(self.is_true(each, person) for each in rule.of)
            case "not":
                return not self.is_true(rule.of, person)
            case "compare":
                kind = self.world.schema.fields[rule.field].kind
                value = self.world.people[person].get(rule.field)
                return self.holds(kind, value, rule.op, rule.value)
            case "measured":
                value = self.value(rule.measure, person)
                return self.holds(self.kind(rule.measure), value, rule.op, rule.value)
            case "audience":
                return person in self.world.audiences[rule.audience]
            case "list":
                return person in self.world.lists[rule.list]
            case _:
                ids = self.world.ids or range(1, len(self.world.people) + 1)
                return rule.start <= percent_of(ids[person], rule.seed) < rule.end


def fold(text: Any) -> str:
    return unicodedata.normalize("NFKC", text)


def exact(value: Any) -> Fraction:
    return Fraction(value)


def in_units(value: Fraction, *, money: bool) -> Any:
    """Return a real number as it is, or money to the ten-thousandth, halves to even."""
    if not money:
        return float(value)
    scaled = Decimal(round(value * 10_000)) / 10_000
    return scaled.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)


def in_words(value: Any, kind: str) -> str:
    """Return a value as it stands in a list."""
    match kind:
        case "money":
            return format(Decimal(value).quantize(Decimal("0.0001")), "f")
        case "yesno":
            return "true" if value else "false"
        case "date":
            return value.isoformat()
        case "moment":
            return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%fZ")
        case "number" if isinstance(value, float) and value.is_integer():
            return str(int(value))
        case _:
            return str(value)
