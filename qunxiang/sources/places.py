"""Where a workspace's stream log is: in files of its folder, or in a NATS server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from qunxiang.errors import QunxiangError
from qunxiang.sources.jetstore import MARK
from qunxiang.sources.jetstream import JetStreamLog, JetStreamTail, find_message
from qunxiang.sources.link import Link
from qunxiang.sources.streams import FileLog, Portion, StreamLog
from qunxiang.sources.tails import FileTail, News, read_message


class StreamTail(Protocol):
    """The end of a stream log, read as it grows."""

    def newest(self, messages: int) -> News:
        """Return about so many of the newest messages, and begin behind them."""
        ...

    def more(self) -> News:
        """Return what came since the last look."""
        ...


class StreamPlace(Protocol):
    """Where messages are kept."""

    def log(self) -> StreamLog:
        """Return the log for somebody who reads or writes it at a pace of their own."""
        ...

    def tail(self) -> StreamTail:
        """Return the end of the log, to be read as it grows."""
        ...

    def message(self, number: int) -> Portion | None:
        """Return a message by its number; None if it is there no more."""
        ...

    def warn(self) -> str:
        """Return the code of what endangers what is acknowledged; empty if nothing is known to."""
        ...

    def close(self) -> None:
        """Let go of what the logs have in common."""
        ...


@dataclass
class FilePlace:
    """A folder."""

    folder: Path

    def __post_init__(self) -> None:
        if (self.folder / MARK).exists():
            raise QunxiangError("sources.log_elsewhere", there=str(self.folder / MARK))

    def log(self) -> StreamLog:
        """Return the log."""
        return FileLog(self.folder)

    def tail(self) -> StreamTail:
        """Return its end."""
        return FileTail(self.folder)

    def message(self, number: int) -> Portion | None:
        """Return a message."""
        return read_message(self.folder, number)

    def warn(self) -> str:
        """Return nothing: files are synced by ourselves."""
        return ""

    def close(self) -> None:
        """Do nothing."""


@dataclass
class JetStreamPlace:
    """A NATS server, the stream's name in it, and the folder where it is noted that it is there."""

    url: str
    name: str
    folder: Path
    _link: Link = field(init=False)

    def __post_init__(self) -> None:
        self._link = Link(self.url)

    def _log(self) -> JetStreamLog:
        return JetStreamLog(self._link, self.name, self.folder)

    def log(self) -> StreamLog:
        """Return the log."""
        return self._log()

    def tail(self) -> StreamTail:
        """Return its end."""
        return JetStreamTail(self._log())

    def message(self, number: int) -> Portion | None:
        """Return a message."""
        return find_message(self._log(), number)

    def warn(self) -> str:
        """Return sources.log_unsynced, if the server says that it acknowledges before it syncs."""
        try:
            return "sources.log_unsynced" if self._link.syncs_always() is False else ""
        except QunxiangError as error:
            return error.code  # it may come back, and until then nothing is acknowledged

    def close(self) -> None:
        """Let go of the connection."""
        self._link.close()
