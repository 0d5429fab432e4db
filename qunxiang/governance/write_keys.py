"""Write keys: with one, a client may send messages of one source, and do nothing else.

A key stands in web pages and apps, where anybody may read it: it opens nothing, and what it may
send, from where and how fast is bounded. Of a key only its hash is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import delete, insert, select

from qunxiang import clock
from qunxiang.engine import State
from qunxiang.errors import QunxiangError
from qunxiang.governance.tables import WRITE_KEYS

PREFIX = "qxw_"
_SHOWN = 8
# What a key may send: events; things about people, their identifiers and their companies; products.
Sendable = Literal["events", "people", "items"]
SENDABLE: tuple[Sendable, ...] = get_args(Sendable)


@dataclass(frozen=True)
class WriteKey:
    """A write key without its secret.

    Attributes:
        name: what people call it.
        begins: its first letters.
        source: the source its messages are of.
        kinds: what it may send.
        per_second: messages a second it may send on average, over ten seconds; 0 for any number.
        origins: web pages it may be used from, as `https://shop.example`; empty for any, and for
            clients that are no browsers.
        aliases: other words it is known by, for protocols that show no key: an app id, a project.
        author: who made it.
        at: when.
    """

    name: str
    begins: str
    source: str
    kinds: tuple[Sendable, ...]
    per_second: int
    origins: tuple[str, ...]
    aliases: tuple[str, ...]
    author: str
    at: str


@dataclass(frozen=True)
class WriteKeyWish:
    """What a new write key is to be; see WriteKey."""

    name: str
    source: str
    kinds: Sequence[Sendable] = SENDABLE
    per_second: int = 0
    origins: Sequence[str] = ()
    aliases: Sequence[str] = ()


class WriteKeys:
    """The write keys of a workspace."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, wish: WriteKeyWish, *, author: str) -> str:
        """Make a key and return it, shown this once.

        Raises:
            QunxiangError: governance.key_exists, if the name or an alias is taken;
                governance.no_kind.
        """
        for kind in wish.kinds:
            if kind not in SENDABLE:
                raise QunxiangError("governance.no_kind", kind=kind, kinds=", ".join(SENDABLE))
        taken = {k.name for k in self.all()} | {a for k in self.all() for a in k.aliases}
        for word in (wish.name, *wish.aliases):
            if word in taken:
                raise QunxiangError("governance.key_exists", name=word)
        secret = PREFIX + secrets.token_urlsafe(24)
        row = {
            "hash": digest(secret),
            "name": wish.name,
            "begins": secret[: len(PREFIX) + _SHOWN],
            "source": wish.source,
            "kinds": list(dict.fromkeys(wish.kinds)),
            "per_second": wish.per_second,
            "origins": [o.rstrip("/") for o in wish.origins],
            "aliases": list(wish.aliases),
            "author": author,
            "at": clock.now().isoformat(),
        }
        with self._state.writing() as connection:
            connection.execute(insert(WRITE_KEYS).values(**row))
        return secret

    def all(self) -> list[WriteKey]:
        """Return the keys there are, oldest first."""
        return [key for key, _ in self.hashed()]

    def hashed(self) -> list[tuple[WriteKey, str]]:
        """Return the keys there are with their hashes, oldest first."""
        with self._state.reading() as connection:
            rows = connection.execute(select(WRITE_KEYS).order_by(WRITE_KEYS.c.at)).mappings().all()
        return [
            (
                WriteKey(
                    row["name"],
                    row["begins"],
                    row["source"],
                    tuple(row["kinds"]),
                    row["per_second"],
                    tuple(row["origins"]),
                    tuple(row["aliases"]),
                    row["author"],
                    row["at"],
                ),
                row["hash"],
            )
            for row in rows
        ]

    def revoke(self, name: str) -> None:
        """End a key: within two seconds nothing more is taken with it.

        Raises:
            QunxiangError: governance.no_key.
        """
        with self._state.writing() as connection:
            done = connection.execute(delete(WRITE_KEYS).where(WRITE_KEYS.c.name == name))
        if not done.rowcount:
            raise QunxiangError("governance.no_key", name=name)


def digest(secret: str) -> str:
    """Return the hash under which a key is kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
