"""A trial: what an import would create, update and set aside, counted without changing anything."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from qunxiang.cleaning.faults import list_bad_rows
from qunxiang.cleaning.tables import table_of
from qunxiang.cleaning.tidying import Tidy
from qunxiang.engine import Warehouse
from qunxiang.sources import CUSTOMERS, RawBatch

_EXAMPLES = 20  # of each reason
_LONGEST = 200  # characters of a value


@dataclass(frozen=True)
class Example:
    """A value, or a row, that a trial would set aside; `value` is as it came, so it is personal."""

    code: str
    column: str
    row: int
    value: str | None


@dataclass(frozen=True)
class Trial:
    """What an import would do, or did: counts of rows and of reasons, and the first of each reason."""

    rows: int
    created: int
    updated: int
    unchanged: int
    rows_set_aside: int
    values_set_aside: int
    reasons: dict[str, int] = field(default_factory=dict[str, int])
    examples: tuple[Example, ...] = ()


class Counts:
    """The accounting of a trial: rows in = created + updated + unchanged + set aside."""

    def __init__(self, warehouse: Warehouse, rows: str) -> None:
        self._warehouse = warehouse
        self._of_customers = rows == CUSTOMERS
        self._known: dict[str, pl.DataFrame] = {}
        self._total = dict.fromkeys(("rows", "created", "updated", "unchanged", "bad", "values"), 0)
        self._reasons: dict[str, int] = {}
        self._examples: dict[str, list[Example]] = {}

    def add(self, tidy: Tidy, batch: RawBatch) -> None:
        """Count a batch."""
        total = self._total
        total["rows"] += batch.rows.num_rows + len(batch.bad)
        total["bad"] += len(batch.bad)
        for what, frame in tidy.rows.items():
            if (what == CUSTOMERS) != self._of_customers:
                continue  # what orders say of the people themselves is no row of the file
            table = table_of(what)
            known = self._contents(table)
            # A row may come twice in one file: the second finds the first.
            joined = (
                frame.select("row_id", "content")
                .join(known, on="row_id", how="left", maintain_order="left")
                .with_columns(
                    pl.coalesce(pl.col("content").shift(1).over("row_id"), "known").alias("known")
                )
            )
            newest = frame.select("row_id", pl.col("content").alias("known"))
            self._known[table] = pl.concat([known, newest]).unique(
                "row_id", keep="last", maintain_order=True
            )
            new = int(joined["known"].is_null().sum())
            same = int((joined["known"] == joined["content"]).sum())
            total["created"] += new
            total["unchanged"] += same
            total["updated"] += len(frame) - new - same
        for fault in [*tidy.faults, list_bad_rows(batch)]:
            whole = int(fault["whole_row"].sum() or 0)
            total["values"] += len(fault) - whole
            for code, n in fault["code"].value_counts().iter_rows():
                self._reasons[code] = self._reasons.get(code, 0) + n
            self._keep_examples(fault)
        total["bad"] += sum(int(f["whole_row"].sum() or 0) for f in tidy.faults)

    def _keep_examples(self, fault: pl.DataFrame) -> None:
        told = fault.select(
            "code", "column", pl.col("row_no").alias("row"), pl.col("value").str.head(_LONGEST)
        )
        for row in told.group_by("code", maintain_order=True).head(_EXAMPLES).to_dicts():
            kept = self._examples.setdefault(row["code"], [])
            if len(kept) < _EXAMPLES:
                kept.append(Example(**row))

    def _contents(self, table: str) -> pl.DataFrame:
        """Return row_id and content of the rows a table holds, the newest version of each."""
        if table not in self._known:
            empty = pl.DataFrame(schema={"row_id": pl.UInt64, "known": pl.UInt64})
            if self._warehouse.count(table):
                found = pl.from_arrow(
                    self._warehouse.read(
                        table, ["row_id", "content"], order=["import_no", "row_no"]
                    )
                )
                assert isinstance(found, pl.DataFrame)
                empty = found.rename({"content": "known"}).unique("row_id", keep="last")
            self._known[table] = empty
        return self._known[table]

    def trial(self) -> Trial:
        """Return what was counted."""
        total = self._total
        return Trial(
            total["rows"],
            total["created"],
            total["updated"],
            total["unchanged"],
            total["bad"],
            total["values"],
            dict(sorted(self._reasons.items(), key=lambda item: -item[1])),
            tuple(e for kept in self._examples.values() for e in kept),
        )
