"""What this room writes: `members/AUDIENCE` bits on the shelf, and the history of every refresh.

| state table | one row for each | names a person by |
| --- | --- | --- |
| audience_refreshes | refresh of an audience | entered, left (64-bit public ids, compressed) |
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from qunxiang.engine import METADATA

AUDIENCE_REFRESHES = Table(
    "audience_refreshes",
    METADATA,
    Column("audience", String, primary_key=True),
    Column("as_of", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("entered_count", Integer, nullable=False),
    Column("left_count", Integer, nullable=False),
    Column("entered", LargeBinary, nullable=False),
    Column("left", LargeBinary, nullable=False),
)
