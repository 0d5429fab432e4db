"""Tidy rows on their way into the warehouse: numbered, sorted from repeats, inserted many at a time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
import pyarrow as pa

from qunxiang.cleaning.changes import UNLINK
from qunxiang.cleaning.faults import ROW, list_whole_rows, name_event
from qunxiang.cleaning.numbering import Register, Together, stamp
from qunxiang.cleaning.tables import IDENTIFIERS, PARTINGS, REPEATS, SET_ASIDE, SIGHTINGS, table_of
from qunxiang.cleaning.tidying import Tidy
from qunxiang.engine import Tally, Warehouse
from qunxiang.sources import ID

_INSERT_ROWS = 122_880
SAME_ID = "row.same_id"


class Seen:
    """The row ids that stand in each table, read when first asked for.

    Where rows have left a table, it is to be made anew.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._tallies: dict[str, Tally] = {}

    def again(self, table: str, ids: pl.Series) -> pl.Series:
        """Say which ids came before, in the table or here, and remember all of them."""
        if table not in self._tallies:
            self._tallies[table] = tally = Tally()
            if table in self._warehouse.tables() and self._warehouse.count(table):
                tally.seen(self._warehouse.read(table, ["row_id"])["row_id"].to_numpy())
        return pl.Series(self._tallies[table].seen(ids.to_numpy()) > 0)


def take_out(warehouse: Warehouse, imports: Iterable[int]) -> None:
    """Take everything that imports brought out of every table."""
    numbers = list(imports)
    for table in sorted(warehouse.tables()):
        if "import_no" in warehouse.columns(table):
            warehouse.delete(table, "import_no", numbers)


class Arrival:
    """The rows of one import on their way into the warehouse."""

    def __init__(
        self, warehouse: Warehouse, register: Register, seen: Seen, *, import_no: int, source: str
    ) -> None:
        self._warehouse = warehouse
        self._register = register
        self._seen = seen
        self._import_no = import_no
        self._source = source
        self._constants = {"import_no": np.int32(import_no), "source": source}
        self._together = Together()
        self._waiting: dict[str, list[pa.Table]] = {}
        self.rows = 0
        self.aside = 0
        self.repeats = 0

    def insert(self, tidy: Tidy) -> None:
        """Take the tidy rows of a batch, a further version of a row beside those before it."""
        for what, frame in tidy.rows.items():
            if len(frame):
                table = table_of(what)
                again = self._seen.again(table, frame["row_id"])
                unique = frame["row_id"].filter(again).unique()
                if len(unique):
                    names = pa.array([table] * len(unique))
                    self._put(REPEATS, pa.table({"table": names, "row_id": unique.to_arrow()}))
                self._add(table, frame)
        self.set_aside(tidy.faults)

    def insert_once(self, tidy: Tidy) -> None:
        """Take the tidy rows of messages: one that says the same again counts once.

        Of two of one id that say different things the first counts; the other is set aside, for a
        person to decide.
        """
        for what, frame in tidy.rows.items():
            if not len(frame):
                continue
            table = table_of(what)
            if "change" in frame.columns:
                parting = (frame["change"] == UNLINK).fill_null(value=False)
                ids = [pl.col(c).is_not_null() for c in frame.columns if c.startswith(ID)]
                lone = parting & (frame.select(pl.sum_horizontal(ids))[:, 0] == 1)
                self._part(frame.filter(lone), pl.col("left") == pl.col("right"))
                self._part(frame.filter(parting & ~lone), pl.col("left") != pl.col("right"))
                frame = frame.filter(~parting)  # noqa: PLW2901 - the rest of it goes on
            again = self._seen.again(table, frame["row_id"])
            if again.any():
                frame = self._sift(what, frame, again)  # noqa: PLW2901
            self._add(table, frame, timed=True)
        self.set_aside(tidy.faults)

    def _sift(self, what: str, frame: pl.DataFrame, again: pl.Series) -> pl.DataFrame:
        table = table_of(what)
        self._flush(table)
        fresh, repeated = frame.filter(~again), frame.filter(again)
        keys = pa.table({"row_id": repeated["row_id"].unique().to_arrow()})
        found = pl.from_arrow(self._warehouse.matching(table, ["row_id", "content"], keys))
        assert isinstance(found, pl.DataFrame)
        known = pl.concat([found, fresh.select("row_id", "content")])
        differing = repeated.join(known, on=["row_id", "content"], how="anti")
        self.repeats += len(repeated) - len(differing)
        if len(differing):
            found = [list_whole_rows(differing[ROW], SAME_ID, "", None)]
            name_event(found, what)
            self.set_aside(found)
        return fresh

    def _part(self, frame: pl.DataFrame, which: pl.Expr) -> None:
        """Note whom messages part; that two say the same changes nothing."""
        if not len(frame):
            return
        sighting = self._register.sight(frame, timed=True)
        for new in sighting.new:
            self._put(IDENTIFIERS, new)
        apart = pl.concat(sighting.pairs).drop("rank").filter(which)
        number = pl.lit(self._import_no, dtype=pl.Int32).alias("import_no")
        self._put(PARTINGS, apart.with_columns(number).to_arrow())
        self.rows += len(frame)

    def _add(self, table: str, frame: pl.DataFrame, *, timed: bool = False) -> None:
        if not len(frame):
            return
        sighting = self._register.sight(frame, timed=timed)
        for new in sighting.new:
            self._put(IDENTIFIERS, new)
        self._together.add(sighting.pairs)
        self._put(table, stamp(frame, sighting.actor, self._constants))
        self.rows += len(frame)

    def set_aside(self, faults: list[pl.DataFrame]) -> None:
        """Note what could not be used."""
        number = pl.lit(self._import_no, dtype=pl.Int32).alias("import_no")
        for fault in faults:
            if len(fault):
                self._put(SET_ASIDE, fault.with_columns(number).to_arrow())
                self.aside += len(fault)

    def _put(self, table: str, rows: pa.Table) -> None:
        """Keep rows until there are many: a large insert costs less per row, and uses every thread."""
        waiting = self._waiting.setdefault(table, [])
        waiting.append(rows)
        if sum(r.num_rows for r in waiting) >= _INSERT_ROWS:
            self._flush(table)

    def _flush(self, table: str) -> None:
        waiting = self._waiting.pop(table, [])
        if waiting:
            self._warehouse.insert(table, pa.concat_tables(waiting, promote_options="permissive"))

    def finish(self) -> None:
        """Insert what still waits, and who was seen together."""
        for table in list(self._waiting):
            self._flush(table)
        pairs = self._together.table(self._import_no, self._source)
        if pairs is not None:
            self._warehouse.insert(SIGHTINGS, pairs)
