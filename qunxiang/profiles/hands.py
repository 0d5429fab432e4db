"""What people say of people by hand: who is on a list, and the values of manual tags.

Every change is one row of the state store: compressed public ids, and the value each was given or
null where it was taken back. What was said last of a person counts, so that any earlier moment can
be asked for, and a change of one person costs one small row however long the list is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import func, insert, select

from qunxiang import clock
from qunxiang.engine import State
from qunxiang.identity import Identity
from qunxiang.profiles.sayings import TAKEN_BACK, Codes, Said, pack, replay, unpack
from qunxiang.profiles.tables import HAND_CHANGES

Subject = Literal["list", "tag"]
ON_LIST = "yes"


@dataclass(frozen=True)
class HandChange:
    """One change by hand: how many people were given a value, and from how many it was taken."""

    number: int
    at: str
    author: str
    cause: str
    given: int
    taken: int


class Hands:
    """Keeps what was said by hand, and tells it by person number."""

    def __init__(self, state: State, identity: Identity) -> None:
        self._state = state
        self._identity = identity

    def say(
        self,
        subject: Subject,
        name: str,
        people: NDArray[np.int64],
        values: pa.Array,
        *,
        by: tuple[str, str],
    ) -> HandChange:
        """Give people values, or take them back (null); whoever has the value already is left alone.

        Args:
            subject: what `name` is.
            name: the list or tag.
            people: person numbers; of one that comes twice, the last value counts.
            values: text, one for each of `people`.
            by: the author, and where the people come from.

        Returns:
            The change; its number is 0 if there was nothing to change.
        """
        said = self._read(subject, name)
        persons = self._identity.find_ids(said.ids)
        before = self._codes(persons, said)
        words = list(dict.fromkeys([*said.words, *values.unique().drop_null().to_pylist()]))
        codes = _code(values, words)
        last = people.size - 1 - np.unique(people[::-1], return_index=True)[1]
        people, codes = people[last], codes[last]
        differs = codes != before[people]
        people, codes = people[differs], codes[differs]
        current = self._identity.public_ids(people)
        # What was said under an id from before a merge is taken back with the rest.
        older = np.isin(persons, people) & ~np.isin(said.ids, current)
        ids = np.concatenate([current, said.ids[older]])
        codes = np.concatenate([codes, np.full(int(older.sum()), TAKEN_BACK, np.int32)])
        given = int((codes[: people.size] >= 0).sum())
        change = HandChange(0, _instant(clock.now()), *by, given, people.size - given)
        return self._write(subject, name, change, Said(ids, codes, words)) if ids.size else change

    def people(
        self, subject: Subject, name: str, as_of: datetime | None = None
    ) -> tuple[Codes, list[str]]:
        """Return each person number's value as a code, -1 for none, and the words of the codes."""
        said = self._read(subject, name, as_of)
        return self._codes(self._identity.find_ids(said.ids), said), said.words

    def changes(self, subject: Subject, name: str) -> list[HandChange]:
        """Return the changes of a list or tag, newest first."""
        table = HAND_CHANGES.c
        columns = (table.number, table.at, table.author, table.cause, table.given, table.taken)
        query = (
            select(*columns)
            .where(table.subject == subject, table.name == name)
            .order_by(table.number.desc())
        )
        with self._state.reading() as connection:
            return [HandChange(*row) for row in connection.execute(query)]

    def newest(self, subject: Subject, name: str) -> int:
        """Return the number of the last change, 0 if there was none."""
        table = HAND_CHANGES.c
        query = select(func.max(table.number)).where(table.subject == subject, table.name == name)
        with self._state.reading() as connection:
            return connection.execute(query).scalar() or 0

    def stamp(self) -> list[object]:
        """Return what changes whenever anything was said."""
        query = select(func.count(), func.max(HAND_CHANGES.c.at)).select_from(HAND_CHANGES)
        return self._state.kept("hands", lambda connection: list(connection.execute(query).one()))

    # ── inside ───────────────────────────────────────────────────────────────────────────────────

    def _codes(self, persons: NDArray[np.int64], said: Said) -> Codes:
        out = np.full(self._identity.size, TAKEN_BACK, np.int32)
        found = persons >= 0  # whoever was erased has no number
        out[persons[found]] = said.codes[found]
        return out

    def _read(self, subject: Subject, name: str, as_of: datetime | None = None) -> Said:
        table = HAND_CHANGES.c
        query = (
            select(table.said)
            .where(table.subject == subject, table.name == name)
            .order_by(table.number)
        )
        if as_of is not None:
            query = query.where(table.at <= _instant(as_of))
        with self._state.reading() as connection:
            return replay([unpack(row) for row in connection.execute(query).scalars()])

    def _write(self, subject: Subject, name: str, change: HandChange, said: Said) -> HandChange:
        table = HAND_CHANGES.c
        mine = (table.subject == subject) & (table.name == name)
        with self._state.writing() as connection:
            number = connection.execute(select(func.max(table.number)).where(mine)).scalar() or 0
            noted = HandChange(
                number + 1, change.at, change.author, change.cause, change.given, change.taken
            )
            row = {"subject": subject, "name": name, "said": pack(said)} | vars(noted)
            connection.execute(insert(HAND_CHANGES).values(**row))
        return noted


def _instant(moment: datetime) -> str:
    """Return an instant as text; in one zone and to the microsecond, instants compare as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _code(values: pa.Array, words: list[str]) -> Codes:
    found = pa.compute.index_in(values.cast(pa.string()), pa.array(words, pa.string()))
    return np.asarray(found.fill_null(TAKEN_BACK).to_numpy(), np.int32)
