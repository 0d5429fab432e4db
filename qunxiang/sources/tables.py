"""The state tables this room writes: imports, refused hooks, messages mended by hand.

| state table | one row for each | names a person by |
| --- | --- | --- |
| imports | import, or day of a source's stream: what it read and how far it got | |
| hook_refusals | web hook, day and reason: how many requests were refused | |
| message_mends | message that was mended: what is read in its place | import_no and row_no |

Imports name no person; the rows they landed are in the landing log.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Integer, String, Table, Text

from qunxiang.catalog import Holding
from qunxiang.engine import METADATA

IMPORTS = Table(
    "imports",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("status", String, nullable=False),  # running, landed, cancelled, interrupted, undone
    Column("file", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("source", String, nullable=False),
    Column("mapping", String, nullable=False),
    Column("mapping_version", Integer, nullable=False),
    Column("mends", Integer),
    Column("shape", JSON, nullable=False),
    Column("begins", String, nullable=False),
    Column("ends", String, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("bad_rows", Integer, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
)

# Of web hooks that were refused nothing is kept but how many there were.
HOOK_REFUSALS = Table(
    "hook_refusals",
    METADATA,
    Column("hook", String, primary_key=True),
    Column("day", String, primary_key=True),  # UTC
    Column("code", String, primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("last", String, nullable=False),
)

MESSAGE_MENDS = Table(
    "message_mends",
    METADATA,
    Column("row_no", BigInteger, primary_key=True, autoincrement=False),
    Column("import_no", Integer, nullable=False),
    Column("raw", Text, nullable=False),
    Column("why", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
)

HOLDINGS = (
    Holding("imports", "state"),
    Holding("hook_refusals", "state"),
    Holding("message_mends", "state", "row", ("raw", "why"), "delete"),
    Holding("landing log", "log", "row", (), "rewrite"),
    Holding("stream log", "log", "row", (), "rewrite"),
)
