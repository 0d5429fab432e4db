"""What this room writes: `members/AUDIENCE` bits on the shelf, and the history of every refresh.

| state table | one row for each | names a person by |
| --- | --- | --- |
| audience_refreshes | refresh of an audience | entered, left (64-bit public ids, compressed) |
| audience_moves | moment at which somebody entered or left an audience | entered, left (the same) |
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Column, Integer, LargeBinary, String, Table

from qunxiang.audiences.histories import pack, unpack
from qunxiang.catalog import Holding, Named
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


AUDIENCE_MOVES = Table(
    "audience_moves",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("audience", String, nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("entered", LargeBinary, nullable=False),
    Column("left", LargeBinary, nullable=False),
)


def _without(packed: Any, who: Named) -> Any:
    ids = unpack(packed)
    return pack(np.setdiff1d(ids, who.bits)) if np.isin(who.bits, ids).any() else packed


HOLDINGS = (
    Holding("audience_refreshes", "state", "ids", ("entered", "left"), "forget", _without),
    Holding("audience_moves", "state", "ids", ("entered", "left"), "forget", _without),
)
