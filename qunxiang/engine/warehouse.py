"""The warehouse: typed tables of rows on DuckDB, a read model that can always be made anew.

Other rooms name tables and columns and hand over Arrow; no SQL text is built outside this room.
Identifiers are quoted here and values are always parameters.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.errors import QunxiangError

_TYPES: dict[str, str] = {
    "text": "VARCHAR",
    "texts": "VARCHAR[]",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "money": "DECIMAL(18,4)",
    "date": "DATE",
    "moment": "TIMESTAMPTZ",
    "yesno": "BOOLEAN",
    "node": "INTEGER",
    "place": "BIGINT",
    "hash": "UBIGINT",
    "json": "JSON",
}


_HEADERS = 3 * 4_096  # what every DuckDB file begins with


def quote(name: str) -> str:
    """Quote a table's or column's name."""
    return '"' + name.replace('"', '""') + '"'


class Warehouse:
    """One DuckDB file. One process writes it; a second is refused with a clear error."""

    def __init__(self, path: Path, *, memory_mb: int, threads: int) -> None:
        self.path = path
        # DuckDB refuses a connection that two threads use at once; they take turns here.
        self._turn = threading.RLock()
        path.parent.mkdir(parents=True, exist_ok=True)
        spill = path.parent / "spill"
        self._con = _connect(path)
        for setting, value in (
            ("memory_limit", f"{memory_mb}MB"),
            ("threads", threads),
            ("temp_directory", str(spill)),
            ("TimeZone", "UTC"),
            ("autoinstall_known_extensions", False),
            ("autoload_known_extensions", False),
            ("python_enable_replacements", False),
        ):
            self._con.execute(f"SET {setting} = ?", [value])

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._con.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Do several writes as one: all of them, or none."""
        with self._turn:
            self._con.execute("BEGIN")
            try:
                yield
            except BaseException:
                with suppress(duckdb.Error):  # a failed statement may have ended it already
                    self._con.execute("ROLLBACK")
                raise
            self._commit()

    def _commit(self) -> None:
        try:
            self._con.execute("COMMIT")
        except duckdb.Error as error:
            # The commit may have become durable all the same; callers settle it by what they find.
            raise QunxiangError(
                "engine.commit_unknown", where=str(self.path), reason=str(error)
            ) from error

    def _run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._turn:
            try:
                return self._con.execute(sql, list(values)).fetchall()
            except duckdb.Error as error:
                raise _translate(error, self.path) from error

    def tables(self) -> set[str]:
        """Return the names of the tables there are."""
        return {
            row[0]
            for row in self._run("SELECT table_name FROM duckdb_tables() WHERE NOT temporary")
        }

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns, in order."""
        sql = "SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
        return [row[0] for row in self._run(sql, [table])]

    def ensure(self, table: str, columns: Mapping[str, str]) -> None:
        """Create a table, or give it the columns it lacks; columns are name to type word."""
        if table not in self.tables():
            body = ", ".join(f"{quote(n)} {_TYPES[t]}" for n, t in columns.items())
            self._run(f"CREATE TABLE {quote(table)} ({body})")
            return
        for name in columns.keys() - set(self.columns(table)):
            self._run(
                f"ALTER TABLE {quote(table)} ADD COLUMN {quote(name)} {_TYPES[columns[name]]}"
            )

    def drop(self, table: str) -> None:
        """Drop a table if it is there."""
        self._run(f"DROP TABLE IF EXISTS {quote(table)}")

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append rows, matching columns by name; columns not given are null."""
        if rows.num_rows == 0:
            return
        names = ", ".join(quote(n) for n in rows.column_names)
        with self._turn:
            self._insert(table, names, rows)

    def _insert(self, table: str, names: str, rows: pa.Table) -> None:
        with self._registered("arriving", rows):
            self._run(f"INSERT INTO {quote(table)} ({names}) SELECT {names} FROM arriving")

    @contextmanager
    def _registered(self, name: str, rows: pa.Table) -> Generator[None]:
        self._con.register(name, rows)
        try:
            yield
        finally:
            with suppress(duckdb.Error):  # refused where what failed has ended the transaction
                self._con.unregister(name)

    def delete(self, table: str, column: str, keys: pa.Array | Sequence[Any]) -> int:
        """Delete the rows whose column holds one of the keys; return how many."""
        arrow = keys if isinstance(keys, pa.Array) else pa.array(list(keys))
        sql = f"DELETE FROM {quote(table)} WHERE {quote(column)} IN (SELECT key FROM doomed)"
        with self._turn, self._registered("doomed", pa.table({"key": arrow})):
            return int(self._run(sql)[0][0])

    def clear(self, table: str) -> None:
        """Delete every row of a table."""
        self._run(f"DELETE FROM {quote(table)}")

    def read(
        self,
        table: str,
        columns: Sequence[str],
        *,
        where: Mapping[str, Any] | None = None,
        order: Sequence[str] = (),
        limit: int | None = None,
    ) -> pa.Table:
        """Return columns of the rows whose columns equal (or, for a list, are among) the values."""
        clauses: list[str] = []
        values: list[Any] = []
        for name, wanted in (where or {}).items():
            many = isinstance(wanted, list | tuple)
            clauses.append(f"{quote(name)} IN (SELECT unnest(?))" if many else f"{quote(name)} = ?")
            values.append(list(wanted) if many else wanted)
        sql = f"SELECT {', '.join(quote(c) for c in columns)} FROM {quote(table)}"
        sql += " WHERE " + " AND ".join(clauses) if clauses else ""
        sql += " ORDER BY " + ", ".join(quote(o) for o in order) if order else ""
        sql += f" LIMIT {int(limit)}" if limit is not None else ""
        return self.ask(sql, values)

    def matching(self, table: str, columns: Sequence[str], keys: pa.Table) -> pa.Table:
        """Return columns of the rows that have, in the columns of `keys`, the values of one of them."""
        using = ", ".join(quote(n) for n in keys.column_names)
        names = ", ".join(quote(n) for n in columns)
        with self._turn, self._registered("wanted", keys):
            return self.ask(f"SELECT {names} FROM {quote(table)} SEMI JOIN wanted USING ({using})")

    def ask(self, sql: str, values: Sequence[Any] = ()) -> pa.Table:
        """Run a query written in this room or handed over whole, and return Arrow."""
        try:
            with self._turn:
                return self._con.sql(sql, params=list(values)).to_arrow_table()
        except duckdb.Error as error:
            raise _translate(error, self.path) from error

    def keyed_hashes(
        self, table: str, columns: Sequence[str], *, key: bytes, order: str, skip: int
    ) -> NDArray[np.uint64]:
        """Return 64 bits of SHA-256 over a secret key and the columns, for rows after the first `skip`.

        The rows are those in ascending `order`, a column that counts from 0 without gaps.
        """
        words = " || chr(0) || ".join(quote(c) for c in columns)
        sql = (
            f"SELECT CAST('0x' || substr(sha256(? || {words}), 1, 16) AS UBIGINT) AS bits "
            f"FROM {quote(table)} WHERE {quote(order)} >= ? ORDER BY {quote(order)}"
        )
        return self.ask(sql, [key.hex(), skip])["bits"].to_numpy()

    def search(self, table: str, pattern: str) -> int:
        """Return how many rows hold a text a regular expression is found in, hyphens left out or not."""
        sql = "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ?"
        names = [name for name, kind in self._run(sql, [table]) if kind.startswith("VARCHAR")]
        texts = [f"coalesce(CAST({quote(name)} AS VARCHAR), '')" for name in names]
        bare = [f"regexp_replace({text}, '[\\s()\\-]', '', 'g')" for text in texts]
        tests = [f"regexp_matches({text}, $1)" for text in [*texts, *bare]]
        where = " OR ".join(tests) or "false"
        values = [pattern] if tests else []
        return int(self._run(f"SELECT count(*) FROM {quote(table)} WHERE {where}", values)[0][0])

    def count(self, table: str) -> int:
        """Return how many rows a table has; none if it is not there."""
        if table not in self.tables():
            return 0
        return int(self._run(f"SELECT count(*) FROM {quote(table)}")[0][0])

    def tally(self, table: str, by: Sequence[str]) -> pa.Table:
        """Count the rows for each combination of values of some columns, under `rows`."""
        names = ", ".join(quote(n) for n in by)
        return self.ask(f"SELECT {names}, count(*) AS rows FROM {quote(table)} GROUP BY {names}")

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        self._run("CHECKPOINT")


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path))
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and "lock" in str(error).lower():
            raise QunxiangError("engine.busy", where=str(path), reason=str(error)) from error
        unborn = path.exists() and path.stat().st_size < _HEADERS
        if not unborn:
            raise QunxiangError("engine.damaged", where=str(path), reason=str(error)) from error
    path.unlink()  # a kill while it was made: nothing was ever in it
    try:
        return duckdb.connect(str(path))
    except duckdb.Error as error:
        raise QunxiangError("engine.damaged", where=str(path), reason=str(error)) from error


def _translate(error: duckdb.Error, path: Path) -> QunxiangError:
    text = str(error)
    if "No space left" in text or ("disk" in text.lower() and "full" in text.lower()):
        return QunxiangError("engine.disk_full", where=str(path), reason=text)
    if isinstance(error, duckdb.OutOfMemoryException):
        return QunxiangError("engine.out_of_memory", where=str(path), reason=text)
    return QunxiangError("engine.failed", where=str(path), reason=text)
