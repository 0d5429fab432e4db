"""Uploaded files: kept for a day while somebody looks at them, and for as long as a job reads them.

Each lies in a folder of its own under `uploads/`. One that was kept has a row in the state store;
a job reads a second name of the file, so that neither takes it away from the other.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import delete, insert, select

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.tables import JOBS, UPLOADS
from qunxiang.engine import write_durably
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller

KEPT = timedelta(hours=24)
_FOLDER = "uploads"
_PIECE = 1 << 20
_LONGEST_NAME = 200  # bytes


@dataclass(frozen=True)
class Upload:
    """A file that was kept; `bytes` is its size."""

    upload: str
    file: str
    bytes: int
    author: str
    at: str

    @property
    def until(self) -> datetime:
        """When it is deleted."""
        return datetime.fromisoformat(self.at) + KEPT


class Uploads:
    """Receives files, keeps them, and deletes what nobody needs."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._folder = house.folder / _FOLDER

    # ── receive ──────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def receive(self, name: str, content: IO[bytes]) -> Generator[Path]:
        """Write a file durably; it is deleted unless a job takes it or it is kept.

        Raises:
            QunxiangError: sources.file_too_large, where the file is larger than the setting max_file_mb.
        """
        path = self._place(name)
        try:
            self._write(path, content)
            yield path
        finally:
            self._leave(path)

    @contextmanager
    def lend(self, upload: str, caller: Caller) -> Generator[Path]:
        """Give a kept file a second name, which is deleted unless a job takes it."""
        kept = self.path(self.get(upload, caller))
        path = self._place(kept.name)
        try:
            try:
                path.hardlink_to(kept)
            except OSError:  # a disk that knows no hard links
                shutil.copyfile(kept, path)
            yield path
        finally:
            self._leave(path)

    def _place(self, name: str) -> Path:
        path = self._folder / uuid.uuid4().hex / _plain(name)
        path.parent.mkdir(parents=True)
        return path

    def _write(self, path: Path, content: IO[bytes]) -> None:
        limit, size = self._house.settings.max_file_mb, 0
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

    def _leave(self, path: Path) -> None:
        with self._house.state.reading() as connection:
            taken = select(JOBS.c.number).where(JOBS.c.upload == self.relative(path))
            kept = select(UPLOADS.c.upload).where(UPLOADS.c.upload == path.parent.name)
            needed = connection.execute(taken).first() or connection.execute(kept).first()
        if not needed:
            shutil.rmtree(path.parent, ignore_errors=True)

    def relative(self, path: Path) -> str:
        """Return where a file lies in the workspace."""
        return str(path.relative_to(self._house.folder))

    # ── keep ─────────────────────────────────────────────────────────────────────────────────────

    def keep(self, name: str, content: IO[bytes], caller: Caller) -> Upload:
        """Keep a file for a day, for its author to look at and to import."""
        caller.require("import")
        self.sweep()
        with self.receive(name, content) as path:
            size, at = path.stat().st_size, clock.now().isoformat()
            kept = Upload(path.parent.name, path.name, size, caller.name, at)
            with self._house.state.writing() as connection:
                connection.execute(insert(UPLOADS).values(**asdict(kept)))
        return kept

    def get(self, upload: str, caller: Caller) -> Upload:
        """Return a kept file; raise app.no_upload if there is none, or it is somebody else's."""
        caller.require("import")
        with self._house.state.reading() as connection:
            query = select(UPLOADS).where(UPLOADS.c.upload == upload)
            row = connection.execute(query).mappings().first()
        found = None if row is None else Upload(**row)
        if found is None or found.until < clock.now() or not _may_see(caller, found.author):
            raise QunxiangError("app.no_upload", upload=upload)
        return found

    def path(self, kept: Upload) -> Path:
        """Return where a kept file lies."""
        return self._folder / kept.upload / kept.file

    def living(self, caller: Caller) -> set[str]:
        """Return which files are kept now that the caller may see."""
        long_ago = (clock.now() - KEPT).isoformat()
        with self._house.state.reading() as connection:
            query = select(UPLOADS.c.upload, UPLOADS.c.author).where(UPLOADS.c.at >= long_ago)
            return {row.upload for row in connection.execute(query) if _may_see(caller, row.author)}

    def delete(self, upload: str, caller: Caller) -> None:
        """Delete a kept file; a job that reads it reads on."""
        self._drop([self.get(upload, caller).upload])

    # ── examples ─────────────────────────────────────────────────────────────────────────────────

    def note_examples(self, upload: str, job: int, examples: Sequence[Any]) -> None:
        """Write down beside a kept file the values that a trial of it would set aside."""
        folder = self._folder / upload
        if folder.is_dir():
            write_durably(folder / _examples_of(job), orjson.dumps(examples))

    def read_examples(self, upload: str | None, job: int) -> list[dict[str, Any]] | None:
        """Return what `note_examples` wrote, None if there was no file to keep, or it is gone."""
        if upload is None:
            return None
        path = self._folder / upload / _examples_of(job)
        return orjson.loads(path.read_bytes()) if path.exists() else None

    # ── sweep ────────────────────────────────────────────────────────────────────────────────────

    def sweep(self) -> None:
        """Delete the files that were kept long enough."""
        long_ago = (clock.now() - KEPT).isoformat()
        with self._house.state.reading() as connection:
            query = select(UPLOADS.c.upload).where(UPLOADS.c.at < long_ago)
            old = list(connection.execute(query).scalars())
        self._drop(old)

    def drop(self, author: str | None = None) -> int:
        """Delete every kept file, or those of an author; return how many there were."""
        query = select(UPLOADS.c.upload)
        with self._house.state.reading() as connection:
            mine = query if author is None else query.where(UPLOADS.c.author == author)
            gone = list(connection.execute(mine).scalars())
        self._drop(gone)
        return len(gone)

    def sweep_strays(self) -> None:
        """Delete every file that no job waits for and nobody keeps; nobody may be sending one."""
        self.sweep()
        with self._house.state.reading() as connection:
            needed = set(connection.execute(select(JOBS.c.upload)).scalars())
            kept = set(connection.execute(select(UPLOADS.c.upload)).scalars())
        waiting = {Path(path).parent.name for path in needed if path is not None}
        for folder in self._folder.glob("*"):
            if folder.name not in waiting | kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _drop(self, uploads: Sequence[str]) -> None:
        if not uploads:
            return
        with self._house.state.writing() as connection:
            connection.execute(delete(UPLOADS).where(UPLOADS.c.upload.in_(uploads)))
        for upload in uploads:
            shutil.rmtree(self._folder / upload, ignore_errors=True)


def _may_see(caller: Caller, author: str) -> bool:
    # What is in a file is personal: whoever manages accounts sees it only with that right, too.
    return author == caller.name or (caller.may("admin") and caller.may("personal"))


def _plain(name: str) -> str:
    """Return a file's own name, as a disk takes it; names that begin with a dot are ours."""
    own = Path(name.replace("\0", "")).name.lstrip(".")
    return own.encode()[-_LONGEST_NAME:].decode(errors="ignore") or "upload"


def _examples_of(job: int) -> str:
    return f".examples-{job}.json"
