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
from qunxiang.cleaning import CUSTOMER_ROWS, INFERRABLE, certainty
from qunxiang.clock import micros
from qunxiang.engine import Column, Shelf, Warehouse, column_of
from qunxiang.engine.timelines import place
from qunxiang.identity import Identity
from qunxiang.profiles.changes import Changes
from qunxiang.profiles.survivorship import Rows, choose
from qunxiang.profiles.tables import PORTRAIT, ROW_IMPORT, ROW_NUMBER, SEEN_RECORD, WINNER
from qunxiang.profiles.timelines import draw_timeline, find_superseded, kind_of
from qunxiang.sources import Import

_MARKS = ("once", "change", "cleared")


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
        rows, kept, places, changes = self._rows(list(fields), imports)
        columns: dict[str, Column] = {
            ROW_IMPORT: Column("number", places["import_no"].to_numpy()),
            ROW_NUMBER: Column("number", places["row_no"].to_numpy()),
            SEEN_RECORD: _oldest(rows, self._identity.size),
        }
        for name, field in fields.items():
            chosen = self._choose(field, rows, kept, changes)
            if chosen is not None:
                value, winner = chosen
                columns[PORTRAIT + name] = value.shrunk()
                columns[WINNER + name] = Column("number", winner).shrunk()
        stale = tuple(
            n
            for name in fields
            for n in (PORTRAIT + name, WINNER + name)
            if n in self._shelf and n not in columns
        )
        self._shelf.publish(columns, remove=stale)

    def _rows(
        self, fields: list[str], imports: list[Import]
    ) -> tuple[Rows, NDArray[np.int64], pl.DataFrame, Changes | None]:
        """Return the rows in force, their places in the table, what names them, and the changes."""
        keys = ["actor", "at", "row_id", "import_no", "row_no", "source", *_MARKS]
        table = self._warehouse.read(CUSTOMER_ROWS, keys)
        superseded = find_superseded(
            self._warehouse, CUSTOMER_ROWS, table.select(["row_id", "import_no", "row_no"])
        )
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        ordered = (
            frame.with_row_index("place")
            .filter(pl.Series(~superseded))
            .sort("import_no", "row_no", maintain_order=True)
        )
        trust = {n: s.trust for n, s in self._catalog.all(SourceDefinition).items()}
        landed = {i.number: micros(datetime.fromisoformat(i.at).astimezone(UTC)) for i in imports}
        arrived = ordered["import_no"].replace_strict(landed, default=0, return_dtype=pl.Int64)
        said = ordered["at"].dt.epoch("us").fill_null(arrived)
        # What counts only once is older than anything else, the first of it the newest of these.
        once = ordered["once"].fill_null(value=False).to_numpy()
        at = np.where(once, -said.to_numpy(), said.to_numpy())
        trusted = ordered["source"].replace_strict(
            trust, default=DEFAULT_TRUST, return_dtype=pl.Int64
        )
        kept = ordered["place"].cast(pl.Int64).to_numpy()
        rows = Rows(
            person=self._identity.persons_of(ordered["actor"].to_numpy()),
            at=at,
            trust=trusted.to_numpy(),
            filled=self._filled(fields)[kept],
        )
        changes = Changes.of(rows, said.to_numpy(), ordered["change"], ordered["cleared"])
        return rows, kept, ordered.select("import_no", "row_no"), changes

    def _filled(self, fields: list[str]) -> NDArray[np.int64]:
        total = np.zeros(self._warehouse.count(CUSTOMER_ROWS), np.int64)
        for name in fields:
            total += np.asarray(self._warehouse.read(CUSTOMER_ROWS, [name])[name].is_valid())
        return total

    def _choose(
        self,
        field: FieldDefinition,
        rows: Rows,
        kept: NDArray[np.int64],
        changes: Changes | None,
    ) -> tuple[Column, NDArray[np.int64]] | None:
        name = field.name
        column = column_of(self._read(name), kind_of(field.value)).take(kept)
        known = column.known()
        if changes is not None:
            known = changes.standing(name, known)
            folded = changes.fold(column, known, self._identity.size)
            if folded is not None:
                return folded
            known &= changes.plain()
        if not known.any():
            return None
        sure = None
        if name in INFERRABLE:
            sure = self._read(certainty(name)).to_numpy()[kept].astype(np.float64)
        codes = column.values if column.offsets is None else np.zeros(len(column))
        winner = choose(rows, field.prefer, known, codes, sure, self._identity.size)
        return column.take(winner), winner

    def _read(self, name: str) -> pa.ChunkedArray:
        return self._warehouse.read(CUSTOMER_ROWS, [name])[name]

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def value_imports(self, field: str) -> NDArray[np.int64]:
        """Return, of each value of a field in force, the number of the import that gave it."""
        if WINNER + field not in self._shelf:
            return np.zeros(0, np.int64)
        winners = self._shelf.column(WINNER + field).values
        return self._shelf.column(ROW_IMPORT).values[winners[winners >= 0]].astype(np.int64)

    def value_sources(self, person: int) -> dict[str, dict[str, Any]]:
        """Return, per field of a person's portrait, which source gave it, when, and if inferred."""
        winners: dict[str, int] = {}
        for column in self._shelf.names(WINNER):
            value = int(self._shelf.column(column).values[person])
            if value >= 0:
                winners[column.removeprefix(WINNER)] = value
        if not winners:
            return {}
        imports, numbers = (self._shelf.column(n).values for n in (ROW_IMPORT, ROW_NUMBER))
        keys = {(int(imports[w]), int(numbers[w])) for w in winners.values()}
        sure = [certainty(n) for n in INFERRABLE]
        found = self._warehouse.read(
            CUSTOMER_ROWS,
            ["import_no", "row_no", "source", "at", *sure],
            where={
                "import_no": sorted({k[0] for k in keys}),
                "row_no": sorted({k[1] for k in keys}),
            },
        ).to_pylist()
        by_key = {(r["import_no"], r["row_no"]): r for r in found}
        out: dict[str, dict[str, Any]] = {}
        for name, winner in winners.items():
            row = by_key[(int(imports[winner]), int(numbers[winner]))]
            confidence = row.get(certainty(name))
            out[name] = {
                "source": row["source"],
                "at": row["at"],
                "import": row["import_no"],
                "row": row["row_no"],
                "inferred": confidence is not None,
                "confidence": confidence if confidence is not None else 1.0,
            }
        return out


def _oldest(rows: Rows, people: int) -> Column:
    """Return when the oldest record of each person is from."""
    never = np.iinfo(np.int64).max
    oldest = np.full(people, never, np.int64)
    theirs = (rows.person >= 0) & (rows.at > 0)
    np.minimum.at(oldest, rows.person[theirs], rows.at[theirs])
    oldest[oldest == never] = np.iinfo(np.int64).min
    return Column("moment", oldest)
