"""A table or a query of a database: PostgreSQL, MySQL or MariaDB, SQLite, SQL Server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from sqlalchemy import URL

from qunxiang.engine import Database, Relation, sqlite_url
from qunxiang.sources.connectors.terms import Access, Ask, Chunk
from qunxiang.sources.connectors.values import kinds_of, write_rows
from qunxiang.sources.cursors import read_cursor
from qunxiang.sources.definitions import ConnectorDefinition, DatabaseReader, System

DRIVERS: dict[System, str] = {
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "sqlserver": "mssql+pytds",
    "sqlite": "sqlite",
}


class DatabaseConnector:
    """Streams rows from a database, in the order of the cursor, in a transaction that only reads."""

    type: ClassVar[str] = "database"
    ordered: ClassVar[bool] = True

    def rows(self, definition: ConnectorDefinition, ask: Ask, access: Access) -> Iterator[Chunk]:
        """Yield the rows asked for, some at a time."""
        reads = definition.reads
        assert isinstance(reads, DatabaseReader)
        database = Database(make_url(reads, access))
        try:
            found = database.rows(
                Relation(reads.table, reads.query),
                columns=ask.columns,
                order=definition.cursor if ask.columns is None else None,
                since=None if ask.since is None else read_cursor(ask.since, ask.kind),
                limit=ask.limit,
                fetch=definition.page_rows,
            )
            for names, rows in found:
                yield Chunk(tuple(names), write_rows(rows), kinds_of(rows, len(names)))
        finally:
            database.close()


def make_url(reads: DatabaseReader, access: Access) -> URL:
    """Return where a database is, with the password in it; never to be shown or logged whole."""
    if reads.system == "sqlite":
        return sqlite_url(access.local(reads.database))
    query: dict[str, str] = {}
    if reads.system in {"mysql", "mariadb"}:
        query["charset"] = "utf8mb4"
        query |= {"ssl_verify_cert": "true"} if reads.encrypt else {}
    if reads.system == "postgresql" and reads.encrypt:
        query["sslmode"] = "require"
    return URL.create(
        DRIVERS[reads.system],
        username=reads.user,
        password=access.secret(reads.secret) if reads.secret is not None else None,
        host=reads.host,
        port=reads.port,
        database=reads.database,
        query=query,
    )
