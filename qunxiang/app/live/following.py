"""Following: keeps everybody as of now, for as long as a server runs."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection

from qunxiang.app.house import House
from qunxiang.app.live.bulletins import Bulletin
from qunxiang.app.live.follower import follow
from qunxiang.app.live.layers import Layer
from qunxiang.app.live.now import Now
from qunxiang.app.refresh import is_whole, last_begun
from qunxiang.engine import Column, MemoryShelf, MemoryWarehouse

_REST_SECONDS = 5.0  # before a follower that ended by itself is followed by another
_LOOK_SECONDS = 0.1  # how soon leaving is noticed
_LEAVING_SECONDS = 1.0
_KEPT_NEWS = 256
_LOG = logging.getLogger(__name__)
_THREADS = "POLARS_MAX_THREADS"


@dataclass(frozen=True)
class News:
    """What one step changed: how many messages came, and the public ids of whom they touched."""

    number: int
    at: datetime
    messages: int
    people: frozenset[str]


@contextmanager
def _one_thread() -> Generator[None]:
    """Have processes that are started meanwhile read tables in one thread.

    A step asks hundreds of small things of them; to wake other threads each time costs more than
    they save, and on a busy machine each of these waits is long.
    """
    before = os.environ.get(_THREADS)  # noqa: TID251 the child's, not ours
    os.environ[_THREADS] = "1"  # noqa: TID251 as above
    try:
        yield
    finally:
        if before is None:
            del os.environ[_THREADS]  # noqa: TID251 as above
        else:
            os.environ[_THREADS] = before  # noqa: TID251 as above


@dataclass
class Following:
    """Has what arrives followed, and lets the house tell everybody as of now.

    Args:
        house: the house.
        seconds: how often to look for what has arrived.
        ask: asks for a refresh, told when more messages are live than the settings want; what is
            live grows with every message, and ends with a refresh.
    """

    house: House
    seconds: float = 0.3
    ask: Callable[[], object] = lambda: None
    news: list[News] = field(default_factory=list[News])
    _began: datetime | None = None
    _base: dict[str, Column] = field(default_factory=dict[str, Column])
    _layers: list[Layer] = field(default_factory=list[Layer])
    _asked: datetime | None = None
    _leaving: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Generator[None]:
        """Follow for as long as the context is open."""
        self._leaving.clear()
        thread = threading.Thread(target=self._follow, name="following", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._leaving.set()
            thread.join()
            self.house.present = None

    def _follow(self) -> None:
        context = get_context("spawn")  # a process parted from one with threads may stand still
        while not self._leaving.is_set():
            line, other = context.Pipe()
            child = context.Process(
                target=follow, args=(self.house.folder, other, self.seconds), daemon=True
            )
            with _one_thread():
                child.start()
            other.close()
            failed = False
            try:
                self._read(line)  # pyright: ignore[reportArgumentType] a pipe of another system
            except Exception:  # noqa: BLE001 - whatever it is, the server must go on
                _LOG.exception("what arrived could not be told; trying again")
                failed = True
            line.close()  # which it takes as the end
            child.join(_LEAVING_SECONDS)
            ended = child.exitcode
            child.terminate()  # in the midst of catching up it hears nothing; it changes nothing
            child.join()
            if ended or failed:
                self.house.present = None  # as of the last refresh is true; as of then is not
                self._leaving.wait(_REST_SECONDS)

    def _read(self, line: Connection) -> None:
        """Take bulletins until there are no more, or one is of no use any more."""
        try:
            while not self._leaving.is_set():
                if line.poll(_LOOK_SECONDS) and not self.take(line.recv()):
                    return
        except EOFError:
            return

    def take(self, bulletin: Bulletin) -> bool:
        """Let everybody be told as a bulletin says; False if there has been a refresh since."""
        if bulletin.began != self._began or bulletin.cause == "refresh":
            if not self._begin(bulletin):
                return False
        elif last_begun(self.house) != bulletin.began:
            return False
        fresh = [box.unpack(self.house, self._base) for box in bulletin.more]
        self._layers = [*self._layers[: bulletin.kept], *fresh]
        version, layers = bulletin.version, self._layers
        self.house.present = Now.of(version, layers, bulletin.people, bulletin.nodes)
        if last_begun(self.house) != bulletin.began:
            self.house.present = None  # what it tells may have been erased
            return False
        # After the people: whoever hears that somebody entered may look at once.
        self.house.moves.note(bulletin.at, bulletin.cause, bulletin.changes)
        number = self.news[-1].number + 1 if self.news else 1
        self.news.append(News(number, bulletin.at, bulletin.messages, bulletin.touched))
        del self.news[:-_KEPT_NEWS]
        most = self.house.settings.live_messages
        if most and bulletin.live >= most and self._asked != bulletin.began:
            self._asked = bulletin.began
            self.ask()
        return True

    def _begin(self, bulletin: Bulletin) -> bool:
        """Take the people of the last refresh, if it is the one a bulletin goes on from."""
        self.house.shelf.reload()  # another process may have written it
        shelf = self.house.shelf
        base = {name: shelf.column(name) for name in shelf.names()}
        if not is_whole(self.house) or last_begun(self.house) != bulletin.began:
            return False
        self._began, self._base = bulletin.began, base
        self._layers = [Layer.base(self.house.over(MemoryWarehouse(), MemoryShelf(base)))]
        return True
