"""Accounts with argon2id passwords, sessions kept by the server, and API tokens with scopes.

Secrets are 256 random bits; only their SHA-256 is kept, so a copy of the store opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, insert, select

from qunxiang import clock
from qunxiang.engine import State
from qunxiang.errors import QunxiangError
from qunxiang.governance.attempts import Attempts
from qunxiang.governance.rights import ROLES, SCOPES, Caller, Role, Scope, caller_of
from qunxiang.governance.tables import ACCOUNTS, SESSIONS, TOKENS

LEAST_PASSWORD = 8
TOKEN_PREFIX = "qx_"  # noqa: S105 not a secret: it tells a scanner what was leaked


@dataclass(frozen=True)
class SignedIn:
    """A session: its secret for the cookie, and the word that each change must repeat."""

    secret: str
    csrf: str
    caller: Caller


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Accounts:
    """Who may come in."""

    def __init__(self, state: State, session_hours: int) -> None:
        self._state = state
        self._hours = session_hours
        self._attempts = Attempts(state)
        self._hasher = PasswordHasher()
        # Compared against when the name is unknown, so that answering takes as long either way.
        self._decoy = self._hasher.hash(secrets.token_hex(8))

    def count(self) -> int:
        """Return how many accounts there are."""
        with self._state.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(ACCOUNTS)).scalar_one())

    def create(self, name: str, password: str, role: Role) -> None:
        """Make an account; the first must be the owner's."""
        if len(password) < LEAST_PASSWORD:
            raise QunxiangError("governance.password_too_short", least=LEAST_PASSWORD)
        if role not in ROLES:
            raise QunxiangError("governance.no_role", role=role, roles=", ".join(ROLES))
        with self._state.writing() as connection:
            taken = select(ACCOUNTS.c.name).where(ACCOUNTS.c.name == name)
            if connection.execute(taken).first() is not None:
                raise QunxiangError("governance.account_exists", name=name)
            row = {
                "name": name,
                "password": self._hasher.hash(password),
                "role": role,
                "at": clock.now().isoformat(),
            }
            connection.execute(insert(ACCOUNTS).values(**row))

    def sign_in(self, name: str, password: str, address: str = "") -> SignedIn:
        """Begin a session; a wrong name and a wrong password are told alike.

        Args:
            name: the account's name.
            password: its password.
            address: where the attempt comes from, if that is known; failures are counted for it too.

        Raises:
            QunxiangError: governance.wrong_password, or governance.too_many_attempts, which looks
                at the password no more.
        """
        self._attempts.begin(name, address)
        with self._state.reading() as connection:
            row = (
                connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name))
                .mappings()
                .first()
            )
        try:
            self._hasher.verify(row["password"] if row is not None else self._decoy, password)
        except (VerifyMismatchError, InvalidHashError) as error:
            raise QunxiangError("governance.wrong_password") from error
        if row is None:
            raise QunxiangError("governance.wrong_password")
        self._attempts.succeed(name, address)
        secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        expires = clock.now() + timedelta(hours=self._hours)
        with self._state.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.expires < clock.now().isoformat()))
            values = {
                "hash": _digest(secret),
                "account": name,
                "csrf": csrf,
                "expires": expires.isoformat(),
            }
            connection.execute(insert(SESSIONS).values(**values))
        return SignedIn(secret, csrf, caller_of(name, row["role"]))

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self._state.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.hash == _digest(secret)))

    def by_session(self, secret: str) -> SignedIn | None:
        """Return the session of a cookie, None if there is none or it has ended."""
        query = (
            select(SESSIONS.c.csrf, SESSIONS.c.expires, ACCOUNTS.c.name, ACCOUNTS.c.role)
            .join(ACCOUNTS, SESSIONS.c.account == ACCOUNTS.c.name)
            .where(SESSIONS.c.hash == _digest(secret))
        )
        with self._state.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None or row["expires"] < clock.now().isoformat():
            return None
        return SignedIn(secret, row["csrf"], caller_of(row["name"], row["role"]))

    def create_token(self, name: str, scopes: Iterable[Scope], *, author: Caller) -> str:
        """Make an API token and return its secret, shown this once; it holds no more than its author."""
        wanted = list(dict.fromkeys(scopes))
        for scope in wanted:
            if scope not in SCOPES:
                raise QunxiangError("governance.no_scope", scope=scope, scopes=", ".join(SCOPES))
            author.require(scope)
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        with self._state.writing() as connection:
            if connection.execute(select(TOKENS.c.name).where(TOKENS.c.name == name)).first():
                raise QunxiangError("governance.token_exists", name=name)
            row = {
                "hash": _digest(secret),
                "name": name,
                "scopes": wanted,
                "author": author.name,
                "at": clock.now().isoformat(),
            }
            connection.execute(insert(TOKENS).values(**row))
        return secret

    def by_token(self, secret: str) -> Caller | None:
        """Return the caller a token stands for."""
        with self._state.reading() as connection:
            row = (
                connection.execute(select(TOKENS).where(TOKENS.c.hash == _digest(secret)))
                .mappings()
                .first()
            )
        return None if row is None else Caller(f"token:{row['name']}", frozenset(row["scopes"]))

    def tokens(self) -> list[dict[str, object]]:
        """Return the tokens there are, without their secrets."""
        columns = (TOKENS.c.name, TOKENS.c.scopes, TOKENS.c.author, TOKENS.c.at)
        with self._state.reading() as connection:
            return [dict(row) for row in connection.execute(select(*columns)).mappings()]

    def revoke_token(self, name: str) -> None:
        """End a token."""
        with self._state.writing() as connection:
            connection.execute(delete(TOKENS).where(TOKENS.c.name == name))


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
