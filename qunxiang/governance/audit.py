"""The audit trail: who did what to whom, each entry chained to the one before by a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import orjson
from sqlalchemy import insert, select, update

from qunxiang import clock
from qunxiang.engine import State
from qunxiang.governance.tables import AUDIT

_BEGIN = "0" * 64


class Audit:
    """Writes and verifies the trail."""

    def __init__(self, state: State, key: bytes) -> None:
        self._state = state
        self._key = key

    def note(self, who: str, what: str, subject: str = "", **details: Any) -> None:
        """Add an entry; details must not hold personal values."""
        entry = {
            "at": clock.now().isoformat(),
            "who": who,
            "what": what,
            "subject": subject,
            "details": details,
        }
        with self._state.writing() as connection:
            last = connection.execute(
                select(AUDIT.c.chain).order_by(AUDIT.c.number.desc()).limit(1)
            ).scalar()
            chain = self._link(last or _BEGIN, entry)
            connection.execute(insert(AUDIT).values(**entry, chain=chain))

    def entries(self, limit: int = 200, before: int | None = None) -> list[dict[str, Any]]:
        """Return the newest entries, newest first; those before an entry's number, if it is given."""
        query = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(AUDIT.c.number < before)
        with self._state.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def first_broken(self) -> int | None:
        """Return the number of the first entry that was changed, moved or put in; None if all stand."""
        before = _BEGIN
        with self._state.reading() as connection:
            for row in connection.execute(select(AUDIT).order_by(AUDIT.c.number)).mappings():
                entry = {k: row[k] for k in ("at", "who", "what", "subject", "details")}
                if not hmac.compare_digest(self._link(before, entry), row["chain"]):
                    return int(row["number"])
                before = row["chain"]
        return None

    def seal_again(self) -> None:
        """Chain every entry anew, after an erasure took a person's id out of some."""
        before = _BEGIN
        with self._state.writing() as connection:
            for row in connection.execute(select(AUDIT).order_by(AUDIT.c.number)).mappings().all():
                entry = {k: row[k] for k in ("at", "who", "what", "subject", "details")}
                before = self._link(before, entry)
                connection.execute(
                    update(AUDIT).where(AUDIT.c.number == row["number"]).values(chain=before)
                )

    def _link(self, before: str, entry: dict[str, Any]) -> str:
        body = before.encode() + orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)
        return hmac.new(self._key, body, hashlib.sha256).hexdigest()
