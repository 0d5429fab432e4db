"""Following: a thread that keeps everybody as of now, for as long as a server runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.live.flow import Live
from qunxiang.app.refresh import is_pinned, is_whole, last_begun, last_instant
from qunxiang.audiences import AudienceDefinition, Cause, Ids
from qunxiang.identity import write_ids
from qunxiang.language import When
from qunxiang.profiles import MEMBERS

SWEEP_SECONDS = 10.0
_REST_SECONDS = 5.0  # after something went wrong
_KEPT_NEWS = 256
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class News:
    """What one step changed: how many messages came, and the public ids of whom they touched."""

    number: int
    at: datetime
    messages: int
    people: frozenset[str]


@dataclass
class Following:
    """Follows what arrives, and lets the house tell everybody as of now.

    Args:
        house: the house.
        seconds: how often to look; a step that takes longer is followed by the next at once.
        ask: asks for a refresh, told when more messages are live than the settings want; what is
            live grows with every message, and ends with a refresh.
    """

    house: House
    seconds: float = 0.4
    ask: Callable[[], object] = lambda: None
    news: list[News] = field(default_factory=list[News])
    _live: Live | None = None
    _began: datetime | None = None
    _members: dict[str, NDArray[np.bool_]] = field(default_factory=dict[str, NDArray[np.bool_]])
    _swept: float = 0.0
    _messages: int = 0  # that are live
    _asked: bool = False
    _leaving: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Generator[None]:
        """Follow in a thread of its own for as long as the context is open."""
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
        wait = 0.0
        while not self._leaving.wait(wait):
            began = time.monotonic()
            try:
                self.turn()
                wait = max(0.0, began + self.seconds - time.monotonic())
            except Exception:  # noqa: BLE001 - whatever it is, the server must go on
                # Everything here can be made again from what is durable; the base is told meanwhile.
                _LOG.exception("what arrives could not be followed; trying again")
                self._live, self._began, self.house.present = None, None, None
                wait = _REST_SECONDS

    def turn(self) -> bool:
        """Take in what has arrived, if anything has; say whether it did."""
        when = When(clock.now(), self.house.settings.time_zone)
        began = last_begun(self.house)
        if began is None:
            return False
        if began != self._began or self._live is None or self.house.present is None:
            self._began = began
            self._live = self._begin(when)
            return self._live is not None
        stepped = self._live.step(when)
        if stepped.messages:
            self._tell(when, stepped.messages, stepped.touched)
            self._count(stepped.messages)
        elif time.monotonic() - self._swept > SWEEP_SECONDS:
            touched = self._live.sweep(when)
            self._swept = time.monotonic()
            if touched.size:
                self._tell(when, 0, touched)
        return stepped.messages > 0

    def _begin(self, when: When) -> Live | None:
        """Begin anew from the last refresh: catch up first, then tell."""
        instant = last_instant(self.house)
        if instant is None or is_pinned(self.house) or not is_whole(self.house):
            return None
        self.house.shelf.reload()  # another process may have written it
        live = Live(self.house, When(instant, when.zone))
        if not is_whole(self.house) or last_begun(self.house) != self._began:
            return None  # another refresh has begun since
        self._messages, self._asked = 0, False
        while stepped := live.step(when).messages:
            self._count(stepped)
        live.sweep(when)
        self._swept = time.monotonic()
        self.house.present = live.now()
        self._members = {}
        changes: dict[str, tuple[Ids, Ids]] = {}
        for name in self.house.catalog.all(AudienceDefinition):
            if MEMBERS + name in self.house.present.whole.shelf:
                members = self.house.present.whole.people.members(name)
                self._members[name] = members.flags()
                now = self.house.present.whole.people.public_ids()[members.people()]
                before = self.house.moves.members(name)
                changes[name] = np.setdiff1d(now, before), np.setdiff1d(before, now)
        self._note(when, "refresh", changes)
        self.news.append(self._say(when, 0, frozenset()))
        return live

    def _count(self, messages: int) -> None:
        self._messages += messages
        most = self.house.settings.live_messages
        if most and self._messages >= most and not self._asked:
            self._asked = True
            self.ask()

    def _tell(self, when: When, messages: int, touched: NDArray[np.int64]) -> None:
        """Let everybody be told as they are after a step, and note who entered and left audiences."""
        assert self._live is not None
        changes: dict[str, tuple[Ids, Ids]] = {}
        present = self._live.now()
        ids = present.public_ids(touched)
        for name in self._members:
            before = _grown(self._members[name], present.people)
            after = present.members(name, touched)
            changes[name] = ids[after & ~before[touched]], ids[before[touched] & ~after]
            before[touched] = after
            self._members[name] = before
        self.house.present = present
        self._note(when, "live", changes)
        self.news.append(self._say(when, messages, frozenset(write_ids(ids).to_pylist())))
        del self.news[:-_KEPT_NEWS]

    def _say(self, when: When, messages: int, people: frozenset[str]) -> News:
        number = self.news[-1].number + 1 if self.news else 1
        return News(number, when.as_of, messages, people)

    def _note(self, when: When, cause: Cause, changes: dict[str, tuple[Ids, Ids]]) -> None:
        self.house.moves.note(when.as_of, cause, changes)


def _grown(flags: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    return np.concatenate([flags, np.zeros(size - flags.size, np.bool_)])
