"""Accounts with argon2id passwords, sessions kept by the server, and API tokens with scopes.

Secrets are 256 random bits; only their SHA-256 is kept, so a copy of the store opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from qunxiang import clock
from qunxiang.engine import State
from qunxiang.errors import QunxiangError
from qunxiang.governance.attempts import Attempts
from qunxiang.governance.passwords import hash_password, is_password
from qunxiang.governance.rights import ROLES, SCOPES, Caller, Role, Scope, caller_of
from qunxiang.governance.tables import ACCOUNTS, SESSIONS, TOKENS

LEAST_PASSWORD = 8
_SEEN_EVERY = timedelta(minutes=5)
TOKEN_PREFIX = "qx_"  # noqa: S105 not a secret: it tells a scanner what was leaked


@dataclass(frozen=True)
class SignedIn:
    """A session: its secret for the cookie, and the word that each change must repeat."""

    secret: str
    csrf: str
    caller: Caller


@dataclass(frozen=True)
class Account:
    """Somebody who works here; `seen` is when they last asked for anything, to a few minutes."""

    name: str
    role: Role
    at: str
    seen: str | None


@dataclass(frozen=True)
class Token:
    """An API token without its secret; `used` is when it last was, to a few minutes."""

    name: str
    scopes: tuple[Scope, ...]
    author: str
    at: str
    used: str | None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Accounts:
    """Who may come in."""

    def __init__(self, state: State, session_hours: int) -> None:
        self._state = state
        self._hours = session_hours
        self._attempts = Attempts(state)

    def count(self) -> int:
        """Return how many accounts there are."""
        with self._state.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(ACCOUNTS)).scalar_one())

    def all(self) -> list[Account]:
        """Return every account, the oldest first."""
        columns = (ACCOUNTS.c.name, ACCOUNTS.c.role, ACCOUNTS.c.at, ACCOUNTS.c.seen)
        with self._state.reading() as connection:
            return [Account(*row) for row in connection.execute(select(*columns).order_by("at"))]

    def get(self, name: str) -> Account:
        """Return an account; raise governance.no_account if there is none of that name."""
        found = next((a for a in self.all() if a.name == name), None)
        if found is None:
            raise QunxiangError("governance.no_account", name=name)
        return found

    def create(self, name: str, password: str, role: Role) -> None:
        """Make an account; the first must be the owner's."""
        hashed = self._hash(password)
        _check_role(role)
        with self._state.writing() as connection:
            taken = select(ACCOUNTS.c.name).where(ACCOUNTS.c.name == name)
            if connection.execute(taken).first() is not None:
                raise QunxiangError("governance.account_exists", name=name)
            at = clock.now().isoformat()
            row = {"name": name, "password": hashed, "role": role, "at": at}
            connection.execute(insert(ACCOUNTS).values(**row))

    def set_role(self, name: str, role: Role) -> None:
        """Give an account another role, at once; one owner has to stay."""
        _check_role(role)
        self.get(name)
        mine = ACCOUNTS.c.name == name
        with self._state.writing() as connection:
            connection.execute(update(ACCOUNTS).where(mine).values(role=role))
            _keep_an_owner(connection)

    def set_password(self, name: str, password: str, *, keep: str = "") -> None:
        """Give an account another password, and end its sessions but the one of the secret `keep`."""
        self.get(name)
        hashed = self._hash(password)
        others = (SESSIONS.c.account == name) & (SESSIONS.c.hash != _digest(keep))
        with self._state.writing() as connection:
            mine = ACCOUNTS.c.name == name
            connection.execute(update(ACCOUNTS).where(mine).values(password=hashed))
            connection.execute(delete(SESSIONS).where(others))

    def remove(self, name: str) -> None:
        """Take an account out; its sessions end. One owner has to stay."""
        self.get(name)
        with self._state.writing() as connection:
            connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.name == name))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.account == name))
            _keep_an_owner(connection)

    def _hash(self, password: str) -> str:
        if len(password) < LEAST_PASSWORD:
            raise QunxiangError("governance.password_too_short", least=LEAST_PASSWORD)
        return hash_password(password)

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
        role = self.verify(name, password, address)
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
        return SignedIn(secret, csrf, caller_of(name, role))

    def verify(self, name: str, password: str, address: str = "") -> Role:
        """Return the role of whoever knows the password, or refuse as `sign_in` does."""
        self._attempts.begin(name, address)
        query = select(ACCOUNTS).where(ACCOUNTS.c.name == name)
        with self._state.reading() as connection:
            row = connection.execute(query).mappings().first()
        kept = None if row is None else str(row["password"])
        if not is_password(password, kept) or row is None:
            raise QunxiangError("governance.wrong_password")
        self._attempts.succeed(name, address)
        return row["role"]

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self._state.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.hash == _digest(secret)))

    def by_session(self, secret: str) -> SignedIn | None:
        """Return the session of a cookie, None if there is none or it has ended."""
        query = (
            select(
                SESSIONS.c.csrf,
                SESSIONS.c.expires,
                ACCOUNTS.c.name,
                ACCOUNTS.c.role,
                ACCOUNTS.c.seen,
            )
            .join(ACCOUNTS, SESSIONS.c.account == ACCOUNTS.c.name)
            .where(SESSIONS.c.hash == _digest(secret))
        )
        with self._state.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None or row["expires"] < clock.now().isoformat():
            return None
        self._note_seen(ACCOUNTS, ACCOUNTS.c.name == row["name"], "seen", row["seen"])
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
        if row is None:
            return None
        self._note_seen(TOKENS, TOKENS.c.name == row["name"], "used", row["used"])
        return Caller(f"token:{row['name']}", frozenset(row["scopes"]))

    def _note_seen(
        self, table: Table, mine: ColumnElement[bool], column: str, last: str | None
    ) -> None:
        """Note that somebody is here; at most every few minutes, since a write waits for the disk."""
        now = clock.now()
        if last is None or datetime.fromisoformat(last) < now - _SEEN_EVERY:
            # Whoever only reads is let in also where nothing can be written.
            with suppress(SQLAlchemyError), self._state.writing() as connection:
                connection.execute(update(table).where(mine).values(**{column: now.isoformat()}))

    def tokens(self) -> list[Token]:
        """Return the tokens there are, without their secrets."""
        columns = (TOKENS.c.name, TOKENS.c.scopes, TOKENS.c.author, TOKENS.c.at, TOKENS.c.used)
        with self._state.reading() as connection:
            rows = connection.execute(select(*columns).order_by(TOKENS.c.at)).all()
        return [Token(n, tuple(scopes), author, at, used) for n, scopes, author, at, used in rows]

    def revoke_token(self, name: str) -> None:
        """End a token."""
        with self._state.writing() as connection:
            connection.execute(delete(TOKENS).where(TOKENS.c.name == name))


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise QunxiangError("governance.no_role", role=role, roles=", ".join(ROLES))


def _keep_an_owner(connection: Connection) -> None:
    """Refuse a change after which nobody would be the owner; the transaction is rolled back."""
    owners = select(func.count()).select_from(ACCOUNTS).where(ACCOUNTS.c.role == "owner")
    if not connection.execute(owners).scalar_one():
        raise QunxiangError("governance.last_owner")


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
