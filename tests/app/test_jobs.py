"""Background jobs: asked for durably, watched, cancelled, and taken up again after a crash."""

from __future__ import annotations

import io
import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from qunxiang import clock
from qunxiang.app import House, Jobs, Worker
from qunxiang.app.jobs import JOBS
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER, caller_of

HEADER = "会员编号,姓名,手机号\n"
ROWS = HEADER + "".join(f"C{i},张三{i},1381234{i:04d}\n" for i in range(1_000))
ASKED = {"rows": "customers", "source": "crm"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "w") as opened:
        yield opened


@pytest.fixture
def jobs(house: House) -> Jobs:
    return Jobs(house)


def ask_import(jobs: Jobs, text: str = ROWS) -> int:
    with jobs.uploads.receive("crm.csv", io.BytesIO(text.encode())) as path:
        return jobs.ask("import", HOUSEHOLDER, ASKED, upload=path).number


def uploads(house: House) -> list[Path]:
    return [p for p in house.folder.glob("uploads/*/*") if p.is_file()]


def test_a_job_waits_runs_and_leaves_no_upload(house: House, jobs: Jobs) -> None:
    number = ask_import(jobs)
    assert jobs.get(number).status == "waiting"
    assert len(uploads(house)) == 1
    with Worker(house, jobs).running():
        done = jobs.wait(number, 60)
        refreshed = jobs.wait(jobs.ask("refresh", HOUSEHOLDER).number, 60)
    assert done.status == "done"
    assert done.result is not None
    assert done.result["landed"]["rows"] == 1_000
    assert refreshed.result is not None
    assert refreshed.result["people"] == 1_000
    assert uploads(house) == []


def test_the_same_file_again_changes_nothing(house: House, jobs: Jobs) -> None:
    first, second = ask_import(jobs), ask_import(jobs)
    worker = Worker(house, jobs)
    assert worker.run_next()
    assert worker.run_next()
    assert not worker.run_next()
    results = [jobs.get(n).result for n in (first, second)]
    assert [r and r["repeated"] for r in results] == [False, True]


def test_a_trial_changes_nothing(house: House, jobs: Jobs) -> None:
    with jobs.uploads.receive("crm.csv", io.BytesIO(ROWS.encode())) as path:
        number = jobs.ask("try_import", HOUSEHOLDER, ASKED, upload=path).number
    Worker(house, jobs).run_next()
    result = jobs.get(number).result
    assert result is not None
    assert result["trial"]["created"] == 1_000
    assert house.sources.all() == []


def test_a_failed_job_says_why_in_both_languages(house: House, jobs: Jobs) -> None:
    number = ask_import(jobs, "")
    Worker(house, jobs).run_next()
    failed = jobs.get(number)
    assert failed.status == "failed"
    assert failed.problem is not None
    assert failed.problem["zh"]["code"] == failed.problem["en"]["code"]
    assert failed.problem["zh"]["title"] != failed.problem["en"]["title"]
    assert uploads(house) == []


def test_a_waiting_job_is_cancelled_at_once(house: House, jobs: Jobs) -> None:
    number = ask_import(jobs)
    assert jobs.cancel(number, HOUSEHOLDER).status == "cancelled"
    assert uploads(house) == []
    assert not Worker(house, jobs).run_next()
    assert house.sources.all() == []


def test_a_running_job_tells_how_fast_it_is(house: House, jobs: Jobs) -> None:
    number = ask_import(jobs)
    assert (jobs.get(number).rate(), jobs.get(number).left_seconds()) == (None, None)
    began = (clock.now() - timedelta(seconds=10)).isoformat()
    told = {"status": "running", "rows": 500, "total": 1_500, "step_began": began}
    with house.state.writing() as connection:
        connection.execute(JOBS.update().values(**told))
    running = jobs.get(number)
    assert running.rate() == pytest.approx(50, rel=0.05)
    assert running.left_seconds() == pytest.approx(20, rel=0.05)
    with house.state.writing() as connection:
        connection.execute(JOBS.update().values(total=None))
    assert jobs.get(number).left_seconds() is None


def test_a_refresh_knows_how_many_rows_it_will_clean(house: House, jobs: Jobs) -> None:
    ask_import(jobs)
    jobs.ask("refresh", HOUSEHOLDER)
    state = sqlite3.connect(house.folder / "state.db")
    state.execute("CREATE TABLE told (step, total)")
    note = "BEGIN INSERT INTO told VALUES (NEW.step, NEW.total); END"
    state.execute(f"CREATE TRIGGER tell AFTER UPDATE OF step ON jobs {note}")
    state.commit()
    worker = Worker(house, jobs)
    while worker.run_next():
        pass
    told = state.execute("SELECT DISTINCT step, total FROM told").fetchall()
    assert told[:3] == [("rows", 1_000), ("clean", 1_000), ("identity", None)]
    state.close()


def test_a_running_job_is_cancelled_where_it_stands(house: House, jobs: Jobs) -> None:
    number = ask_import(jobs)
    # As if the wish had come between its start and the first time it tells how far it is.
    with house.state.writing() as connection:
        connection.execute(JOBS.update().values(cancelling=True))
    Worker(house, jobs).run_next()
    assert jobs.get(number).status == "cancelled"
    assert uploads(house) == []
    assert [i.status for i in house.sources.all()] == ["cancelled"]
    again = ask_import(jobs)
    Worker(house, jobs).run_next()
    assert jobs.get(again).status == "done"


def test_a_job_cut_off_by_a_crash_is_taken_up_again(house: House, jobs: Jobs) -> None:
    number = ask_import(jobs)
    with house.state.writing() as connection:
        connection.execute(JOBS.update().values(status="running", attempts=1))
    orphan = house.folder / "uploads" / "torn" / "half.csv"
    orphan.parent.mkdir()
    orphan.write_text("half")
    with Worker(house, jobs).running():
        assert jobs.wait(number, 60).status == "done"
    assert not orphan.exists()


def test_a_job_that_never_survives_is_given_up(house: House, jobs: Jobs) -> None:
    number = ask_import(jobs)
    with house.state.writing() as connection:
        connection.execute(JOBS.update().values(status="running", attempts=3))
    Worker(house, jobs).recover()
    given_up = jobs.get(number)
    assert given_up.status == "failed"
    assert given_up.problem is not None
    assert given_up.problem["en"]["code"] == "app.job_given_up"
    assert uploads(house) == []


def test_a_job_waits_for_whoever_is_changing_the_workspace(house: House, jobs: Jobs) -> None:
    number = ask_import(jobs)
    with House(house.folder) as other, other.exclusive():
        assert Worker(house, jobs).run_next()
        assert jobs.get(number).status == "waiting"
    Worker(house, jobs).run_next()
    assert jobs.get(number).status == "done"


def test_the_worker_outlives_a_state_store_that_cannot_be_written(
    house: House, jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    state = sqlite3.connect(house.folder / "state.db")
    state.execute("CREATE TRIGGER full BEFORE UPDATE ON jobs BEGIN SELECT RAISE(FAIL, 'full'); END")
    state.commit()
    number = ask_import(jobs)
    with Worker(house, jobs).running():
        assert jobs.wait(number, 0.5).status == "waiting"
        state.execute("DROP TRIGGER full")
        state.commit()
        assert jobs.wait(number, 60).status == "done"
    assert "cannot be used" in caplog.text
    state.close()


def test_an_error_of_ours_ends_the_job_and_quotes_no_row(
    house: House, jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    with jobs.uploads.receive("crm.csv", io.BytesIO(ROWS.encode())) as path:
        number = jobs.ask("import", HOUSEHOLDER, {"source": "crm"}, upload=path).number
    Worker(house, jobs).run_next()
    failed = jobs.get(number)
    assert failed.problem is not None
    assert failed.problem["en"]["code"] == "app.job_broken"
    assert failed.problem["en"]["title"].endswith("KeyError")
    assert "KeyError" in caplog.text


def test_rights_are_asked_for_at_the_door(jobs: Jobs) -> None:
    viewer = caller_of("看客", "viewer")
    with pytest.raises(QunxiangError, match=r"right|allowed") as caught:
        jobs.ask("refresh", viewer)
    assert caught.value.code == "governance.not_allowed"
    number = jobs.ask("refresh", HOUSEHOLDER).number
    with pytest.raises(QunxiangError) as caught:
        jobs.cancel(number, viewer)
    assert caught.value.code == "governance.not_allowed"
    with pytest.raises(QunxiangError) as caught:
        jobs.get(99)
    assert caught.value.code == "app.no_job"


def test_stopping_leaves_the_rest_for_the_next_start(house: House, jobs: Jobs) -> None:
    numbers = [ask_import(jobs, ROWS.replace("C", f"K{i}-")) for i in range(5)]
    with Worker(house, jobs).running():
        jobs.wait(numbers[0], 60)
    assert "worker" not in {t.name for t in threading.enumerate()}
    with Worker(house, jobs).running():
        ended = [jobs.wait(n, 60).status for n in numbers]
    assert ended == ["done"] * 5
    assert sorted(i.status for i in house.sources.all()).count("landed") == 5
