"""The records: every customer row, clustered by person, in the order in which rows were read."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.cleaning import CUSTOMER_ROWS, INFERRABLE, certainty
from qunxiang.engine import Column, Kind, Warehouse, column_of, group
from qunxiang.identity import Identity
from qunxiang.profiles.tables import RECORDS
from qunxiang.profiles.timelines import find_superseded

# What every record has, and the kind of its column.
KEYS: dict[str, Kind] = {
    "actor": "number",
    "at": "moment",
    "row_id": "number",
    "content": "number",
    "import_no": "number",
    "row_no": "number",
    "source": "text",
    "once": "yesno",
    "change": "text",
    "cleared": "texts",
}
FIELD = RECORDS + "of/"


class Records:
    """The rows of customers as columns of the shelf.

    Args:
        warehouse: where the rows are.
        identity: whose they are.
        fields: the fields and the kinds of their columns.

    Attributes:
        columns: those read so far, by their names on the shelf.
        person: the person number of each row, -1 where a newer version of it is in force.
    """

    def __init__(self, warehouse: Warehouse, identity: Identity, fields: dict[str, Kind]) -> None:
        self._warehouse = warehouse
        self._fields = fields
        table = warehouse.read(CUSTOMER_ROWS, list(KEYS))
        owner = identity.persons_of(table["actor"].to_numpy())
        superseded = find_superseded(
            warehouse, CUSTOMER_ROWS, table.select(["row_id", "import_no", "row_no"])
        )
        numbers = pl.DataFrame({n: table[n].to_numpy() for n in ("import_no", "row_no")})
        turn = (
            numbers.select(pl.arg_sort_by("import_no", "row_no", maintain_order=True))
            .to_series()
            .to_numpy()
        )
        starts, order = group(owner[turn], identity.size)
        self._order = turn[order].astype(np.int64)
        having = np.flatnonzero(np.diff(starts)).astype(np.int32)
        # A row that a newer version replaces decides nothing any more.
        self.person = np.where(superseded, -1, owner)[self._order].astype(np.int32)
        self.columns: dict[str, Column] = {
            RECORDS + "people": Column("number", having),
            RECORDS + "offsets": Column("number", np.append(starts[having], starts[-1])),
        }
        for name, kind in KEYS.items():
            values = table[name].to_numpy() if kind == "number" else None
            whole = column_of(table[name], kind) if values is None else Column("number", values)
            self.columns[RECORDS + name] = (
                whole.take(self._order) if values is None else Column("number", values[self._order])
            )

    def key(self, name: str) -> NDArray[np.generic]:
        """Return one of what every record has, as plain values."""
        return self.columns[RECORDS + name].values

    def field(self, name: str) -> Column:
        """Return a field of every record, and keep it if any has it."""
        found = column_of(self._read(name), self._fields[name]).take(self._order)
        if found.known().any():
            self.columns[FIELD + name] = found.shrunk()
        return found

    def certainty(self, name: str) -> NDArray[np.float64] | None:
        """Return how sure an inferred value is, NaN where it was given; None if never inferred."""
        if name not in INFERRABLE:
            return None
        found = column_of(self._read(certainty(name)), "number").take(self._order)
        if found.known().any():
            self.columns[FIELD + certainty(name)] = found
        return found.values

    def filled(self) -> NDArray[np.int64]:
        """Return how many fields each record fills."""
        total = np.zeros(self._warehouse.count(CUSTOMER_ROWS), np.int64)
        for name in self._fields:
            total += np.asarray(self._read(name).is_valid())
        return total[self._order]

    def _read(self, name: str) -> pa.ChunkedArray:
        return self._warehouse.read(CUSTOMER_ROWS, [name])[name]
