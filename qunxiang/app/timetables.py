"""When something is to run: a cron expression in a time zone, and what happens to times that were missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import Field, field_validator, model_validator

from qunxiang.catalog import Definition

REFRESH = "refresh"
CatchUp = Literal["skip", "once", "all"]
Overlap = Literal["skip", "wait"]
# What is due is asked for within seconds; what is later than this was missed.
GRACE = timedelta(minutes=10)


class ScheduleDefinition(Definition):
    """Something that runs by itself.

    Args:
        runs: the name of a connector, or `refresh`.
        cron: minute, hour, day, month and weekday, as in `30 2 * * *`.
        zone: the time zone the expression is read in; the workspace's if not given.
        catch_up: of times that passed while nothing was running: none is made up for (`skip`), the
            newest alone (`once`), or each of them (`all`).
        overlap: whether a time at which the last run is still under way is left out (`skip`) or
            waits for it (`wait`).
        then_refresh: whether a pull that brought something is followed by a refresh.
        enabled: whether it runs at all.
    """

    kind_zh: ClassVar[str] = "定时任务"

    runs: str
    cron: str = Field(max_length=200)
    zone: str | None = None
    catch_up: CatchUp = "once"
    overlap: Overlap = "skip"
    then_refresh: bool = False
    enabled: bool = True

    @field_validator("cron")
    @classmethod
    def _is_cron(cls, value: str) -> str:
        try:
            next(CronSim(value, datetime(2024, 1, 1, tzinfo=UTC)))
        except (CronSimError, StopIteration) as error:
            message = f"not a cron expression that ever comes true: {value} ({error})"
            raise ValueError(message) from error
        return value

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            message = f"no such time zone: {value}"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _can_catch_up(self) -> ScheduleDefinition:
        if self.catch_up == "all" and self.overlap == "skip":
            message = "to make up for all, runs must wait for each other: overlap = wait"
            raise ValueError(message)
        return self


def list_times(
    schedule: ScheduleDefinition, after: datetime, zone: str, count: int
) -> list[datetime]:
    """Return the first times after an instant, in UTC.

    Where clocks are put forward, a time that is left out comes an hour later; where they are put
    back, a time of day that comes twice counts once.
    """
    return list(islice(_times(schedule, after, zone, backwards=False), count))


def last_time(schedule: ScheduleDefinition, until: datetime, zone: str) -> datetime | None:
    """Return the last time at or before an instant, None if there never was one."""
    after = until + timedelta(seconds=1)
    return next(_times(schedule, after, zone, backwards=True), None)


def _times(
    schedule: ScheduleDefinition, begin: datetime, zone: str, *, backwards: bool
) -> Iterator[datetime]:
    local = begin.astimezone(ZoneInfo(schedule.zone or zone))
    for moment in CronSim(schedule.cron, local, reverse=backwards):
        yield moment.astimezone(UTC)
