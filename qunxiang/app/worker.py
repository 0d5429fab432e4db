"""The worker: runs the jobs that wait, one at a time, oldest first.

A job that a crash cut off runs again at the next start, which is safe: imports know files they have
landed, and stages those they have finished.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.imports import Imports, Outcome
from qunxiang.app.jobs import ENDED, Jobs
from qunxiang.app.pulls import PullDone, Pulls
from qunxiang.app.refresh import Refresh, RefreshDone, rebuild
from qunxiang.app.schedules import Schedules
from qunxiang.app.tables import JOBS
from qunxiang.catalog import read_definition
from qunxiang.cleaning import Trial
from qunxiang.errors import Cancelled, Lang, QunxiangError
from qunxiang.governance import Caller
from qunxiang.sources import MappingDefinition, ShapeOverrides

_ATTEMPTS = 3
_TELL_SECONDS = 0.5
_BUSY_SECONDS = 1.0
_BEAT_SECONDS = 5.0
_AGAIN: Mapping[str, Any] = {"status": "waiting", "attempts": JOBS.c.attempts - 1}
_LOG = logging.getLogger(__name__)

# Does what a job asks for, by the rights of whoever asked, and returns what came of it.
Work = Callable[[Caller, Mapping[str, Any], "Watch"], dict[str, Any]]


class Worker:
    """Runs the jobs of one workspace; there may be only one of it.

    Attributes:
        beat: when it last showed that it works.
        job: the number of the job it is at.
    """

    def __init__(self, house: House, jobs: Jobs, further: Mapping[str, Work] | None = None) -> None:
        """Remember where to work.

        Args:
            house: the workspace.
            jobs: where jobs are asked for.
            further: work that rooms beside the house do, by the word it is asked for with.
        """
        self._house = house
        self._jobs = jobs
        self._further = further or {}
        self._leaving = threading.Event()
        self._thread: threading.Thread | None = None
        self.beat: datetime | None = None
        self.job: int | None = None

    @property
    def alive(self) -> bool:
        """Whether it is at work, or waits for some."""
        return self._thread is not None and self._thread.is_alive()

    @contextmanager
    def running(self) -> Generator[None]:
        """Run jobs in a thread of its own for as long as the context is open."""
        self._leaving.clear()
        self._jobs.sweep_all()
        self._thread = thread = threading.Thread(target=self._work, name="worker", daemon=True)
        thread.start()
        try:
            with Schedules(self._house, self._jobs).ticking():
                yield
        finally:
            self._leaving.set()
            self._jobs.arrived.set()
            thread.join()

    def recover(self) -> None:
        """Let jobs that were cut off wait again; those cut off too often are given up."""
        running = JOBS.c.status == "running"
        worn = running & (JOBS.c.attempts >= _ATTEMPTS)
        given_up = _problem(QunxiangError("app.job_given_up", attempts=_ATTEMPTS))
        with self._house.state.writing() as connection:
            connection.execute(
                update(JOBS).where(worn).values(status="failed", problem=given_up, ended=_now())
            )
            connection.execute(update(JOBS).where(running).values(status="waiting"))
        self._jobs.sweep()

    def _work(self) -> None:
        while not self._leaving.is_set():
            self._jobs.arrived.clear()
            self._live()
            try:
                self.recover()
                while not self._leaving.is_set() and self.run_next():
                    pass
            except SQLAlchemyError:
                # The state store cannot be written, as when the disk is full: jobs wait until it can.
                _LOG.exception("jobs wait: the state store cannot be used")
                self._leaving.wait(_BUSY_SECONDS)
                continue
            while not self._jobs.arrived.wait(_BEAT_SECONDS):
                self._live()

    def _live(self) -> None:
        self.beat = clock.now()

    def run_next(self) -> bool:
        """Run the oldest waiting job; say whether there was one."""
        with self._house.state.writing() as connection:
            query = select(JOBS.c.number).where(JOBS.c.status == "waiting")
            first = connection.execute(query.order_by(JOBS.c.number).limit(1)).scalar()
            if first is None:
                return False
            connection.execute(
                update(JOBS)
                .where(JOBS.c.number == first)
                .values(status="running", attempts=JOBS.c.attempts + 1, began=_now())
            )
        self.job = first
        try:
            self._end(first, self._run(first))
        finally:
            self.job = None
        return True

    def _run(self, number: int) -> Mapping[str, Any]:
        """Do a job's work; return how it ends."""
        watch = Watch(self._house, number, self._leaving, self._live)
        try:
            result = self._do(number, watch)
        except Cancelled:
            # Leaving is not the asker's wish: the job is taken up again at the next start.
            return _AGAIN if self._leaving.is_set() else {"status": "cancelled"}
        except QunxiangError as error:
            if error.code == "app.busy":
                self._leaving.wait(_BUSY_SECONDS)
                return _AGAIN
            return {"status": "failed", "problem": _problem(error)}
        except Exception as error:  # noqa: BLE001 the thread goes on to the next job; the asker is told
            # What an error says may quote a row; that is for the log of the server, not for readers.
            _LOG.exception("job %s stopped at an error of ours", number)
            broken = QunxiangError("app.job_broken", reason=type(error).__name__)
            return {"status": "failed", "problem": _problem(broken)}
        return {"status": "done", "result": result}

    def _end(self, number: int, how: Mapping[str, Any]) -> None:
        ended = {"ended": _now()} if how["status"] in ENDED else {}
        with self._house.state.writing() as connection:
            connection.execute(update(JOBS).where(JOBS.c.number == number).values(**how, **ended))
        self._jobs.sweep()

    def _do(self, number: int, watch: Watch) -> dict[str, Any]:
        with self._house.state.reading() as connection:
            row = connection.execute(select(JOBS).where(JOBS.c.number == number)).mappings().one()
        caller = Caller(row["author"], frozenset(row["scopes"]))
        asked, what = row["asked"], row["what"]
        if what in self._further:
            return self._further[what](caller, asked, watch)
        if what in {"refresh", "rebuild"}:
            return self._refresh(asked, watch, anew=what == "rebuild")
        if what == "pull":
            return self._pull(caller, asked, watch)
        path, imports = self._house.folder / row["upload"], Imports(self._house)
        progress: Callable[[int], None] = lambda rows: watch.tell("rows", rows)  # noqa: E731
        if what == "mend":
            return tell_outcome(imports.mend(path, caller, progress=progress))
        told, known = asked.get("mapping"), asked.get("overrides")
        mapping = None if told is None else read_definition(MappingDefinition, told)
        overrides = None if known is None else ShapeOverrides.model_validate(known)
        source = asked.get("source")
        look = imports.look(
            path, asked["rows"], source=source, overrides=overrides, mapping=mapping
        )
        watch.expect("rows", imports.estimate(path, look)[0])
        if what == "import":
            return tell_outcome(imports.bring(path, look, caller, progress=progress))
        outcome = imports.try_out(path, look, progress=progress)
        if outcome.trial is not None and (upload := asked.get("upload")) is not None:
            self._jobs.uploads.note_examples(upload, number, outcome.trial.examples)
        return tell_outcome(outcome)

    def _pull(self, caller: Caller, asked: Mapping[str, Any], watch: Watch) -> dict[str, Any]:
        anew = bool(asked.get("anew"))
        done = Pulls(self._house).pull(asked["connector"], caller, anew=anew, tell=watch.tell)
        refreshed = None
        if asked.get("then_refresh") and done.changed:
            caller.require("refresh")
            refreshed = self._refresh({}, watch, anew=False)
        return tell_pull(done) | {"refresh": refreshed}

    def _refresh(self, asked: Mapping[str, Any], watch: Watch, *, anew: bool) -> dict[str, Any]:
        as_of = datetime.fromisoformat(asked["as_of"]) if asked.get("as_of") else None
        arriving = self._house.sources.landed() if anew else self._house.cleaning.pending()[0]
        watch.expect("clean", sum(i.rows + i.bad_rows for i in arriving))
        if anew:
            return tell_refresh(rebuild(self._house, as_of, watch.tell))
        return tell_refresh(Refresh(self._house, as_of, watch.tell).run())


class Watch:
    """Notes how far a job is, and ends it where it was cancelled."""

    def __init__(
        self,
        house: House,
        number: int,
        leaving: threading.Event,
        live: Callable[[], None] = lambda: None,
    ) -> None:
        self._house = house
        self._number = number
        self._leaving = leaving
        self._live = live
        self._totals: dict[str, int] = {}
        self._step, self._rows = "", 0
        self._told = float("-inf")

    def expect(self, step: str, total: int | None) -> None:
        """Note how many rows a step to come has, if that is known."""
        if total is not None:
            self._totals[step] = total

    def tell(self, step: str, rows: int) -> None:
        """Note further rows of a step; at most every half second it is written down.

        Raises:
            Cancelled: where the job is to stop.
        """
        self._live()
        self._rows = self._rows + rows if step == self._step else rows
        changed, self._step = step != self._step, step
        now = time.monotonic()
        if not changed and now - self._told < _TELL_SECONDS:
            return
        self._told = now
        mine = JOBS.c.number == self._number
        total = self._totals.get(step)
        values = {
            "step": step,
            "rows": self._rows,
            "total": None if total is None else max(total, self._rows),
        } | ({"step_began": _now()} if changed else {})
        with self._house.state.writing() as connection:
            connection.execute(update(JOBS).where(mine).values(**values))
            cancelling = connection.execute(select(JOBS.c.cancelling).where(mine)).scalar_one()
        if cancelling or self._leaving.is_set():
            raise Cancelled


def tell_outcome(outcome: Outcome) -> dict[str, Any]:
    """Return an import's outcome as it is kept and sent."""
    return {
        "file": outcome.file,
        "rows": outcome.rows,
        "number": outcome.number,
        "repeated": outcome.repeated,
        "mapping": outcome.mapping.model_dump(mode="json"),
        "trial": None if outcome.trial is None else _tell_trial(outcome.trial),
        "landed": None if outcome.landed is None else asdict(outcome.landed),
    }


def tell_pull(done: PullDone) -> dict[str, Any]:
    """Return a pull as it is kept and sent."""
    return {
        "connector": done.connector,
        "met": done.met,
        "landed": [asdict(o.landed) for o in done.outcomes if o.landed is not None],
        "gone": done.gone,
        "withdrawn": done.withdrawn,
    }


def _tell_trial(trial: Trial) -> dict[str, Any]:
    """Return a trial as it is kept: of its examples the places alone, since values are personal."""
    told = asdict(trial)
    return told | {"examples": [e | {"value": None} for e in told["examples"]]}


def tell_refresh(done: RefreshDone) -> dict[str, Any]:
    """Return a refresh as it is kept and sent."""
    return {
        "as_of": done.as_of.isoformat(),
        "people": done.people,
        "stages": [asdict(s) for s in done.stages],
        "audiences": [asdict(a) for a in done.audiences],
    }


def _problem(error: QunxiangError) -> dict[Lang, dict[str, Any]]:
    return {lang: error.problem(lang) for lang in get_args(Lang)}


def _now() -> str:
    return clock.now().isoformat()
