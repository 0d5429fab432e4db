"""Passwords, kept as argon2id hashes: slow to try, and as slow where nobody has the name."""

from __future__ import annotations

import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

# The library's cost, which is RFC 9106's second: 64 MiB, three passes, four lanes.
HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Return what is kept of a password: the cost, a salt and the hash."""
    return HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Tell whether a password is the one kept; where none is, after as long a time: it is not."""
    try:
        HASHER.verify(_decoy() if kept is None else kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None


def _decoy() -> str:
    """Return a hash of the hasher's cost that belongs to no known password."""
    salt, digest = (
        b64encode(secrets.token_bytes(count)).decode().rstrip("=")
        for count in (HASHER.salt_len, HASHER.hash_len)
    )
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"
