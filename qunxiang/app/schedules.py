"""What runs by itself: asks for jobs when their time has come, each time once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.jobs import ENDED, Jobs, What
from qunxiang.app.pulls import Pulls
from qunxiang.app.tables import JOBS, SCHEDULE_RUNS
from qunxiang.app.timetables import GRACE, REFRESH, ScheduleDefinition, last_time, list_times
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.sources import ConnectorDefinition

_TICK_SECONDS = 5.0
_AT_ONCE = 100  # times made up for in one go
_KEPT = 500  # runs that are remembered of each schedule
_NEXT = 5
_LOG = logging.getLogger(__name__)

# What became of a time: a job, or nothing for one of these reasons.
Fate = Literal["asked", "missed", "overlapped", "nothing"]


@dataclass(frozen=True)
class ScheduleRun:
    """A time that came: what became of it, and the number of its job."""

    due: str
    fate: Fate
    job: int | None


@dataclass(frozen=True)
class ScheduleState:
    """A schedule, its last run, and when it runs next."""

    definition: ScheduleDefinition
    zone: str
    last: ScheduleRun | None
    next: tuple[datetime, ...]


class Schedules:
    """The schedules of a workspace."""

    def __init__(self, house: House, jobs: Jobs) -> None:
        self._house = house
        self._jobs = jobs

    def states(self) -> list[ScheduleState]:
        """Return every schedule with its last run and its next five."""
        zone, now = self._house.settings.time_zone, clock.now()
        out: list[ScheduleState] = []
        for one in self._house.catalog.all(ScheduleDefinition).values():
            coming = list_times(one, now, zone, _NEXT) if one.enabled else []
            runs = self.runs(one.name, 1)
            last = runs[0] if runs else None
            out.append(ScheduleState(one, one.zone or zone, last, tuple(coming)))
        return out

    def runs(self, name: str, limit: int = 20) -> list[ScheduleRun]:
        """Return the last times that came of a schedule, newest first."""
        table = SCHEDULE_RUNS.c
        query = select(table.due, table.fate, table.job).where(table.schedule == name)
        with self._house.state.reading() as connection:
            rows = connection.execute(query.order_by(table.due.desc()).limit(limit)).mappings()
            return [ScheduleRun(**row) for row in rows]

    # ── as time goes by ──────────────────────────────────────────────────────────────────────────

    @contextmanager
    def ticking(self) -> Generator[None]:
        """Look at the clock every few seconds for as long as the context is open."""
        leaving = threading.Event()
        thread = threading.Thread(target=self._tick_on, args=(leaving,), name="clock", daemon=True)
        thread.start()
        try:
            yield
        finally:
            leaving.set()
            thread.join()

    def _tick_on(self, leaving: threading.Event) -> None:
        while not leaving.wait(_TICK_SECONDS):
            try:
                self.tick(clock.now())
            except (SQLAlchemyError, QunxiangError):
                _LOG.exception("schedules wait: the clock will be looked at again")

    def tick(self, now: datetime) -> list[int]:
        """Ask for what is due by now and was not asked for; return the numbers of the jobs."""
        asked: list[int] = []
        for name, stored in self._house.catalog.newest(ScheduleDefinition).items():
            if stored.status != "active":
                continue
            schedule = ScheduleDefinition.model_validate(stored.body)
            if schedule.enabled:
                # What was changed begins anew: nothing from before is made up for.
                begins = max(datetime.fromisoformat(stored.at), self._last(name) or _NEVER)
                asked.extend(self._tick_one(schedule, begins, now))
        if asked:
            self._jobs.arrived.set()
        return asked

    def _tick_one(self, schedule: ScheduleDefinition, after: datetime, now: datetime) -> list[int]:
        zone = self._house.settings.time_zone
        newest = last_time(schedule, now, zone)
        if newest is None or newest <= after:
            return []
        times = [newest]
        if schedule.catch_up == "all":
            times = [t for t in list_times(schedule, after, zone, _AT_ONCE) if t <= now]
        jobs = [self._note(schedule, due, now) for due in times]
        return [j for j in jobs if j is not None]

    def _last(self, name: str) -> datetime | None:
        table = SCHEDULE_RUNS.c
        with self._house.state.reading() as connection:
            query = select(func.max(table.due)).where(table.schedule == name)
            due = connection.execute(query).scalar()
        return None if due is None else datetime.fromisoformat(due)

    def _note(self, schedule: ScheduleDefinition, due: datetime, now: datetime) -> int | None:
        """Note a time and ask for its job, both in one transaction; each time is noted once."""
        fate = self._fate(schedule, due, now)
        what: What = "refresh" if schedule.runs == REFRESH else "pull"
        caller = Caller(f"schedule {schedule.name}", frozenset({"import", "refresh"}))
        row: dict[str, Any] = {
            "schedule": schedule.name,
            "due": due.isoformat(),
            "fate": fate,
            "job": None,
            "at": now.isoformat(),
        }
        try:
            with self._house.state.writing() as connection:
                if fate == "asked":
                    asked = {} if what == "refresh" else _asked(schedule)
                    row["job"] = self._jobs.note(connection, what, caller, asked)
                connection.execute(insert(SCHEDULE_RUNS).values(**row))
        except IntegrityError:
            return None  # another process noted it first
        self._forget(schedule.name)
        return row["job"]

    def _fate(self, schedule: ScheduleDefinition, due: datetime, now: datetime) -> Fate:
        if schedule.catch_up == "skip" and now - due > GRACE:
            return "missed"
        if schedule.overlap == "skip" and self._is_under_way(schedule.name):
            return "overlapped"
        return "asked" if self._has_work(schedule) else "nothing"

    def _is_under_way(self, name: str) -> bool:
        ours = SCHEDULE_RUNS.c.job == JOBS.c.number
        query = select(func.count()).select_from(SCHEDULE_RUNS.join(JOBS, ours))
        mine = (SCHEDULE_RUNS.c.schedule == name) & JOBS.c.status.not_in(ENDED)
        with self._house.state.reading() as connection:
            return bool(connection.execute(query.where(mine)).scalar())

    def _has_work(self, schedule: ScheduleDefinition) -> bool:
        """Say whether a job would find anything: a watched folder without a file is no job."""
        if schedule.runs == REFRESH:
            return True
        connector = self._house.catalog.all(ConnectorDefinition).get(schedule.runs)
        return connector is None or Pulls(self._house).has_files(connector)

    def _forget(self, name: str) -> None:
        runs, table = self.runs(name, _KEPT + 1), SCHEDULE_RUNS.c
        if len(runs) <= _KEPT:
            return
        with self._house.state.writing() as connection:
            old = (table.schedule == name) & (table.due < runs[_KEPT - 1].due)
            connection.execute(delete(SCHEDULE_RUNS).where(old))


_NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def _asked(schedule: ScheduleDefinition) -> dict[str, Any]:
    return {"connector": schedule.runs, "then_refresh": schedule.then_refresh}
