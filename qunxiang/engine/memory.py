"""A warehouse and a shelf that stand in memory alone: for a few people, worked out and let go.

They answer as the ones on disk do, so that what is drawn of some people is drawn by the same code
as what is drawn of all.
"""
# ruff: noqa: D102 - what these do is said where they are first defined

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qunxiang.engine.columns import Column
from qunxiang.engine.shelf import Entry, Shelf, is_covered
from qunxiang.engine.warehouse import Warehouse
from qunxiang.errors import QunxiangError

_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "number": pa.float64(),
    "integer": pa.int64(),
    "money": pa.decimal128(18, 4),
    "date": pa.date32(),
    "moment": pa.timestamp("us", "UTC"),
    "yesno": pa.bool_(),
    "node": pa.int32(),
    "place": pa.int64(),
    "hash": pa.uint64(),
    "json": pa.string(),
}


class MemoryWarehouse(Warehouse):
    """Tables in memory. What a transaction began is kept even if it fails: throw the whole away."""

    def __init__(self) -> None:
        self.path = Path(":memory:")
        self._turn = threading.RLock()
        self._tables: dict[str, pa.Table] = {}

    def close(self) -> None:
        self._tables.clear()

    @contextmanager
    def transaction(self) -> Generator[None]:
        with self._turn:
            yield

    def tables(self) -> set[str]:
        return set(self._tables)

    def columns(self, table: str) -> list[str]:
        return self._tables[table].column_names if table in self._tables else []

    def ensure(self, table: str, columns: Mapping[str, str]) -> None:
        there = self._tables.get(table)
        if there is None:
            schema = pa.schema([(n, _TYPES[t]) for n, t in columns.items()])
            self._tables[table] = schema.empty_table()
            return
        for name in columns.keys() - set(there.column_names):
            there = there.append_column(name, pa.nulls(there.num_rows, _TYPES[columns[name]]))
        self._tables[table] = there

    def drop(self, table: str) -> None:
        self._tables.pop(table, None)

    def insert(self, table: str, rows: pa.Table) -> None:
        if rows.num_rows == 0:
            return
        there = self._tables[table]
        columns = [
            rows[field.name].cast(field.type)
            if field.name in rows.column_names
            else pa.nulls(rows.num_rows, field.type)
            for field in there.schema
        ]
        fresh = pa.Table.from_arrays(columns, schema=there.schema)
        self._tables[table] = pa.concat_tables([there, fresh])

    def delete(self, table: str, column: str, keys: pa.Array | Sequence[Any]) -> int:
        there = self._tables[table]
        kind = there.schema.field(column).type
        gone = pc.is_in(there[column], value_set=pa.array(list(keys), kind))
        self._tables[table] = kept = there.filter(pc.invert(gone))
        return there.num_rows - kept.num_rows

    def clear(self, table: str) -> None:
        self._tables[table] = self._tables[table].slice(0, 0)

    def read(
        self,
        table: str,
        columns: Sequence[str],
        *,
        where: Mapping[str, Any] | None = None,
        order: Sequence[str] = (),
        limit: int | None = None,
    ) -> pa.Table:
        found = self._tables[table]
        for name, wanted in (where or {}).items():
            values = list(wanted) if isinstance(wanted, list | tuple) else [wanted]
            among = pa.array(values, found.schema.field(name).type)
            found = found.filter(pc.is_in(found[name], value_set=among))
        if order:
            found = found.take(pc.sort_indices(found, [(n, "ascending") for n in order]))
        chosen = found.select(list(columns))
        return chosen if limit is None else chosen.slice(0, limit)

    def matching(self, table: str, columns: Sequence[str], keys: pa.Table) -> pa.Table:
        there = self._tables[table]
        numbered = there.append_column("\x01place", pa.array(np.arange(there.num_rows)))
        schema = pa.schema([there.schema.field(n) for n in keys.column_names])
        found = numbered.select([*keys.column_names, "\x01place"]).join(
            keys.cast(schema), keys.column_names, join_type="left semi", use_threads=False
        )
        return there.take(found["\x01place"].combine_chunks().sort()).select(list(columns))

    def keyed_hashes(
        self, table: str, columns: Sequence[str], *, key: bytes, order: str, skip: int
    ) -> NDArray[np.uint64]:
        rows = self.read(table, [order, *columns], order=[order])
        rows = rows.filter(pc.greater_equal(rows[order], skip))
        begin = sha256(key.hex().encode())
        out = np.empty(rows.num_rows, np.uint64)
        texts = zip(*(rows[name].to_pylist() for name in columns), strict=True)
        for place, words in enumerate(texts):
            mine = begin.copy()
            mine.update("\0".join(words).encode())
            out[place] = int.from_bytes(mine.digest()[:8])
        return out

    def count(self, table: str) -> int:
        return self._tables[table].num_rows if table in self._tables else 0


class MemoryShelf(Shelf):
    """Columns in memory."""

    def __init__(self, columns: Mapping[str, Column] | None = None) -> None:
        self.folder = Path(":memory:")
        self._version = 1
        self._columns = dict(columns or {})
        self._entries = {n: Entry(c.kind, "", 1) for n, c in self._columns.items()}

    def reload(self) -> None:
        return

    def column(self, name: str) -> Column:
        try:
            return self._columns[name]
        except KeyError:
            raise QunxiangError("engine.no_column", name=name) from None

    def publish(
        self,
        columns: Mapping[str, Column],
        *,
        notes: Mapping[str, dict[str, Any]] | None = None,
        remove: tuple[str, ...] = (),
    ) -> int:
        self._version += 1
        for name in [n for n in self._columns if is_covered(n, remove)]:
            del self._columns[name], self._entries[name]
        for name, column in columns.items():
            self._columns[name] = column
            self._entries[name] = Entry(
                column.kind, "", self._version, dict((notes or {}).get(name, {}))
            )
        return self._version

    def sweep(self) -> None:
        return
