"""A file with group commit, as the peers of the intake write it: bytes, synced, then told."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


class GroupFile:
    """Appends bytes to a file; what waits while one group is synced is the next group."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("ab")
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writing = False
        self._thread = ThreadPoolExecutor(1)

    def add(self, data: bytes) -> asyncio.Future[None]:
        """Return what is done once the bytes are durable."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((data, done))
        if not self._writing:
            self._writing = True
            loop.call_soon(self._begin, loop)
        return done

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        group, self._waiting = self._waiting, []
        future = loop.run_in_executor(self._thread, self._write, [data for data, _ in group])
        future.add_done_callback(lambda _: self._end(loop, group))

    def _write(self, group: list[bytes]) -> None:
        self._out.write(b"".join(group))
        self._out.flush()
        os.fdatasync(self._out.fileno())

    def _end(
        self, loop: asyncio.AbstractEventLoop, group: list[tuple[bytes, asyncio.Future[None]]]
    ) -> None:
        for _, done in group:
            if not done.cancelled():
                done.set_result(None)
        if self._waiting:
            self._begin(loop)
        else:
            self._writing = False
