"""Moves: who entered and left audiences, in the order in which it was noticed, for whoever acts on it.

A refresh and what is live write to the same list, each against what the list says so far: replayed
from the beginning it tells the members, and nobody enters or leaves twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import pyarrow as pa
from sqlalchemy import func, insert, select

from qunxiang.audiences.histories import Ids, pack, replay, unpack
from qunxiang.audiences.tables import AUDIENCE_MOVES
from qunxiang.engine import State
from qunxiang.identity import write_ids

Cause = Literal["refresh", "live"]


@dataclass(frozen=True)
class Move:
    """Who entered and left an audience at one moment, by public id."""

    number: int
    audience: str
    at: datetime
    cause: Cause
    entered: pa.Array
    left: pa.Array


class Moves:
    """The list of moves."""

    def __init__(self, state: State) -> None:
        self._state = state

    def members(self, audience: str) -> Ids:
        """Return who the members of an audience are by what the list says."""
        table = AUDIENCE_MOVES.c
        query = select(table.entered, table.left).where(table.audience == audience)
        with self._state.reading() as connection:
            rows = connection.execute(query.order_by(table.number)).all()
        return replay((unpack(entered), unpack(left)) for entered, left in rows)

    def note(self, at: datetime, cause: Cause, changes: Mapping[str, tuple[Ids, Ids]]) -> list[int]:
        """Write who entered and left, audience by audience; return the numbers of the moves."""
        moved = {name: each for name, each in changes.items() if each[0].size or each[1].size}
        if not moved:
            return []
        numbers: list[int] = []
        with self._state.writing() as connection:
            number = connection.execute(select(func.max(AUDIENCE_MOVES.c.number))).scalar() or 0
            for name, (entered, left) in moved.items():
                number += 1
                numbers.append(number)
                connection.execute(
                    insert(AUDIENCE_MOVES).values(
                        number=number,
                        audience=name,
                        at=at.astimezone(UTC).isoformat(timespec="microseconds"),
                        cause=cause,
                        entered=pack(np.sort(entered)),
                        left=pack(np.sort(left)),
                    )
                )
        return numbers

    def read(self, audience: str, after: int = 0, limit: int = 100) -> list[Move]:
        """Return the moves of an audience behind a number, oldest first."""
        table = AUDIENCE_MOVES.c
        columns = (table.number, table.audience, table.at, table.cause, table.entered, table.left)
        query = (
            select(*columns)
            .where(table.audience == audience, table.number > after)
            .order_by(table.number)
            .limit(limit)
        )
        with self._state.reading() as connection:
            rows = connection.execute(query).all()
        return [
            Move(n, name, datetime.fromisoformat(at), cause, *(write_ids(unpack(b)) for b in both))
            for n, name, at, cause, *both in rows
        ]
