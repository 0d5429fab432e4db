"""What this room writes: `portrait/TAG` columns on the shelf, and what people tagged by hand.

| state table | one row for each | names a person by |
| --- | --- | --- |
| hand_tags | person and tag set by hand | person (public id) |
"""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from qunxiang.catalog import Holding
from qunxiang.engine import METADATA

HAND_TAGS = Table(
    "hand_tags",
    METADATA,
    Column("tag", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
)

HOLDINGS = (Holding("hand_tags", "state", "public_id", ("person",), "delete"),)
