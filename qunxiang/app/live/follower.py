"""The follower: reads what arrives, step by step, and says in bulletins what it changed.

It runs in a process of its own, so that neither it nor the answers to questions wait for the other,
and so that its memory is given back when a refresh has taken in what was live.
"""

from __future__ import annotations

import logging
import signal
import time
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.live.bulletins import Box, Bulletin
from qunxiang.app.live.flow import Live
from qunxiang.app.live.layers import Layer
from qunxiang.app.live.now import Now
from qunxiang.app.refresh import is_pinned, is_whole, last_begun, last_instant
from qunxiang.audiences import AudienceDefinition, Cause, Ids
from qunxiang.engine import Column
from qunxiang.identity import write_ids
from qunxiang.language import When
from qunxiang.profiles import MEMBERS

SWEEP_SECONDS = 10.0
_REST_SECONDS = 5.0  # after something went wrong
_LOG = logging.getLogger(__name__)


class Follower:
    """Follows what arrives in a house.

    Args:
        house: the house. Nothing in it is changed: this reads, and tells.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self.began: datetime | None = None  # the refresh it goes on from
        self._live: Live | None = None
        self._base: dict[str, Column] = {}
        self._told: list[Layer] = []
        self._members: dict[str, NDArray[np.bool_]] = {}
        self._swept = 0.0
        self._messages = 0  # that are live

    def is_behind(self) -> bool:
        """Say whether there has been another refresh since the one it goes on from."""
        last = last_begun(self.house)
        return self.began is not None and last is not None and last != self.began

    def turn(self) -> Bulletin | None:
        """Take in what has arrived; return what it changed, None if nothing has."""
        when = When(clock.now(), self.house.settings.time_zone)
        began = last_begun(self.house)
        if began is None:
            return None
        if began != self.began or self._live is None:
            self.began, self._live = began, None
            return self._begin(when)
        stepped = self._live.step(when)
        if stepped.messages:
            self._messages += stepped.messages
            return self._tell(when, stepped.messages, stepped.touched)
        if time.monotonic() - self._swept > SWEEP_SECONDS:
            touched = self._live.sweep(when)
            self._swept = time.monotonic()
            if touched.size:
                return self._tell(when, 0, touched)
        return None

    def _begin(self, when: When) -> Bulletin | None:
        """Begin anew from the last refresh: catch up first, then tell."""
        instant = last_instant(self.house)
        if instant is None or is_pinned(self.house) or not is_whole(self.house):
            return None
        self.house.shelf.reload()  # another process has written it
        live = Live(self.house, When(instant, when.zone))
        shelf = live.layers[0].house.shelf
        self._base = {name: shelf.column(name) for name in shelf.names()}
        self._told = live.layers[:1]
        if not is_whole(self.house) or last_begun(self.house) != self.began:
            return None  # another refresh has begun since
        self._messages = 0
        while stepped := live.step(when).messages:
            self._messages += stepped
        live.sweep(when)
        self._swept = time.monotonic()
        self._live = live
        present = live.now()
        self._members = {}
        changes: dict[str, tuple[Ids, Ids]] = {}
        for name in self.house.catalog.all(AudienceDefinition):
            if MEMBERS + name in present.whole.shelf:
                members = present.whole.people.members(name)
                self._members[name] = members.flags()
                now = present.whole.people.public_ids(members.people())
                before = self.house.moves.members(name)
                changes[name] = np.setdiff1d(now, before), np.setdiff1d(before, now)
        return self._say(present, when, "refresh", 0, frozenset(), changes)

    def _tell(self, when: When, messages: int, touched: NDArray[np.int64]) -> Bulletin:
        """Say whom a step touched, and who entered and left audiences by it."""
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
        people = frozenset[str](write_ids(ids).to_pylist())
        return self._say(present, when, "live", messages, people, changes)

    def _say(
        self,
        present: Now,
        when: When,
        cause: Cause,
        messages: int,
        touched: frozenset[str],
        changes: dict[str, tuple[Ids, Ids]],
    ) -> Bulletin:
        assert self.began is not None
        layers = list(present.layers)
        kept = 0
        while kept < min(len(layers), len(self._told)) and layers[kept] is self._told[kept]:
            kept += 1
        self._told = layers
        return Bulletin(
            self.began,
            present.version,
            when.as_of,
            cause,
            messages,
            self._messages,
            touched,
            changes,
            kept,
            tuple(Box.pack(layer, {} if at else self._base) for at, layer in enumerate(layers))[
                kept:
            ],
            present.people,
            present.nodes.size,
        )


def follow(folder: Path, line: Connection, seconds: float) -> None:
    """Follow what arrives in a workspace and send bulletins, until whoever reads them lets go.

    It ends, too, when there has been another refresh: whoever reads begins another.

    Args:
        folder: the workspace.
        line: where bulletins go; that nothing more can be read from it is the end.
        seconds: how often to look; a step that takes longer is followed by the next at once.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when the server does
    wait = 0.0
    with House(folder) as house:
        follower = Follower(house)
        while not line.poll(wait) and not follower.is_behind():
            began = time.monotonic()
            try:
                bulletin = follower.turn()
                wait = max(0.0, began + seconds - time.monotonic())
            except Exception:  # noqa: BLE001 - whatever it is, people must be told as of now again
                # Everything here can be made again from what is durable.
                _LOG.exception("what arrives could not be followed; trying again")
                follower, bulletin, wait = Follower(house), None, _REST_SECONDS
            if bulletin is not None:
                try:
                    line.send(bulletin)
                except BrokenPipeError:
                    return


def _grown(flags: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    return np.concatenate([flags, np.zeros(size - flags.size, np.bool_)])
