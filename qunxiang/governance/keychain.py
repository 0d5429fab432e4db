"""Passwords and tokens of other systems: kept sealed, used by name, and never shown again.

They are sealed with AES-256-GCM under a key derived from the workspace's own, each to its name, so
that the state store alone gives none of them away and none can be put in another's place.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import delete, insert, select

from qunxiang import clock
from qunxiang.engine import State
from qunxiang.errors import QunxiangError
from qunxiang.governance.rights import Caller
from qunxiang.governance.tables import SECRETS

_NONCE = 12
_USE = b"qunxiang secrets 1"


@dataclass(frozen=True)
class Kept:
    """A secret as it may be told: its name, who set it and when."""

    name: str
    author: str
    at: str


class Keychain:
    """The secrets of a workspace."""

    def __init__(self, state: State, key: bytes) -> None:
        self._state = state
        self._key = key

    @cached_property
    def _cipher(self) -> Any:
        """What seals and opens; the library is loaded when a secret is used, not by every command."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_USE).derive(self._key)
        return AESGCM(derived)

    def put(self, name: str, value: str, caller: Caller) -> None:
        """Keep a secret under a name, in place of any before it."""
        caller.require("admin")
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, value.encode(), name.encode())
        row = {
            "name": name,
            "sealed": base64.b64encode(sealed).decode(),
            "author": caller.name,
            "at": clock.now().isoformat(),
        }
        with self._state.writing() as connection:
            connection.execute(delete(SECRETS).where(SECRETS.c.name == name))
            connection.execute(insert(SECRETS).values(**row))

    def get(self, name: str) -> str:
        """Return a secret, for use and never for showing.

        Raises:
            QunxiangError: governance.no_secret; governance.secret_sealed, where it was sealed with
                another workspace's key.
        """
        with self._state.reading() as connection:
            query = select(SECRETS.c.sealed).where(SECRETS.c.name == name)
            sealed = connection.execute(query).scalar()
        if sealed is None:
            raise QunxiangError("governance.no_secret", name=name)
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        raw = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], name.encode()).decode()
        except InvalidTag as error:
            raise QunxiangError("governance.secret_sealed", name=name) from error

    def all(self) -> list[Kept]:
        """Return what is kept, without the secrets themselves."""
        with self._state.reading() as connection:
            rows = connection.execute(
                select(SECRETS.c.name, SECRETS.c.author, SECRETS.c.at).order_by(SECRETS.c.name)
            )
            return [Kept(**row) for row in rows.mappings()]

    def drop(self, name: str, caller: Caller) -> None:
        """Forget a secret; raise governance.no_secret if there is none of that name."""
        caller.require("admin")
        with self._state.writing() as connection:
            gone = connection.execute(delete(SECRETS).where(SECRETS.c.name == name)).rowcount
        if not gone:
            raise QunxiangError("governance.no_secret", name=name)
