"""Commands of ours in processes of their own, parted from one that has loaded everything.

To load what a server needs takes seconds, and tests start dozens. A child is a process as any
other, with its own files, locks and signals; only where starting itself is looked at do tests begin
from nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.reduction import DupFd

_FORKS = multiprocessing.get_context("forkserver")
_LOADED = ["qunxiang.api", "qunxiang.cli.commands", "qunxiang.cli.serving", "qunxiang.cli.intake"]


class Child:
    """A command that runs."""

    def __init__(self, words: Sequence[object], env: Mapping[str, str], told: int) -> None:
        """Start `qunxiang WORDS`, writing to an open file, with settings beside those of this process."""
        _FORKS.set_forkserver_preload(_LOADED)
        args = ([str(word) for word in words], {**os.environ, **env}, DupFd(told))
        self._process = _FORKS.Process(target=_run, args=args)
        self._process.start()

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None and self._process.pid is not None:
            os.kill(self._process.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> int:
        """Return how it ended; raise TimeoutError if it has not by then."""
        self._process.join(seconds)
        ended = self.poll()
        if ended is None:
            raise TimeoutError
        return ended


def _run(words: list[str], env: dict[str, str], told: DupFd) -> None:
    from qunxiang.cli import main  # noqa: PLC0415 whoever starts a child need not load it

    os.environ.clear()
    os.environ.update(env)
    file = told.detach()
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    sys.argv = ["qunxiang", *words]
    main()
