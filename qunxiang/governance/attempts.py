"""How often somebody may try to sign in: after a handful of failures each waits longer than the last.

Failures are counted per account and per address in the state store, so that neither a restart nor
a second process forgets them. A name that has no account is counted and refused like any other.
"""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, insert, select, update

from qunxiang import clock
from qunxiang.engine import State
from qunxiang.errors import QunxiangError
from qunxiang.governance.tables import SIGN_INS

# How many failures are free. Many people may sit behind one address.
OF_ACCOUNT, OF_ADDRESS = 5, 20
LONGEST = timedelta(minutes=15)
_FORGOTTEN = timedelta(days=1)


class Attempts:
    """Counts attempts to sign in, and refuses those that come too soon."""

    def __init__(self, state: State) -> None:
        self._state = state

    def begin(self, name: str, address: str) -> None:
        """Count an attempt before it is judged, so that many at once gain nothing.

        Raises:
            QunxiangError: governance.too_many_attempts, with `retry_after` in seconds.
        """
        now = clock.now()
        keys = [(_digest("account", name), OF_ACCOUNT)]
        if address:
            keys.append((_digest("address", _network(address)), OF_ADDRESS))
        with self._state.writing() as connection:
            long_ago = (now - _FORGOTTEN).isoformat()
            connection.execute(delete(SIGN_INS).where(SIGN_INS.c.last < long_ago))
            waits: list[float] = []
            counts: dict[str, int] = {}
            for key, free in keys:
                row = connection.execute(select(SIGN_INS).where(SIGN_INS.c.key == key)).first()
                counts[key] = 0 if row is None else int(row.failures)
                if row is not None:
                    until = datetime.fromisoformat(row.last) + _delay(counts[key], free)
                    waits.append((until - now).total_seconds())
            wait = max(waits, default=0.0)
            if wait <= 0:
                for key, failures in counts.items():
                    values = {"failures": failures + 1, "last": now.isoformat()}
                    same = SIGN_INS.c.key == key
                    done = connection.execute(update(SIGN_INS).where(same).values(**values))
                    if not done.rowcount:
                        connection.execute(insert(SIGN_INS).values(key=key, **values))
                return
        raise QunxiangError("governance.too_many_attempts", retry_after=ceil(wait))

    def succeed(self, name: str, address: str) -> None:
        """Forget an account's failures; its address gets back only the attempt that succeeded."""
        account, place = _digest("account", name), _digest("address", _network(address))
        with self._state.writing() as connection:
            connection.execute(delete(SIGN_INS).where(SIGN_INS.c.key == account))
            one_less = {"failures": SIGN_INS.c.failures - 1}
            mine = (SIGN_INS.c.key == place) & (SIGN_INS.c.failures > 0)
            connection.execute(update(SIGN_INS).where(mine).values(**one_less))


def _delay(failures: int, free: int) -> timedelta:
    """Return how long after its last failure the next attempt may come."""
    if failures < free:
        return timedelta(0)
    return min(timedelta(seconds=2.0 ** min(failures - free, 20)), LONGEST)


def _digest(kind: str, key: str) -> str:
    # Who mistypes may have written a password where the name belongs: nothing is kept as it came.
    return hashlib.sha256(f"{kind}\0{key}".encode()).hexdigest()


def _network(address: str) -> str:
    """Return the address, or of IPv6 the /64 network, all of which is one subscriber's."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False))
