"""Evaluate audiences, keep their members, and note who entered and left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import delete, func, insert, select, update

from qunxiang.audiences.definitions import AudienceDefinition
from qunxiang.audiences.histories import Ids, pack, replay, unpack
from qunxiang.audiences.tables import AUDIENCE_REFRESHES
from qunxiang.catalog import Catalog
from qunxiang.engine import Bits, Column, Shelf, State
from qunxiang.errors import QunxiangError
from qunxiang.identity import write_ids
from qunxiang.language import Evaluator, InAudience, Memory, When, leaves
from qunxiang.profiles import MEMBERS, People


@dataclass(frozen=True)
class Refreshed:
    """One refresh of an audience."""

    audience: str
    as_of: str
    version: int
    count: int
    entered: int
    left: int


class Audiences:
    """The room's doorway: members and history of saved audiences."""

    def __init__(self, shelf: Shelf, state: State, catalog: Catalog, people: People) -> None:
        self._shelf = shelf
        self._state = state
        self._catalog = catalog
        self._people = people

    def refresh(self, when: When, memory: Memory) -> list[Refreshed]:
        """Evaluate every audience as of an instant, those that others name first."""
        defined = self._catalog.all(AudienceDefinition)
        stale = tuple(
            n for n in self._shelf.names(MEMBERS) if n.removeprefix(MEMBERS) not in defined
        )
        if stale:
            self._shelf.publish({}, remove=stale)
        return [self.refresh_one(name, when, memory) for name in _ordered(defined)]

    def follow(self, when: When, memory: Memory) -> None:
        """Evaluate every audience for the people at hand and keep their members, nothing else."""
        for name in _ordered(self._catalog.all(AudienceDefinition)):
            self._evaluate(name, when, memory)

    def _evaluate(self, name: str, when: When, memory: Memory) -> Bits:
        rule = self._catalog.get(AudienceDefinition, name).rule
        members = Evaluator(self._people, when, memory).people(rule)
        self._shelf.publish({MEMBERS + name: Column("number", members.words)})
        return members

    def refresh_one(self, name: str, when: When, memory: Memory) -> Refreshed:
        """Evaluate one audience, keep its members and note who entered and left."""
        version = self._catalog.history(AudienceDefinition, name)[0].version
        return self._note(name, version, self._evaluate(name, when, memory), when)

    def _note(self, name: str, version: int, members: Bits, when: When) -> Refreshed:
        """Note a refresh in its place among the others, earlier and later ones staying true."""
        ids = self._people.public_ids(members.people())
        # In one zone and to the microsecond, instants compare as text.
        as_of = when.as_of.astimezone(UTC).isoformat(timespec="microseconds")
        noted = list(self._changes(name))
        before = replay(change[1:] for change in noted if change[0] < as_of)
        later = next((change[0] for change in noted if change[0] > as_of), None)
        row = {"version": version, "count": int(ids.size), **_between(before, ids)}
        table = AUDIENCE_REFRESHES.c
        with self._state.writing() as connection:
            # A refresh as of the same instant, after a kill say, takes the place of the first.
            same = (table.audience == name) & (table.as_of == as_of)
            connection.execute(delete(AUDIENCE_REFRESHES).where(same))
            connection.execute(insert(AUDIENCE_REFRESHES).values(audience=name, as_of=as_of, **row))
            if later is not None:
                # Its members are who they were; only whom they are compared with is another.
                then = replay(change[1:] for change in noted if change[0] <= later)
                next_one = (table.audience == name) & (table.as_of == later)
                fresh = _between(ids, then)
                connection.execute(update(AUDIENCE_REFRESHES).where(next_one).values(**fresh))
        return Refreshed(
            name, as_of, version, row["count"], row["entered_count"], row["left_count"]
        )

    def newest(self) -> dict[str, Refreshed]:
        """Return the newest refresh of every audience that had one."""
        table = AUDIENCE_REFRESHES.c
        counts = (table.version, table.count, table.entered_count, table.left_count)
        last = select(table.audience, func.max(table.as_of).label("as_of"))
        last = last.group_by(table.audience).subquery()
        same = (table.audience == last.c.audience) & (table.as_of == last.c.as_of)
        query = select(table.audience, table.as_of, *counts).join(last, same)
        with self._state.reading() as connection:
            found = [Refreshed(*row) for row in connection.execute(query).all()]
        return {refreshed.audience: refreshed for refreshed in found}

    def check_order(self, audience: AudienceDefinition) -> None:
        """Refuse an audience that would lead back to itself."""
        _ordered(self._catalog.all(AudienceDefinition) | {audience.name: audience})

    def history(self, name: str) -> list[Refreshed]:
        """Return an audience's refreshes, newest first; one taken out of force keeps its history.

        Raises:
            QunxiangError: catalog.not_found, where there never was such an audience.
        """
        table = AUDIENCE_REFRESHES.c
        query = (
            select(
                table.audience,
                table.as_of,
                table.version,
                table.count,
                table.entered_count,
                table.left_count,
            )
            .where(table.audience == name)
            .order_by(table.as_of.desc())
        )
        with self._state.reading() as connection:
            found = [Refreshed(*row) for row in connection.execute(query).all()]
        if not found:
            self._catalog.get(AudienceDefinition, name)
        return found

    def changes(self, name: str, as_of: str) -> tuple[pa.Array, pa.Array]:
        """Return the public ids that entered and that left at one refresh."""
        for at, entered, left in self._changes(name):
            if at == as_of:
                return write_ids(entered), write_ids(left)
        raise QunxiangError("audiences.no_refresh", name=name, as_of=as_of)

    def _changes(self, name: str) -> Iterator[tuple[str, Ids, Ids]]:
        table = AUDIENCE_REFRESHES.c
        query = (
            select(table.as_of, table.entered, table.left)
            .where(table.audience == name)
            .order_by(table.as_of)
        )
        with self._state.reading() as connection:
            rows = connection.execute(query).all()
        return ((at, unpack(entered), unpack(left)) for at, entered, left in rows)


def _between(before: Ids, after: Ids) -> dict[str, Any]:
    """Return who entered and who left from one set of members to the next, as a row keeps it."""
    entered, left = np.setdiff1d(after, before), np.setdiff1d(before, after)
    return {
        "entered_count": int(entered.size),
        "left_count": int(left.size),
        "entered": pack(entered),
        "left": pack(left),
    }


def _ordered(audiences: dict[str, AudienceDefinition]) -> list[str]:
    """Return the names so that whoever is named by another comes before it."""
    done: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise QunxiangError("audiences.cycle", names=" → ".join((*above, name)))
        if name in done or name not in audiences:
            return
        for _, leaf in leaves(audiences[name].rule):
            if isinstance(leaf, InAudience):
                visit(leaf.audience, (*above, name))
        done.append(name)

    for name in audiences:
        visit(name, ())
    return done
