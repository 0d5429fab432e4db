"""The write keys as the intake knows them: looked up in memory, read anew when they have changed."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from qunxiang.governance import Sendable, WriteKey, WriteKeys, digest
from qunxiang.sources import MessageKind

_LOOK_EVERY = 1.0
_LOOK_AT_MOST = 0.1  # seconds between two looks for keys that are not known
_BURST_SECONDS = 10
_MOST_KNOWN = 10_000
_SENT_AS: dict[MessageKind, Sendable] = {
    "event": "events",
    "profile": "people",
    "link": "people",
    "unlink": "people",
    "group": "people",
    "item": "items",
}


@dataclass
class Holder:
    """A key in use, and how many messages it may still send at once."""

    key: WriteKey
    left: float = 0.0
    counted: float = field(default_factory=time.monotonic)
    forbidden: frozenset[MessageKind] = field(init=False)  # kinds of messages it may not send

    def __post_init__(self) -> None:
        self.forbidden = frozenset(k for k, sent in _SENT_AS.items() if sent not in self.key.kinds)

    def take(self, messages: int) -> float:
        """Take room for messages; return 0, or the seconds to wait until there is some.

        A request is let in while there is any room, and what it takes too much is owed: so a batch
        larger than the room can pass at all.
        """
        rate = self.key.per_second
        if not rate:
            return 0.0
        now = time.monotonic()
        self.left = min(self.left + (now - self.counted) * rate, float(rate * _BURST_SECONDS))
        self.counted = now
        if self.left <= 0:
            return max(1.0, -self.left / rate)
        self.left -= messages
        return 0.0

    def may_come_from(self, origin: str) -> bool:
        """Say whether a web page of this origin may use the key; '' for what is no web page."""
        return not self.key.origins or not origin or origin in self.key.origins


class KeyRing:
    """The keys that are good."""

    def __init__(self, keys: WriteKeys) -> None:
        self._keys = keys
        self._by_hash: dict[str, Holder] = {}
        self._by_alias: dict[str, Holder] = {}
        self._known: dict[str, Holder] = {}
        self._looked = -_LOOK_AT_MOST  # when a key was asked for that is not known
        self.read()

    def read(self) -> None:
        """Read the keys anew; the room that keys have left stays."""
        before = {h.key.name: h for h in self._by_hash.values()}
        by_hash: dict[str, Holder] = {}
        for key, hashed in self._keys.hashed():
            holder = before.get(key.name)
            if holder is None or holder.key != key:
                holder = Holder(key, float(key.per_second * _BURST_SECONDS))
            by_hash[hashed] = holder
        if by_hash != self._by_hash:
            self._by_hash = by_hash
            self._by_alias = {a: h for h in by_hash.values() for a in h.key.aliases}
            self._known = {}

    def find(self, shown: str) -> Holder | None:
        """Return the holder of a key, or of an alias of one; None if it is not good."""
        found = self._known.get(shown)
        if found is None and shown:
            found = self._seek(shown)
            if found is None and self._look_again():  # a new one is good as soon as it was shown
                found = self._seek(shown)
            if found is not None:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                self._known[shown] = found
        return found

    def _seek(self, shown: str) -> Holder | None:
        return self._by_hash.get(digest(shown)) or self._by_alias.get(shown)

    def _look_again(self) -> bool:
        """Read the keys before it is time, but not for everybody who tries what is no key."""
        now = time.monotonic()
        if now - self._looked < _LOOK_AT_MOST:
            return False
        self._looked = now
        with suppress(SQLAlchemyError):  # else the keys stay as they were known
            self.read()
        return True

    @property
    def look_every(self) -> float:
        """Seconds after which the keys should be read anew."""
        return _LOOK_EVERY
