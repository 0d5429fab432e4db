"""Draw the portraits: one value per person and field, with the row that gave it; and the timelines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.catalog import (
    DEFAULT_TRUST,
    Catalog,
    EventDefinition,
    FieldDefinition,
    SourceDefinition,
)
from qunxiang.cleaning import certainty
from qunxiang.clock import micros
from qunxiang.engine import Column, Shelf, Warehouse, find_places
from qunxiang.engine.timelines import place
from qunxiang.identity import Identity
from qunxiang.profiles.changes import Changes
from qunxiang.profiles.records import FIELD, Records
from qunxiang.profiles.survivorship import Rows, choose
from qunxiang.profiles.tables import PORTRAIT, RECORDS, SEEN_RECORD, WINNER
from qunxiang.profiles.timelines import draw_timeline, kind_of
from qunxiang.sources import Import

_TOLD_OF_RECORDS = ("import_no", "row_no", "source", "at")


class Profiles:
    """The room's doorway: draws portraits and timelines onto the shelf."""

    def __init__(
        self, warehouse: Warehouse, shelf: Shelf, catalog: Catalog, identity: Identity, zone: str
    ) -> None:
        self._warehouse = warehouse
        self._shelf = shelf
        self._catalog = catalog
        self._identity = identity
        self._zone = zone

    def draw_timelines(self) -> None:
        """Draw the timeline of every event that has rows."""
        for event in self._catalog.all(EventDefinition).values():
            columns = draw_timeline(self._warehouse, self._identity, event, self._zone)
            if columns or place(event.name) + "at" in self._shelf:
                self._shelf.publish(columns, remove=(place(event.name),))

    def draw_portraits(self, imports: list[Import]) -> None:
        """Choose every person's value of every field."""
        fields = self._catalog.all(FieldDefinition)
        records = Records(
            self._warehouse, self._identity, {n: kind_of(f.value) for n, f in fields.items()}
        )
        rows, said = self._rows(records, imports)
        does, cleared = (records.columns[RECORDS + n].arrow() for n in ("change", "cleared"))
        changes = Changes.of(rows, said, pl.Series(does), pl.Series(cleared))
        drawn = {SEEN_RECORD: _oldest(rows, self._identity.size)}
        for name, field in fields.items():
            chosen = self._choose(field, records, rows, changes)
            if chosen is not None:
                value, winner = chosen
                drawn[PORTRAIT + name] = value.shrunk()
                drawn[WINNER + name] = Column("number", winner).shrunk()
        stale = tuple(
            n
            for name in fields
            for n in (PORTRAIT + name, WINNER + name)
            if n in self._shelf and n not in drawn
        )
        self._shelf.publish(drawn | records.columns, remove=(*stale, RECORDS))

    def _choose(
        self, field: FieldDefinition, records: Records, rows: Rows, changes: Changes | None
    ) -> tuple[Column, NDArray[np.int64]] | None:
        """Return every person's value of a field, and the record that gave it; None if none does."""
        column = records.field(field.name)
        known = column.known() & (rows.person >= 0)
        if changes is not None:
            known = changes.standing(field.name, known)
            folded = changes.fold(column, known, self._identity.size)
            if folded is not None:
                return folded
            known &= changes.plain()
        if not known.any():
            return None
        codes = column.values if column.offsets is None else np.zeros(len(column))
        sure = records.certainty(field.name)
        winner = choose(rows, field.prefer, known, codes, sure, self._identity.size)
        return column.take(winner), winner

    def _rows(self, records: Records, imports: list[Import]) -> tuple[Rows, NDArray[np.int64]]:
        """Return what preferences look at in each record, and when each was said."""
        trust = {n: s.trust for n, s in self._catalog.all(SourceDefinition).items()}
        landed = {i.number: micros(datetime.fromisoformat(i.at).astimezone(UTC)) for i in imports}
        arrived = pl.Series(records.key("import_no")).replace_strict(
            landed, default=0, return_dtype=pl.Int64
        )
        at = records.columns[RECORDS + "at"]
        said = np.where(at.known(), at.values, arrived.to_numpy())
        # What counts only once is older than anything else, the first of it the newest of these.
        once = records.key("once") == 1
        sources = records.columns[RECORDS + "source"]
        by_word = [trust.get(word, DEFAULT_TRUST) for word in sources.words.to_pylist()]
        rows = Rows(
            person=records.person,
            at=np.where(once, -said, said),
            trust=np.array([*by_word, DEFAULT_TRUST], np.int64)[sources.values],
            filled=records.filled(),
        )
        return rows, said

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def value_imports(self, field: str) -> NDArray[np.int64]:
        """Return, of each value of a field in force, the number of the import that gave it."""
        if WINNER + field not in self._shelf:
            return np.zeros(0, np.int64)
        winners = self._shelf.column(WINNER + field).values
        return (
            self._shelf.column(RECORDS + "import_no").values[winners[winners >= 0]].astype(np.int64)
        )

    def value_sources(self, person: int) -> dict[str, dict[str, Any]]:
        """Return, per field of a person's portrait, which source gave it, when, and if inferred."""
        out: dict[str, dict[str, Any]] = {}
        for column in self._shelf.names(WINNER):
            winner = self._shelf.column(column).values[[person]].astype(np.int64)
            if winner[0] >= 0:
                name = column.removeprefix(WINNER)
                confidence = self._told(FIELD + certainty(name), winner)
                out[name] = {
                    "source": self._told(RECORDS + "source", winner),
                    "at": self._told(RECORDS + "at", winner),
                    "import": int(self._shelf.column(RECORDS + "import_no").values[winner[0]]),
                    "row": int(self._shelf.column(RECORDS + "row_no").values[winner[0]]),
                    "inferred": confidence is not None,
                    "confidence": confidence if confidence is not None else 1.0,
                }
        return out

    def records_of(self, person: int, fields: list[str]) -> pa.Table:
        """Return the records of a person: import_no, row_no, source, at and fields, null where unknown."""
        if RECORDS + "people" not in self._shelf:
            return pa.table({n: pa.array([], pa.null()) for n in _TOLD_OF_RECORDS})
        people = self._shelf.column(RECORDS + "people").values
        offsets = self._shelf.column(RECORDS + "offsets").values
        at = int(find_places(people, person))
        there = at < people.size and int(people[at]) == person
        rows = np.arange(int(offsets[at]), int(offsets[at + 1])) if there else np.zeros(0, np.int64)
        # Those that add to what was said, or clear it, are no records.
        rows = rows[self._shelf.column(RECORDS + "change").values[rows] < 0]
        known = [n for n in fields if FIELD + n in self._shelf]
        names = {n: RECORDS + n for n in _TOLD_OF_RECORDS} | {n: FIELD + n for n in known}
        return pa.table({n: self._shelf.column(c).take(rows).arrow() for n, c in names.items()})

    def _told(self, name: str, place: NDArray[np.int64]) -> Any:
        if name not in self._shelf:
            return None
        return self._shelf.column(name).value(int(place[0]))


def _oldest(rows: Rows, people: int) -> Column:
    """Return when the oldest record of each person is from."""
    never = np.iinfo(np.int64).max
    oldest = np.full(people, never, np.int64)
    theirs = (rows.person >= 0) & (rows.at > 0)
    np.minimum.at(oldest, rows.person[theirs], rows.at[theirs])
    oldest[oldest == never] = np.iinfo(np.int64).min
    return Column("moment", oldest)
