"""Draw each event's rows into a timeline: clustered by person, in order of time."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qunxiang.catalog import EventDefinition, ValueType
from qunxiang.cleaning import REPEATS, STORED, event_table
from qunxiang.engine import Column, Kind, Warehouse, column_of
from qunxiang.engine.timelines import build, cluster, place
from qunxiang.identity import Identity

# Rows come from many files; where each came from is kept as a property of this name.
SOURCE = "source"


def kind_of(value: ValueType) -> Kind:
    """Return the kind of column that holds a type of value."""
    stored = STORED[value]
    return "number" if stored == "integer" else stored  # pyright: ignore[reportReturnType]


def draw_timeline(
    warehouse: Warehouse, identity: Identity, event: EventDefinition, zone: str
) -> dict[str, Column]:
    """Return the columns of an event's timeline by their names on the shelf; none without rows."""
    table = event_table(event.name)
    if warehouse.count(table) == 0:
        return {}
    keys = warehouse.read(table, ["actor", "at", "row_id", "import_no", "row_no"])
    person = identity.persons_of(keys["actor"].to_numpy())
    superseded = find_superseded(warehouse, table, keys.select(["row_id", "import_no", "row_no"]))
    person = np.where(superseded, -1, person).astype(np.int32)
    at = column_of(keys["at"], "moment").values
    having, offsets, order = cluster(person, at, keys["row_id"].to_numpy(), identity.size)
    prefix = place(event.name)
    columns = {prefix + n: c for n, c in build(order, having, offsets, at, zone).items()}
    # By these two an event finds its row, and its person anew when people are parted or joined.
    columns[prefix + "row"] = Column("number", keys["row_id"].to_numpy()[order])
    columns[prefix + "actor"] = Column("number", keys["actor"].to_numpy()[order])
    del keys, person
    kinds: dict[str, Kind] = {p.name: kind_of(p.value) for p in event.properties}
    kinds[SOURCE] = "text"
    for name, kind in kinds.items():
        # One property at a time: the table in memory is never wider than this.
        whole = column_of(warehouse.read(table, [name])[name], kind)
        if whole.known().any():
            columns[f"{prefix}of/{name}"] = whole.take(order)
    return columns


def find_superseded(warehouse: Warehouse, table: str, keys: object) -> NDArray[np.bool_]:
    """Say of each row whether a newer version of it stands in the table.

    Args:
        warehouse: where `repeats` lists the ids of which there are several.
        table: the table the rows are from.
        keys: an Arrow table of row_id, import_no and row_no.
    """
    frame = pl.from_arrow(keys)  # pyright: ignore[reportArgumentType]
    assert isinstance(frame, pl.DataFrame)
    out = np.zeros(len(frame), np.bool_)
    repeated = pl.from_arrow(warehouse.read(REPEATS, ["row_id"], where={"table": table}))
    assert isinstance(repeated, pl.DataFrame)
    if len(repeated) == 0:
        return out
    several = frame.with_row_index("place").join(repeated.unique(), on="row_id", how="semi")
    ordered = several.sort("row_id", "import_no", "row_no")
    last = ordered.select(pl.col("row_id") != pl.col("row_id").shift(-1))[:, 0].fill_null(
        value=True
    )
    out[ordered.filter(~last)["place"].to_numpy()] = True
    return out
