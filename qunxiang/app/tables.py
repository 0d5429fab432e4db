"""The state table of background jobs. Jobs name no person; an upload is deleted when its job ends.

| state table | one row for each | names a person by |
| --- | --- | --- |
| jobs | piece of long work that somebody asked for | |
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Integer, String, Table

from qunxiang.catalog import Holding
from qunxiang.engine import METADATA

JOBS = Table(
    "jobs",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("what", String, nullable=False),
    Column("status", String, nullable=False),  # waiting, running, done, failed, cancelled
    Column("asked", JSON, nullable=False),
    Column("upload", String),  # where the file that came with it stands, until it ends
    Column("author", String, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("cancelling", Boolean, nullable=False),
    Column("step", String, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("result", JSON),
    Column("problem", JSON),
    Column("at", String, nullable=False),
    Column("began", String),
    Column("ended", String),
)

HOLDINGS = (Holding("jobs", "state"),)
