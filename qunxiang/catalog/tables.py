"""The state table this room writes: every version of every definition. Definitions name no person."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, String, Table

from qunxiang.catalog.holdings import Holding
from qunxiang.engine import METADATA

DEFINITIONS = Table(
    "definitions",
    METADATA,
    Column("kind", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("status", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
    Column("body", JSON, nullable=False),
)

HOLDINGS = (Holding("definitions", "state"),)
