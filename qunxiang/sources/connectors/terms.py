"""What connectors and those who ask them have in common: what is asked, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from qunxiang.errors import QunxiangError
from qunxiang.sources.definitions import ConnectorDefinition

Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Access:
    """What a connector may use of the workspace it works for.

    Attributes:
        secret: returns the secret kept under a name.
        private: whether addresses of private networks may be asked.
        folders: the folders of this machine that may be read.
        scratch: where a file that was fetched may lie while it is read.
    """

    secret: Callable[[str], str]
    private: bool
    folders: tuple[Path, ...]
    scratch: Path

    def local(self, path: str) -> Path:
        """Return a path of this machine, resolved; refuse one outside the folders that may be read."""
        asked = Path(path).expanduser()
        if not asked.is_absolute():
            asked = self.folders[0] / asked
        whole = asked.resolve()
        if not any(whole.is_relative_to(folder.resolve()) for folder in self.folders):
            known = ", ".join(str(f) for f in self.folders)
            raise QunxiangError("sources.folder_not_open", where=str(whole), folders=known)
        return whole


@dataclass(frozen=True)
class Ask:
    """Which rows are wanted.

    Attributes:
        columns: the columns wanted; all if not given.
        since: rows from this value of the connector's cursor on, as `kind` says it is written.
        kind: of `since`: integer, float, number, moment, date, bytes or text.
        limit: at most so many rows.
    """

    columns: tuple[str, ...] | None = None
    since: str | None = None
    kind: str = "text"
    limit: int | None = None


@dataclass(frozen=True)
class Chunk:
    """Some rows as text; `kinds` says of each column what its values were before, where known."""

    columns: tuple[str, ...]
    rows: list[Cells]
    kinds: tuple[str | None, ...]


class TableConnector(Protocol):
    """Reads a place that is one table: a database, files, an HTTP interface.

    Attributes:
        type: the reader it serves.
        ordered: whether rows come in the ascending order of the cursor.
    """

    type: ClassVar[str]
    ordered: ClassVar[bool]

    def rows(self, definition: ConnectorDefinition, ask: Ask, access: Access) -> Iterator[Chunk]:
        """Yield the rows asked for, some at a time."""
        ...


@dataclass(frozen=True)
class Drop:
    """A file that lies ready in a watched folder."""

    name: str
    size: int
    changed: float


class DropConnector(Protocol):
    """Reads a folder whose files are imported one by one.

    Attributes:
        type: the reader it serves.
    """

    type: ClassVar[str]

    def opened(
        self, definition: ConnectorDefinition, access: Access
    ) -> AbstractContextManager[OpenDrops]:
        """Open the folder."""
        ...


class OpenDrops(Protocol):
    """A watched folder while it is open."""

    def waits(self) -> bool:
        """Say whether there is any file, settled or not."""
        ...

    def ready(self) -> list[Drop]:
        """Return the files that have settled, by name."""
        ...

    def fetch(self, drop: Drop) -> Path:
        """Return where a file lies on this machine."""
        ...

    def put_away(self, drop: Drop, *, failed: str | None = None) -> None:
        """Move a file that was read out of the way, or say beside it why it could not be."""
        ...
