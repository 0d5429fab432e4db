"""Files that are read like one table: Parquet, CSV and JSON under a pattern, through the engine.

The reader is an engine of its own, in memory, which sees the files it is given and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import duckdb

from qunxiang.engine.warehouse import quote
from qunxiang.errors import QunxiangError

LakeFormat = Literal["parquet", "csv", "json"]
_READERS: dict[LakeFormat, str] = {
    "parquet": "read_parquet(?, union_by_name=true, hive_partitioning=true)",
    "csv": "read_csv(?, all_varchar=true, union_by_name=true, header=true, strict_mode=true)",
    "json": "read_json(?, union_by_name=true)",
}


def lake_format(path: str) -> LakeFormat:
    """Return which reader a file's name asks for; CSV unless it says otherwise."""
    plain = path.lower().removesuffix(".gz").removesuffix(".zst")
    if plain.endswith((".parquet", ".pq")):
        return "parquet"
    return "json" if plain.endswith((".json", ".jsonl", ".ndjson")) else "csv"


class Lake:
    """The rows of some files of one format, as one table."""

    def __init__(self, files: Sequence[Path], form: LakeFormat) -> None:
        self._files = [str(f) for f in files]
        self._reader = _READERS[form]
        self._con = duckdb.connect(":memory:")
        for setting, value in (
            ("autoinstall_known_extensions", False),
            ("autoload_known_extensions", False),
            ("python_enable_replacements", False),
            ("TimeZone", "UTC"),
            ("threads", 2),
        ):
            self._con.execute(f"SET {setting} = ?", [value])
        self._con.execute("SET allowed_paths = ?", [self._files])
        self._con.execute("SET enable_external_access = false")
        self._con.execute("SET lock_configuration = true")

    def rows(
        self,
        *,
        columns: Sequence[str] | None = None,
        order: str | None = None,
        since: Any = None,
        limit: int | None = None,
        fetch: int = 5_000,
    ) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
        """Yield the columns' names with some rows at a time, as `Database.rows` does."""
        names = self.columns()
        missing = [c for c in (*(columns or ()), *([order] if order else ())) if c not in names]
        if missing:
            raise QunxiangError(
                "engine.no_such_column",
                where=self._files[0],
                columns=", ".join(missing),
                known=", ".join(names),
            )
        wanted = list(columns or names)
        values: list[Any] = [self._files]
        sql = f"SELECT {', '.join(map(quote, wanted))} FROM {self._reader}"
        if order is not None:
            if since is not None:
                sql += f" WHERE {quote(order)} >= ?"
                values.append(since)
            sql += f" ORDER BY {quote(order)} NULLS FIRST"
        sql += f" LIMIT {int(limit)}" if limit is not None else ""
        try:
            cursor = self._con.execute(sql, values)
            while rows := cursor.fetchmany(fetch):
                yield wanted, rows
        except duckdb.Error as error:
            raise self._failed(error) from error

    def columns(self) -> list[str]:
        """Return the names of the columns there are."""
        try:
            self._con.execute(f"SELECT * FROM {self._reader} LIMIT 0", [self._files])
        except duckdb.Error as error:
            raise self._failed(error) from error
        return [d[0] for d in self._con.description or ()]

    def close(self) -> None:
        """Let go of the files."""
        self._con.close()

    def _failed(self, error: duckdb.Error) -> QunxiangError:
        reason = str(error).splitlines()[0]
        return QunxiangError("engine.lake_failed", where=self._files[0], reason=reason)
