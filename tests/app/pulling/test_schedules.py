"""Schedules: each time is asked for once, over changes of the clock, starts and long runs."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from qunxiang import clock
from qunxiang.app import House, Jobs, ScheduleDefinition, Schedules, Worker, list_times
from qunxiang.app import save_definition as save
from qunxiang.app.tables import JOBS
from qunxiang.catalog import read_definition
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from tests.app.company import VIEWER, refresh
from tests.app.pulling.conftest import Shop, add, customer, customers

BEGIN = dt.datetime(2026, 5, 1, 1, 30, tzinfo=dt.UTC)  # 09:30 in Shanghai
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """The clock, to be turned."""
    told = [BEGIN]
    monkeypatch.setattr(clock, "now", lambda: told[0])
    return told


@pytest.fixture
def jobs(house: House) -> Jobs:
    return Jobs(house)


def plan(house: House, **changes: Any) -> ScheduleDefinition:
    body = {"name": "hourly", "runs": "refresh", "cron": "0 * * * *"} | changes
    definition = read_definition(ScheduleDefinition, body)
    save(house, HOUSEHOLDER, definition)
    return definition


def fates(house: House, jobs: Jobs, name: str = "hourly") -> list[str]:
    return [r.fate for r in reversed(Schedules(house, jobs).runs(name))]


def end_all(house: House) -> None:
    with house.state.writing() as connection:
        connection.execute(update(JOBS).values(status="done"))


def test_each_time_is_asked_for_once(house: House, jobs: Jobs, now: list[dt.datetime]) -> None:
    plan(house)
    schedules = Schedules(house, jobs)
    assert schedules.tick(BEGIN) == []
    ten = BEGIN + HOUR / 2
    first = schedules.tick(ten + dt.timedelta(seconds=3))
    assert [jobs.get(n).what for n in first] == ["refresh"]
    assert schedules.tick(ten + dt.timedelta(seconds=8)) == []
    assert schedules.tick(ten - HOUR) == []  # the clock was put back
    end_all(house)
    assert len(schedules.tick(ten + HOUR)) == 1
    assert fates(house, jobs) == ["asked", "asked"]
    # Another process that looks at the same moment asks for nothing.
    assert Schedules(house, Jobs(house)).tick(ten + HOUR) == []


@pytest.mark.parametrize(
    ("catch_up", "overlap", "told"),
    [
        ("skip", "skip", ["missed"]),
        ("once", "skip", ["asked"]),
        ("all", "wait", ["asked"] * 5),
    ],
)
def test_times_that_were_missed(
    house: House,
    jobs: Jobs,
    now: list[dt.datetime],
    catch_up: str,
    overlap: str,
    told: list[str],
) -> None:
    plan(house, catch_up=catch_up, overlap=overlap)
    late = BEGIN + 5 * HOUR  # nothing ran at 10, 11, 12, 13 and 14; it is 14:30
    asked = Schedules(house, jobs).tick(late)
    assert fates(house, jobs) == told
    assert len(asked) == told.count("asked")
    assert Schedules(house, jobs).tick(late) == []


@pytest.mark.parametrize(
    ("overlap", "told"), [("skip", ["asked", "overlapped"]), ("wait", ["asked", "asked"])]
)
def test_a_run_that_is_still_under_way(
    house: House, jobs: Jobs, now: list[dt.datetime], overlap: str, told: list[str]
) -> None:
    plan(house, overlap=overlap)
    schedules = Schedules(house, jobs)
    schedules.tick(BEGIN + HOUR)
    schedules.tick(BEGIN + 2 * HOUR)
    assert fates(house, jobs) == told


def test_a_change_begins_anew(house: House, jobs: Jobs, now: list[dt.datetime]) -> None:
    plan(house, enabled=False)
    assert Schedules(house, jobs).tick(BEGIN + 48 * HOUR) == []
    now[0] = BEGIN + 48 * HOUR
    plan(house)
    assert Schedules(house, jobs).tick(now[0]) == []
    assert len(Schedules(house, jobs).tick(now[0] + HOUR)) == 1


def test_noting_a_time_and_asking_are_one(
    house: House, jobs: Jobs, now: list[dt.datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(house)
    schedules = Schedules(house, jobs)
    note = jobs.note

    def note_and_break(*told: Any, **named: Any) -> int:
        note(*told, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "note", note_and_break)
    with pytest.raises(KeyboardInterrupt):
        schedules.tick(BEGIN + HOUR)
    monkeypatch.undo()
    assert jobs.newest() == []
    assert len(Schedules(house, jobs).tick(BEGIN + HOUR)) == 1


@pytest.mark.parametrize(
    ("cron", "zone", "begin", "told"),
    [
        # Put forward at 02:00 on 2026-03-29: 02:30 is left out, and comes once all the same.
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00+01:00", ["2026-03-29T01:00", "2026-03-30T00:30"]),
        # Put back at 03:00 on 2026-10-25: 02:30 comes twice, and counts once.
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00+02:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("0 9 * * 1", "Asia/Shanghai", "2026-05-01T00:00+08:00", ["2026-05-04T01:00", "2026-05-11T01:00"]),
        ("0 0 29 2 *", "Asia/Shanghai", "2026-05-01T00:00+08:00", ["2028-02-28T16:00", "2032-02-28T16:00"]),
    ],
)  # fmt: skip
def test_times_in_their_zone(cron: str, zone: str, begin: str, told: list[str]) -> None:
    schedule = ScheduleDefinition(name="s", runs="refresh", cron=cron, zone=zone)
    found = list_times(schedule, dt.datetime.fromisoformat(begin), "UTC", 2)
    assert [t.strftime("%Y-%m-%dT%H:%M") for t in found] == told


@pytest.mark.parametrize("cron", ["", "* * * *", "61 * * * *", "0 0 30 2 *", "x * * * *"])
def test_what_is_no_cron_expression_is_refused(house: House, cron: str) -> None:
    with pytest.raises(QunxiangError) as caught:
        plan(house, cron=cron)
    assert caught.value.code == "catalog.invalid"


def test_what_a_schedule_names_must_be_there(house: House) -> None:
    for changes in ({"runs": "nothing"}, {"zone": "Mars/Base"}, {"catch_up": "all"}):
        with pytest.raises(QunxiangError) as caught:
            plan(house, **changes)
        assert caught.value.code in {"catalog.not_found", "catalog.invalid"}
    with pytest.raises(QunxiangError) as caught:
        save(house, VIEWER, ScheduleDefinition(name="s", runs="refresh", cron="0 * * * *"))
    assert caught.value.code == "governance.not_allowed"


def test_the_next_five_are_told(house: House, jobs: Jobs, now: list[dt.datetime]) -> None:
    plan(house)
    state = Schedules(house, jobs).states()[0]
    assert [t.hour for t in state.next] == [2, 3, 4, 5, 6]
    assert (state.zone, state.last) == ("Asia/Shanghai", None)


def test_a_scheduled_pull_lands_and_refreshes(
    house: House, shop: Shop, jobs: Jobs, now: list[dt.datetime]
) -> None:
    add(house)
    shop.put(customer(1), customer(2))
    plan(house, name="pulls", runs="shop", then_refresh=True)
    (number,) = Schedules(house, jobs).tick(BEGIN + HOUR)
    worker = Worker(house, jobs)
    while worker.run_next():
        pass
    done = jobs.get(number)
    assert (done.status, done.author) == ("done", "schedule pulls")
    assert done.result is not None
    assert [one["rows"] for one in done.result["landed"]] == [2]
    assert done.result["refresh"]["people"] == 2
    assert customers(house) == shop.truth()


def test_a_watched_folder_without_files_makes_no_job(
    house: House, jobs: Jobs, now: list[dt.datetime]
) -> None:
    folder = house.folder / "inbox" / "drop"
    folder.mkdir()
    reads = {"type": "folder", "path": "drop", "pattern": "*.csv", "settle_seconds": 0}
    add(house, name="drop", reads=reads, cursor=None, key=None)
    plan(house, runs="drop")
    assert Schedules(house, jobs).tick(BEGIN + HOUR) == []
    (folder / "a.csv").write_text("姓名,手机号\n张三,13812345678\n", encoding="utf-8")
    assert len(Schedules(house, jobs).tick(BEGIN + 2 * HOUR)) == 1
    assert fates(house, jobs) == ["nothing", "asked"]


def test_old_runs_are_forgotten(
    house: House, jobs: Jobs, now: list[dt.datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qunxiang.app.schedules._KEPT", 3)
    plan(house, cron="* * * * *")
    schedules = Schedules(house, jobs)
    for minute in range(1, 9):
        schedules.tick(BEGIN + dt.timedelta(minutes=minute))
        end_all(house)
    assert len(schedules.runs("hourly", 100)) == 3
    assert jobs.newest()[0].what == "refresh"


def test_the_clock_is_looked_at_while_jobs_are_done(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qunxiang.app.schedules._TICK_SECONDS", 0.05)
    jobs = Jobs(house)
    plan(house, cron="0 0 1 1 *", catch_up="once")
    year = clock.now() + dt.timedelta(days=400)
    monkeypatch.setattr(clock, "now", lambda: year)
    with Worker(house, jobs).running():
        until = time.monotonic() + 30
        while not jobs.newest() and time.monotonic() < until:
            time.sleep(0.02)
        assert jobs.wait(jobs.newest()[0].number, 30).status == "done"


def test_a_definition_in_use_is_kept(house: House, shop: Shop, tmp_path: Path) -> None:
    from qunxiang.app import retire_definition  # noqa: PLC0415

    definition = add(house)
    plan(house, runs="shop")
    with pytest.raises(QunxiangError) as caught:
        retire_definition(house, HOUSEHOLDER, definition)
    assert caught.value.code == "app.definition_in_use"
    refresh(house)
