"""Background jobs: long work that somebody asks for, watches and may cancel.

What was asked is durable before it is acknowledged; `worker` does it.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.tables import JOBS
from qunxiang.app.uploads import Uploads
from qunxiang.errors import Lang, QunxiangError
from qunxiang.governance import Caller, Scope

What = Literal[
    "import", "try_import", "mend", "pull", "refresh", "rebuild", "samples", "remove_samples"
]
NEEDS: dict[What, Scope] = {
    "import": "import",
    "try_import": "import",
    "mend": "import",
    "pull": "import",
    "refresh": "refresh",
    "rebuild": "refresh",
    "samples": "import",
    "remove_samples": "import",
}
_OF_A_FILE = frozenset({"import", "try_import", "mend"})
ENDED = frozenset({"done", "failed", "cancelled"})
_AGAIN = frozenset({"failed", "cancelled"})


@dataclass(frozen=True)
class Job:
    """A job as the state store notes it.

    Attributes:
        step: what it is doing, since `step_began`; `rows` how many rows it has done of that, of
            `total` if that is known.
        retried: the number of the job that does it again.
        result: what came of it, once done.
        problem: per language, why it failed.
    """

    number: int
    what: What
    status: str
    asked: dict[str, Any]
    author: str
    cancelling: bool
    step: str
    rows: int
    total: int | None
    step_began: str | None
    retried: int | None
    result: dict[str, Any] | None
    problem: dict[Lang, dict[str, Any]] | None
    at: str
    began: str | None
    ended: str | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ENDED

    def rate(self) -> float | None:
        """Return how many rows a second it does now, None if it does none that are counted."""
        if self.status != "running" or self.step_began is None or not self.rows:
            return None
        seconds = (clock.now() - datetime.fromisoformat(self.step_began)).total_seconds()
        return self.rows / seconds if seconds > 0 else None

    def left_seconds(self) -> float | None:
        """Return how long the step it is at will still take, None where that cannot be known."""
        rate = self.rate()
        return (self.total - self.rows) / rate if rate and self.total is not None else None

    def needs_file(self) -> bool:
        """Say whether it reads a file that was sent."""
        return self.what in _OF_A_FILE


_SHOWN = [JOBS.c[name] for name in Job.__annotations__]


class Jobs:
    """Asks for jobs and tells how far they are."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.uploads = Uploads(house)
        self.arrived = threading.Event()

    # ── ask ──────────────────────────────────────────────────────────────────────────────────────

    def ask(
        self,
        what: What,
        caller: Caller,
        asked: Mapping[str, Any] | None = None,
        *,
        upload: Path | None = None,
    ) -> Job:
        """Note a job to be run as soon as the ones before it have ended.

        Args:
            what: the kind of work.
            caller: whoever asks; the job runs with the rights they have now.
            asked: for imports `rows`, `source`, `overrides`, `mapping` and, of a kept file, `upload`;
                for a refresh `as_of` (ISO 8601); for sample data `people`; for a pull `connector`,
                `anew` and `then_refresh`.
            upload: a file that `Uploads` received or lends.
        """
        with self._house.state.writing() as connection:
            number = self.note(connection, what, caller, asked, upload=upload)
        self.arrived.set()
        return self.get(number)

    def note(
        self,
        connection: Connection,
        what: What,
        caller: Caller,
        asked: Mapping[str, Any] | None = None,
        *,
        upload: Path | None = None,
    ) -> int:
        """Note a job as `ask` does, as a part of somebody's transaction, and return its number."""
        caller.require(NEEDS[what])
        note = {
            "what": what,
            "status": "waiting",
            "asked": dict(asked or {}) | ({"file": upload.name} if upload else {}),
            "upload": self.uploads.relative(upload) if upload else None,
            "author": caller.name,
            "scopes": sorted(caller.scopes),
            "attempts": 0,
            "cancelling": False,
            "step": "",
            "rows": 0,
            "at": clock.now().isoformat(),
        }
        done = connection.execute(insert(JOBS).values(**note))
        return int(done.inserted_primary_key[0])  # pyright: ignore[reportOptionalSubscript]

    def get(self, number: int) -> Job:
        """Return a job; raise app.no_job if there is none of that number."""
        with self._house.state.reading() as connection:
            query = select(*_SHOWN).where(JOBS.c.number == number)
            row = connection.execute(query).mappings().first()
        if row is None:
            raise QunxiangError("app.no_job", number=number)
        return Job(**row)

    def newest(self, limit: int = 100) -> list[Job]:
        """Return the last jobs, newest first."""
        with self._house.state.reading() as connection:
            query = select(*_SHOWN).order_by(JOBS.c.number.desc()).limit(limit)
            return [Job(**row) for row in connection.execute(query).mappings()]

    def wait(self, number: int, seconds: float) -> Job:
        """Return a job once it has ended, or as it stands after so many seconds."""
        until = time.monotonic() + seconds
        while not (job := self.get(number)).has_ended and time.monotonic() < until:
            time.sleep(0.05)
        return job

    def cancel(self, number: int, caller: Caller) -> Job:
        """Ask a job to stop; what it has not finished is as if it had never begun."""
        job = self.get(number)
        caller.require(NEEDS[job.what])
        waiting = (JOBS.c.number == number) & (JOBS.c.status == "waiting")
        with self._house.state.writing() as connection:
            connection.execute(update(JOBS).where(JOBS.c.number == number).values(cancelling=True))
            connection.execute(update(JOBS).where(waiting).values(status="cancelled", ended=_now()))
        self.sweep()
        return self.get(number)

    def retry(self, number: int, caller: Caller) -> Job:
        """Ask again for a job that failed or was cancelled.

        Raises:
            QunxiangError: app.cannot_retry; app.upload_gone, where its file is no longer kept.
        """
        job = self.get(number)
        caller.require(NEEDS[job.what])
        if job.status not in _AGAIN or job.retried is not None:
            raise QunxiangError("app.cannot_retry", number=number, status=job.status)
        if not job.needs_file():
            again = self.ask(job.what, caller, job.asked)
        elif (upload := job.asked.get("upload")) in self.uploads.living(caller):
            with self.uploads.lend(upload, caller) as path:
                again = self.ask(job.what, caller, job.asked, upload=path)
        else:
            raise QunxiangError("app.upload_gone", number=number, file=job.asked.get("file", ""))
        with self._house.state.writing() as connection:
            mine = JOBS.c.number == number
            connection.execute(update(JOBS).where(mine).values(retried=again.number))
        return again

    def retryable(self, jobs: Sequence[Job], caller: Caller) -> set[int]:
        """Return which of some jobs the caller may ask for again."""
        failed = [j for j in jobs if j.status in _AGAIN and j.retried is None]
        kept = self.uploads.living(caller) if failed else set[str]()
        return {
            j.number
            for j in failed
            if caller.may(NEEDS[j.what]) and (not j.needs_file() or j.asked.get("upload") in kept)
        }

    def sweep(self) -> None:
        """Delete the uploads of jobs that have ended."""
        with self._house.state.writing() as connection:
            ended = JOBS.c.status.in_(ENDED) & JOBS.c.upload.is_not(None)
            gone = connection.execute(select(JOBS.c.upload).where(ended)).scalars().all()
            for upload in gone:
                shutil.rmtree((self._house.folder / upload).parent, ignore_errors=True)
            connection.execute(update(JOBS).where(ended).values(upload=None))

    def sweep_all(self) -> None:
        """Delete every upload that nobody needs, as a crash may have left; nobody may be sending one."""
        self.sweep()
        self.uploads.sweep_strays()


def _now() -> str:
    return clock.now().isoformat()
