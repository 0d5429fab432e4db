"""Background jobs: long work that somebody asks for, watches and may cancel.

What was asked is durable before it is acknowledged; `worker` does it.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from sqlalchemy import insert, select, update

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.tables import JOBS
from qunxiang.errors import Lang, QunxiangError
from qunxiang.governance import Caller, Scope

What = Literal["import", "try_import", "mend", "refresh", "rebuild"]
_NEEDS: dict[What, Scope] = {
    "import": "import",
    "try_import": "import",
    "mend": "import",
    "refresh": "refresh",
    "rebuild": "refresh",
}
_UPLOADS = "uploads"
_PIECE = 1 << 20
ENDED = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True)
class Job:
    """A job as the state store notes it.

    Attributes:
        step: what it is doing, and `rows` how many rows it has done of that.
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
    result: dict[str, Any] | None
    problem: dict[Lang, dict[str, Any]] | None
    at: str
    began: str | None
    ended: str | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ENDED


_SHOWN = [JOBS.c[name] for name in Job.__annotations__]


class Jobs:
    """Asks for jobs and tells how far they are."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._folder = house.folder / _UPLOADS
        self.arrived = threading.Event()

    # ── ask ──────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def receive(self, name: str, content: IO[bytes]) -> Generator[Path]:
        """Keep a file durably for a job to come; it is deleted unless a job takes it.

        Raises:
            QunxiangError: sources.file_too_large, where the file is larger than the setting max_file_mb.
        """
        path = self._folder / uuid.uuid4().hex / (Path(name).name or "upload")
        path.parent.mkdir(parents=True)
        limit, size = self._house.settings.max_file_mb, 0
        try:
            with path.open("wb") as out:
                while piece := content.read(_PIECE):
                    size += len(piece)
                    if size > limit << 20:
                        raise QunxiangError(
                            "sources.file_too_large", where=path.name, file=path.name, limit=limit
                        )
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            yield path
        finally:
            if not self._is_taken(path):
                shutil.rmtree(path.parent, ignore_errors=True)

    def _is_taken(self, path: Path) -> bool:
        with self._house.state.reading() as connection:
            taken = select(JOBS.c.number).where(JOBS.c.upload == self._relative(path))
            return connection.execute(taken).first() is not None

    def _relative(self, path: Path) -> str:
        return str(path.relative_to(self._house.folder))

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
            asked: for imports `rows`, `source` and `mapping`; for a refresh `as_of` (ISO 8601).
            upload: a file that `receive` keeps.
        """
        caller.require(_NEEDS[what])
        note = {
            "what": what,
            "status": "waiting",
            "asked": dict(asked or {}) | ({"file": upload.name} if upload else {}),
            "upload": self._relative(upload) if upload else None,
            "author": caller.name,
            "scopes": sorted(caller.scopes),
            "attempts": 0,
            "cancelling": False,
            "step": "",
            "rows": 0,
            "at": clock.now().isoformat(),
        }
        with self._house.state.writing() as connection:
            done = connection.execute(insert(JOBS).values(**note))
            number = int(done.inserted_primary_key[0])  # pyright: ignore[reportOptionalSubscript]
        self.arrived.set()
        return self.get(number)

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
        caller.require(_NEEDS[job.what])
        waiting = (JOBS.c.number == number) & (JOBS.c.status == "waiting")
        with self._house.state.writing() as connection:
            connection.execute(update(JOBS).where(JOBS.c.number == number).values(cancelling=True))
            connection.execute(update(JOBS).where(waiting).values(status="cancelled", ended=_now()))
        self.sweep()
        return self.get(number)

    def sweep(self) -> None:
        """Delete the uploads of jobs that have ended."""
        with self._house.state.writing() as connection:
            ended = JOBS.c.status.in_(ENDED) & JOBS.c.upload.is_not(None)
            gone = connection.execute(select(JOBS.c.upload).where(ended)).scalars().all()
            for upload in gone:
                shutil.rmtree((self._house.folder / upload).parent, ignore_errors=True)
            connection.execute(update(JOBS).where(ended).values(upload=None))

    def sweep_all(self) -> None:
        """Delete every upload that no job waits for, as a crash may have left; nobody may be sending one."""
        self.sweep()
        with self._house.state.reading() as connection:
            kept = set(connection.execute(select(JOBS.c.upload)).scalars())
        for upload in self._folder.glob("*/*"):
            if self._relative(upload) not in kept:
                shutil.rmtree(upload.parent, ignore_errors=True)


def _now() -> str:
    return clock.now().isoformat()
