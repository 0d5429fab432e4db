"""How many requests of a web hook were refused, by day and reason; nothing else of them is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from qunxiang import clock
from qunxiang.engine import State
from qunxiang.sources.tables import HOOK_REFUSALS

_KEPT_DAYS = 30


@dataclass(frozen=True)
class Refusal:
    """How many requests of a hook were refused on a day (UTC) for one reason, and when the last was."""

    hook: str
    day: str
    code: str
    requests: int
    last: str


class Refusals:
    """Counts what was refused."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, counts: Mapping[tuple[str, str], int]) -> None:
        """Count requests that were refused just now, by hook and code."""
        now = clock.now()
        day, cells = now.date().isoformat(), HOOK_REFUSALS.c
        with self._state.writing() as connection:
            for (hook, code), requests in counts.items():
                same = (cells.hook == hook) & (cells.day == day) & (cells.code == code)
                more = {"requests": cells.requests + requests, "last": now.isoformat()}
                if not connection.execute(update(HOOK_REFUSALS).where(same).values(more)).rowcount:
                    row = {"hook": hook, "day": day, "code": code}
                    row |= {"requests": requests, "last": now.isoformat()}
                    connection.execute(insert(HOOK_REFUSALS).values(row))
            old = (now - timedelta(days=_KEPT_DAYS)).date().isoformat()
            connection.execute(delete(HOOK_REFUSALS).where(cells.day < old))

    def of(self, hook: str) -> list[Refusal]:
        """Return what was refused of a hook in the last thirty days, the newest first."""
        query = (
            select(HOOK_REFUSALS)
            .where(HOOK_REFUSALS.c.hook == hook)
            .order_by(HOOK_REFUSALS.c.last.desc())
        )
        with self._state.reading() as connection:
            return [Refusal(**row) for row in connection.execute(query).mappings()]
