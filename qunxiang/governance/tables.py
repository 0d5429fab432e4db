"""The state tables this room writes: accounts, sessions, tokens, the audit trail, erasure receipts.

| table | one row for each | names a person by |
| --- | --- | --- |
| accounts | somebody who works here | |
| sessions | signed-in browser, by the hash of its secret | |
| tokens | API token, by the hash of its secret | |
| write_keys | key with which clients send messages, by its hash | |
| sign_ins | account or address that failed to sign in, by its hash | |
| audit | thing done, each with the hash of the one before | subject (public id; erased to its hash) |
| erasures | person erased: counts per store, and a keyed hash of who it was | |
| secrets | password or token of another system, sealed | |
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, String, Table

from qunxiang.catalog import Holding
from qunxiang.engine import METADATA

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("name", String, primary_key=True),
    Column("password", String, nullable=False),
    Column("role", String, nullable=False),
    Column("at", String, nullable=False),
    Column("seen", String),  # when they last asked for anything, to a few minutes
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("hash", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("csrf", String, nullable=False),
    Column("expires", String, nullable=False),
)

TOKENS = Table(
    "tokens",
    METADATA,
    Column("hash", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
    Column("used", String),  # when it was last used, to a few minutes
)

WRITE_KEYS = Table(
    "write_keys",
    METADATA,
    Column("hash", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("begins", String, nullable=False),  # the key's first letters, by which people know it
    Column("source", String, nullable=False),
    Column("kinds", JSON, nullable=False),
    Column("per_second", Integer, nullable=False),
    Column("origins", JSON, nullable=False),
    Column("aliases", JSON, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
)

SIGN_INS = Table(
    "sign_ins",
    METADATA,
    Column("key", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", String, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("who", String, nullable=False),
    Column("what", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("details", JSON, nullable=False),
    Column("chain", String, nullable=False),
)

ERASURES = Table(
    "erasures",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("who", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("stores", JSON, nullable=False),
    Column("rechecked", Integer, nullable=False),
)

SECRETS = Table(
    "secrets",
    METADATA,
    Column("name", String, primary_key=True),
    Column("sealed", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
)

HOLDINGS = (
    # Whoever works here is no customer; their accounts are theirs, not a portrait's.
    Holding("accounts", "state"),
    Holding("sessions", "state"),
    Holding("tokens", "state"),
    Holding("write_keys", "state"),
    Holding("sign_ins", "state"),
    # The trail keeps that something was done, and no longer to whom.
    Holding("audit", "state", "public_id", ("subject",), "pseudonymise"),
    Holding("erasures", "state", "pseudonym", ("subject",)),
    Holding("secrets", "state"),
)
