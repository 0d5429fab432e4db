"""Group commit: what arrives while one group is being made durable is the next group."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from qunxiang.errors import QunxiangError
from qunxiang.sources import Arrival, StreamLog

# Told when messages are durable, or why they are not.
Done = Callable[[QunxiangError | None], None]
_MOST_MESSAGES = 100_000  # after which a group takes no further requests
_LOOK_BYTES = 32 << 20  # written between two looks at the free space


class Groups:
    """Makes messages durable, a group at a time, in a thread of its own."""

    def __init__(
        self,
        log: StreamLog,
        loop: asyncio.AbstractEventLoop,
        *,
        folder: Path,
        min_free_mb: int,
        most_waiting: int,
    ) -> None:
        """Remember where to write.

        Args:
            log: where messages are made durable.
            loop: the loop in which `Done` is called.
            folder: where free space is looked at.
            min_free_mb: below which nothing is taken.
            most_waiting: bytes that may wait; beyond, clients are told to come again.
        """
        self._log = log
        self._loop = loop
        self._folder = folder
        self._min_free_mb = min_free_mb
        self._most_waiting = most_waiting
        self._waiting: list[tuple[Arrival, Done, int]] = []
        self._bytes = 0
        self._unseen = _LOOK_BYTES
        self._writing = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log")

    def add(self, arrival: Arrival, done: Done) -> None:
        """Let messages wait for the next group.

        Raises:
            QunxiangError: intake.overloaded, if too many wait.
        """
        if self._bytes > self._most_waiting:
            raise QunxiangError("intake.overloaded")
        size = sum([len(item.raw) for item in arrival.items])
        self._waiting.append((arrival, done, size))
        self._bytes += size
        if not self._writing:
            # What is read in the same turn of the loop goes with it.
            self._writing = True
            self._loop.call_soon(self._begin)

    def _begin(self) -> None:
        group, messages, size = list[tuple[Arrival, Done, int]](), 0, 0
        while self._waiting and messages < _MOST_MESSAGES:
            batch = self._waiting[:1024]
            self._waiting = self._waiting[1024:]
            group += batch
            messages += sum([len(arrival.items) for arrival, _, _ in batch])
            size += sum([bytes_ for _, _, bytes_ in batch])
        self._bytes -= size
        arrivals = [arrival for arrival, _, _ in group]
        future = self._loop.run_in_executor(self._thread, self._write, arrivals, size)
        future.add_done_callback(lambda done: self._end(group, done.exception()))

    def _write(self, arrivals: list[Arrival], size: int) -> None:
        self._unseen += size
        if self._unseen >= _LOOK_BYTES:
            self._unseen = 0
            free = shutil.disk_usage(self._folder).free >> 20
            if free < self._min_free_mb:
                self._unseen = _LOOK_BYTES
                raise QunxiangError(
                    "sources.log_full", where=str(self._folder), reason=f"{free} MB free"
                )
        self._log.append(arrivals)

    def _end(self, group: list[tuple[Arrival, Done, int]], error: BaseException | None) -> None:
        told = error if error is None or isinstance(error, QunxiangError) else _unexpected(error)
        for _, done, _ in group:
            done(told)
        if self._waiting:
            self._begin()
        else:
            self._writing = False

    def rest(self) -> None:
        """Let go of the log's segment while nothing is written, if somebody waits for it."""
        if not self._writing:
            self._writing = True
            future = self._loop.run_in_executor(self._thread, self._log.give_way)
            future.add_done_callback(lambda done: self._end([], done.exception()))

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is being written."""
        return not self._writing

    def close(self) -> None:
        """Wait for the group that is being written."""
        self._thread.shutdown()


def _unexpected(error: BaseException) -> QunxiangError:
    return QunxiangError("sources.log_full", reason=type(error).__name__)
