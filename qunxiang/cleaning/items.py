"""Items: what messages say of products and the like; the newest version of each is in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import polars as pl
import pyarrow as pa

from qunxiang.cleaning.tables import ITEMS
from qunxiang.engine import Warehouse
from qunxiang.sources import Message

_encode = msgspec.json.Encoder(order="deterministic").encode
_KEYS = ["import_no", "row_no", "type", "item", "at", "gone"]
_KINDS = {
    "row_no": pa.int64(),
    "type": pa.string(),
    "item": pa.string(),
    "at": pa.timestamp("us", "UTC"),
    "gone": pa.bool_(),
    "content": pa.string(),
}


@dataclass
class Told:
    """What messages say of items, a row each."""

    rows: list[tuple[int, str, str, int, bool, str]] = field(
        default_factory=list[tuple[int, str, str, int, bool, str]]
    )

    def add(self, number: int, at: int, said: Message) -> None:
        """Take what a message says of an item."""
        assert said.group is not None
        kind, item = said.group
        content = _encode(said.properties).decode()
        self.rows.append((number, kind, item, at, "delete" in said.changes, content))

    def table(self, import_no: int, source: str) -> pa.Table:
        """Return the rows as they are kept."""
        columns = zip(*self.rows, strict=True)
        arrays = [pa.array(c, t) for c, t in zip(map(list, columns), _KINDS.values(), strict=True)]
        table = pa.table(arrays, names=list(_KINDS))
        many = table.num_rows
        table = table.append_column("import_no", pa.array([import_no] * many, pa.int32()))
        return table.append_column("source", pa.array([source] * many, pa.string()))


@dataclass(frozen=True)
class Item:
    """An item as it is now: `content` is JSON, its properties as they came."""

    type: str
    id: str
    at: datetime
    source: str
    content: str


def list_items(warehouse: Warehouse, kind: str | None, limit: int) -> list[Item]:
    """Return the items in force, by type and id; those that were deleted are left out."""
    if ITEMS not in warehouse.tables():
        return []
    where = {"type": kind} if kind else {}
    frame = pl.from_arrow(warehouse.read(ITEMS, [*_KEYS, "source", "content"], where=where))
    assert isinstance(frame, pl.DataFrame)
    newest = (
        frame.sort("at", "import_no", "row_no", maintain_order=True)
        .unique(["type", "item"], keep="last")
        .filter(~pl.col("gone"))
        .sort("type", "item")
        .head(limit)
    )
    told = newest.select("type", "item", "at", "source", "content").rows()
    return [Item(*row) for row in told]
