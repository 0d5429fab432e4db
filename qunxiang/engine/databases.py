"""Somebody else's database: its rows, streamed out of a table or a query in a transaction that only reads.

Columns carry no types of ours: values come as the driver gives them, so that nothing is rounded,
shifted or refused between the database and the text that lands.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Engine,
    bindparam,
    column,
    create_engine,
    event,
    false,
    select,
    table,
    text,
)
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.selectable import FromClause

from qunxiang.errors import QunxiangError

FETCH_ROWS = 5_000
_CONNECT_SECONDS = 15
_WAITING = {
    "postgresql": {"connect_timeout": _CONNECT_SECONDS},
    "mysql": {"connect_timeout": _CONNECT_SECONDS},
    "mariadb": {"connect_timeout": _CONNECT_SECONDS},
    "mssql": {"login_timeout": _CONNECT_SECONDS},
}
# What a fresh connection is told, so that nothing we are asked to run can change anything.
_READ_ONLY = {
    "sqlite": "PRAGMA query_only=ON",
    "mysql": "SET SESSION TRANSACTION READ ONLY, ISOLATION LEVEL REPEATABLE READ",
    "mariadb": "SET SESSION TRANSACTION READ ONLY, ISOLATION LEVEL REPEATABLE READ",
}
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")  # what SQLAlchemy would take for one of its own


@dataclass(frozen=True)
class Relation:
    """What is read: a table, as `name` or `schema.name`, or a query."""

    table: str | None = None
    query: str | None = None


def sqlite_url(path: Path) -> URL:
    """Return the URL of an SQLite file that is opened for reading alone, and never made."""
    return URL.create("sqlite", database=f"file:{path}", query={"mode": "ro", "uri": "true"})


class Database:
    """One foreign database, opened for reading."""

    def __init__(self, url: URL) -> None:
        self.where = url.render_as_string(hide_password=True)
        self._password = str(url.password) if url.password else None
        kind = url.get_backend_name()
        try:
            waiting = _WAITING.get(kind, {})
            self._engine: Engine = create_engine(url, poolclass=NullPool, connect_args=waiting)
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise QunxiangError("engine.no_driver", where=self.where, reason=str(error)) from error
        if kind in _READ_ONLY:
            event.listen(self._engine, "connect", _read_only(_READ_ONLY[kind]))

    def columns(self, relation: Relation) -> list[str]:
        """Return the names of the columns there are.

        Raises:
            QunxiangError: engine.database_failed; engine.repeated_column, where two have one name.
        """
        with self._reading() as connection:
            return self._columns(connection, relation)

    def rows(
        self,
        relation: Relation,
        *,
        columns: Sequence[str] | None = None,
        order: str | None = None,
        since: Any = None,
        limit: int | None = None,
        fetch: int = FETCH_ROWS,
    ) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
        """Yield the columns' names with some rows at a time, as the driver gives their values.

        Args:
            relation: what is read.
            columns: the columns wanted; all if not given.
            order: a column by which rows come in ascending order, those without a value as the
                database likes.
            since: where given, only rows whose `order` is this or greater.
            limit: at most so many rows.
            fetch: how many rows come at a time.
        """
        with self._reading() as connection:
            names = self._columns(connection, relation)
            missing = [c for c in (*(columns or ()), *([order] if order else ())) if c not in names]
            if missing:
                known = ", ".join(names)
                wanted = ", ".join(missing)
                raise QunxiangError(
                    "engine.no_such_column", where=self.where, columns=wanted, known=known
                )
            wanted = list(columns or names)
            source = self._source(relation, names)
            query = select(*(source.c[n] for n in wanted))
            if order is not None:
                if since is not None:
                    query = query.where(source.c[order] >= _bound(since))
                query = query.order_by(source.c[order])
            if limit is not None:
                query = query.limit(limit)
            streaming = connection.execution_options(stream_results=True, max_row_buffer=fetch)
            result = streaming.execute(query)
            while rows := result.fetchmany(fetch):
                yield wanted, rows

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _columns(self, connection: Connection, relation: Relation) -> list[str]:
        star = text("*")
        if relation.query is not None:
            asked = text(f"({_plain(relation.query)}\n) asked")
        else:
            asked = _named(str(relation.table), ())
        names = list(connection.execute(select(star).select_from(asked).where(false())).keys())
        repeated = sorted({n for n in names if names.count(n) > 1})
        if repeated:
            raise QunxiangError(
                "engine.repeated_column", where=self.where, columns=", ".join(repeated)
            )
        return names

    @staticmethod
    def _source(relation: Relation, names: Sequence[str]) -> FromClause:
        if relation.query is None:
            return _named(str(relation.table), names)
        return text(_plain(relation.query)).columns(*(column(n) for n in names)).subquery("asked")

    @contextmanager
    def _reading(self) -> Generator[Connection]:
        try:
            with self._engine.connect() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                with connection.begin() as reading:
                    yield connection
                    reading.rollback()
        except (SQLAlchemyError, OSError, ModuleNotFoundError) as error:
            raise QunxiangError(
                "engine.database_failed", where=self.where, reason=self._told(error)
            ) from error

    def _told(self, error: Exception) -> str:
        """Return what a database says went wrong, without the password it was asked with."""
        said = str(getattr(error, "orig", None) or error).strip()
        first = " ".join(said.split())[:500] or type(error).__name__
        return first.replace(self._password, "***") if self._password else first


def _named(name: str, columns: Sequence[str]) -> FromClause:
    schema, _, last = name.rpartition(".")
    return table(last, *(column(c) for c in columns), schema=schema or None)


def _plain(query: str) -> str:
    """Return a person's query as it stands within ours: no semicolon behind, no parameters of ours."""
    return _PARAMETER.sub(r"\\:", query.strip().rstrip(";"))


def _bound(value: Any) -> Any:
    # SQLAlchemy would take every moment for one without a zone, and PostgreSQL would cast it so.
    if isinstance(value, datetime):
        return bindparam(None, value, type_=DateTime(timezone=value.tzinfo is not None))
    return bindparam(None, value)


def _read_only(command: str) -> Any:
    def tell(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(command)
        cursor.close()

    return tell
