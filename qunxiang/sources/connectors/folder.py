"""A watched folder of this machine: files that have settled, then moved out of the way."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from qunxiang import clock
from qunxiang.errors import QunxiangError
from qunxiang.sources.connectors.terms import Access, Drop
from qunxiang.sources.definitions import After, ConnectorDefinition, FolderReader

DONE, FAILED, REASON = "done", "failed", ".reason.txt"
_LOOK_SECONDS = 1.0
# Names under which programs write what is not whole yet.
_UNFINISHED = (".part", ".tmp", ".temp", ".filepart", ".crdownload", ".download", ".swp")


def is_wanted(name: str, pattern: str) -> bool:
    """Say whether a file of that name is to be read: it matches, and nobody is still writing it."""
    if name.startswith((".", "~")) or name.lower().endswith(_UNFINISHED):
        return False
    return not name.endswith(REASON) and fnmatch.fnmatchcase(name, pattern)


def settled(first: list[Drop], second: list[Drop], seconds: int) -> list[Drop]:
    """Return the files that are old enough and did not change between two looks."""
    limit = clock.now().timestamp() - seconds
    still = set(first)
    return [d for d in sorted(second, key=lambda d: d.name) if d in still and d.changed <= limit]


class FolderConnector:
    """Reads a folder of this machine."""

    type: ClassVar[str] = "folder"

    @contextmanager
    def opened(self, definition: ConnectorDefinition, access: Access) -> Generator[_OpenFolder]:
        """Open the folder; it must be there."""
        reads = definition.reads
        assert isinstance(reads, FolderReader)
        path = access.local(reads.path)
        if not path.is_dir():
            raise QunxiangError("sources.no_folder", where=str(path))
        yield _OpenFolder(path, reads)


class _OpenFolder:
    def __init__(self, path: Path, reads: FolderReader) -> None:
        self._path = path
        self._reads = reads

    def waits(self) -> bool:
        return bool(self._look())

    def ready(self) -> list[Drop]:
        first = self._look()
        if first and self._reads.settle_seconds:
            time.sleep(min(_LOOK_SECONDS, self._reads.settle_seconds))
            return settled(first, self._look(), self._reads.settle_seconds)
        return sorted(first, key=lambda d: d.name)

    def _look(self) -> list[Drop]:
        out: list[Drop] = []
        for path in self._path.iterdir():
            # A link could lead anywhere; only files of the folder itself are read.
            if path.is_symlink() or not path.is_file() or not self._wants(path.name):
                continue
            stat = path.stat()
            out.append(Drop(path.name, stat.st_size, stat.st_mtime))
        return out

    def _wants(self, name: str) -> bool:
        return is_wanted(name, self._reads.pattern)

    def fetch(self, drop: Drop) -> Path:
        return self._path / drop.name

    def put_away(self, drop: Drop, *, failed: str | None = None) -> None:
        after: After = self._reads.after
        if after == "leave":
            return
        place = self._path / (DONE if failed is None else FAILED)
        place.mkdir(exist_ok=True)
        target, n = place / drop.name, 2
        while target.exists():
            target, n = place / f"{Path(drop.name).stem} ({n}){Path(drop.name).suffix}", n + 1
        (self._path / drop.name).rename(target)
        if failed is not None:
            target.with_name(target.name + REASON).write_text(failed + "\n", encoding="utf-8")
