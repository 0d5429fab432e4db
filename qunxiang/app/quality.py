"""Quality: what each source sends of each event, beside what it used to send and was to send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.seen import EventSeen, PropertySeen, see_events, see_properties
from qunxiang.app.setaside import AsideGroup, SetAside
from qunxiang.catalog import EventDefinition, PlanDefinition, PlannedEvent, PlannedProperty
from qunxiang.cleaning import LOADS, Definitions, event_table, find_plan
from qunxiang.engine import newest
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.insights import Anomaly, find_null_anomalies, find_volume_anomalies
from qunxiang.sources import Import, is_stream

RECENT = 28  # days whose anomalies are told


@dataclass(frozen=True)
class Freshness:
    """How fresh the rows are.

    Attributes:
        received: when what brought the newest of them came.
        happened: when the last of them happened.
        lag: seconds between the two; None where either is unknown.
    """

    received: dt.datetime | None
    happened: dt.datetime | None
    lag: float | None


@dataclass(frozen=True)
class EventQuality:
    """An event as a source sends it.

    Attributes:
        source: the source.
        event: the event.
        rows: how many there are.
        set_aside: how many whole rows were set aside.
        values_set_aside: how many single values were.
        fill: the mean share of rows that have a value, over the properties that any row has.
        days: rows by the day on which they happened, the last 28 days of them.
        freshness: how fresh they are.
        anomalies: days among the last 28 that are not like others.
        plan: the plan that covers it, if one does.
        planned: whether that plan has it.
    """

    source: str
    event: str
    rows: int
    set_aside: int
    values_set_aside: int
    fill: float | None
    days: tuple[tuple[dt.date, int], ...]
    freshness: Freshness
    anomalies: tuple[Anomaly, ...]
    plan: str | None
    planned: bool


@dataclass(frozen=True)
class PropertyQuality:
    """A property as it is declared and as it was seen; either may be missing."""

    name: str
    seen: PropertySeen | None
    declared: PlannedProperty | None


@dataclass(frozen=True)
class DayQuality:
    """A day of an event: rows that happened on it, the share of each property that is there."""

    day: dt.date
    rows: int
    fill: Mapping[str, float]


@dataclass(frozen=True)
class EventDetail:
    """An event of a source in full: `reasons` says why rows and values of it were set aside."""

    quality: EventQuality
    properties: tuple[PropertyQuality, ...]
    days: tuple[DayQuality, ...]
    reasons: tuple[AsideGroup, ...]


class Quality:
    """Answers what the data is like."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house = house
        self._caller = caller

    def events(self, source: str | None = None) -> list[EventQuality]:
        """Return the events of a source, or of all, by source and name."""
        today = clock.local(clock.now(), self._house.settings.time_zone).date()
        found = self._house.once(f"quality {today}", lambda: self._judge(today))
        return [e for e in found if source is None or e.source == source]

    def event(self, source: str, event: str) -> EventDetail:
        """Return an event of a source in full, values masked by right.

        Raises:
            QunxiangError: app.nothing_seen, if none has come from it.
        """
        mine = (q for q in self.events(source) if q.event == event)
        quality = next(mine, None)
        if quality is None:
            raise QunxiangError("app.nothing_seen", source=f"{source} {event}")
        seen = self._seen().get((source, event))
        shown = {}
        if seen is not None:
            told = see_properties(self._house, self._caller, source, event)
            shown = {p.name: p for p in told}
        declared = self._declared(source, event)
        names = dict.fromkeys([*declared, *(n for n, p in shown.items() if p.filled)])
        properties = tuple(PropertyQuality(n, shown.get(n), declared.get(n)) for n in names)
        days = tuple(
            DayQuality(d.day, d.rows, {n: d.filled.get(n, 0) / d.rows for n in shown})
            for d in (() if seen is None else seen.days)
        )
        reasons = SetAside(self._house).reasons(source, event)
        return EventDetail(quality, properties, days, tuple(reasons))

    def _seen(self) -> dict[tuple[str, str], EventSeen]:
        return {(e.source, e.event): e for e in see_events(self._house)}

    def _declared(self, source: str, event: str) -> dict[str, PlannedProperty]:
        """Return what is planned of an event, by the catalog's names."""
        planned = self._planned(source, event)[1]
        if planned is None:
            return {}
        words = Definitions.of(self._house.catalog).words(event)
        return {words.name(p.name) or p.name: p for p in planned.properties}

    def _planned(
        self, source: str, event: str
    ) -> tuple[PlanDefinition | None, PlannedEvent | None]:
        definitions = Definitions.of(self._house.catalog)
        plan = find_plan(definitions.plans, source)
        if plan is None:
            return None, None
        names = definitions.names(event)
        return plan, next((e for e in plan.events if definitions.names(e.event) & names), None)

    # ── what is worked out once for each version of the data ─────────────────────────────────────

    def _judge(self, today: dt.date) -> list[EventQuality]:
        aside: dict[tuple[str, str], list[AsideGroup]] = {}
        for source, group in SetAside(self._house).by_source():
            aside.setdefault((source, group.event), []).append(group)
        seen = self._seen()
        known = self._house.catalog.all(EventDefinition)
        # Of rows that could not be read it is not known which event they were.
        wanted = {*seen, *(k for k in aside if k[1] in known)}
        fresh = self._freshness()
        streaming = {i.source for i in self._house.sources.landed() if is_stream(i.shape)}
        out: list[EventQuality] = []
        for key in sorted(wanted):
            source, event = key
            freshness = fresh.get(key, Freshness(None, None, None))
            until = today
            if source not in streaming and freshness.received is not None:
                # After the last file came nobody knows what happened.
                zone = self._house.settings.time_zone
                until = min(today, clock.local(freshness.received, zone).date())
            groups = aside.get(key, [])
            plan, planned = self._planned(source, event)
            out.append(
                EventQuality(
                    source,
                    event,
                    seen[key].rows if key in seen else 0,
                    sum(g.count for g in groups if g.whole),
                    sum(g.count for g in groups if not g.whole),
                    _fill(seen.get(key)),
                    _recent(seen.get(key), today),
                    freshness,
                    tuple(_find_anomalies(seen.get(key), until, today)),
                    None if plan is None else plan.name,
                    planned is not None,
                )
            )
        return out

    def _freshness(self) -> dict[tuple[str, str], Freshness]:
        warehouse = self._house.warehouse
        if LOADS not in warehouse.tables():
            return {}
        self._house.cleaning.prepare()
        imports = {i.number: i for i in self._house.sources.landed()}
        loads = warehouse.read(LOADS, ["import_no", "received"]).to_pylist()
        received = {row["import_no"]: row["received"] for row in loads}
        out: dict[tuple[str, str], Freshness] = {}
        for event in self._house.catalog.all(EventDefinition):
            table = event_table(event)
            if not warehouse.count(table):
                continue
            columns = ["at", "import_no"]
            for row in newest(warehouse, table, columns, by="source").to_pylist():
                one = imports.get(row["import_no"])
                came = None if one is None else _came(one, received.get(one.number))
                lag = None if came is None else (came - row["at"]).total_seconds()
                out[row["source"], event] = Freshness(came, row["at"], lag)
        return out


def _came(one: Import, received: int | None) -> dt.datetime:
    """Return when an import came; of a day of a stream, its last message."""
    if received:
        return dt.datetime.fromtimestamp(received / 1_000_000, dt.UTC)
    return dt.datetime.fromisoformat(one.at)


def _fill(seen: EventSeen | None) -> float | None:
    if seen is None or not seen.rows:
        return None
    totals: dict[str, int] = {}
    for day in seen.days:
        for name, count in day.filled.items():
            totals[name] = totals.get(name, 0) + count
    shares = [count / seen.rows for count in totals.values() if count]
    return sum(shares) / len(shares) if shares else None


def _recent(seen: EventSeen | None, today: dt.date) -> tuple[tuple[dt.date, int], ...]:
    rows = {} if seen is None else {d.day: d.rows for d in seen.days}
    last = min(max(rows, default=today), today)
    days = [last - dt.timedelta(back) for back in range(RECENT - 1, -1, -1)]
    return tuple((day, rows.get(day, 0)) for day in days)


def _find_anomalies(seen: EventSeen | None, until: dt.date, today: dt.date) -> list[Anomaly]:
    if seen is None:
        return []
    days = {d.day: d.rows for d in seen.days}
    names = dict.fromkeys(n for d in seen.days for n, count in d.filled.items() if count)
    found = find_volume_anomalies(days, until)
    for name in names:
        filled = {d.day: d.filled.get(name, 0) for d in seen.days}
        found += find_null_anomalies(days, filled, name, until)
    since = min(until, today) - dt.timedelta(RECENT)
    return sorted((a for a in found if a.day >= since), key=lambda a: (a.day, a.property))
