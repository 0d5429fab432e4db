"""What this room writes on the shelf, per person number, and in the state store.

`portrait/NAME` is a column of the portrait: fields here, scores and tags by the rooms above.
`records/…` are the rows of customers, clustered by person (see records.py); `winner/NAME` is, for
a field, which of these gave the value: its place there, -1 if none. `seen/record` is from when the oldest of the customer records in force
is. `timeline/EVENT/…` are the timelines (see engine.timelines).

| state table | one row for each | names a person by |
| --- | --- | --- |
| hand_changes | change of a list or a manual tag | said (64-bit public ids, compressed) |
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from qunxiang.catalog import Holding, Named
from qunxiang.engine import METADATA
from qunxiang.profiles.sayings import without

PORTRAIT, WINNER = "portrait/", "winner/"
RECORDS = "records/"
SEEN_RECORD = "seen/record"
MEMBERS = "members/"

HAND_CHANGES = Table(
    "hand_changes",
    METADATA,
    Column("subject", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("author", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("given", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("said", LargeBinary, nullable=False),
)


def _without(said: Any, who: Named) -> Any:
    return without(said, who.bits)


HOLDINGS = (
    Holding(PORTRAIT, "shelf", "number", (), "rebuild"),  # values, and scores and tags beside them
    Holding(WINNER, "shelf", "number", (), "rebuild"),
    Holding(SEEN_RECORD, "shelf", "number", (), "rebuild"),
    Holding(RECORDS, "shelf", "timeline", (), "rebuild"),
    Holding("timeline/", "shelf", "timeline", (), "rebuild"),
    Holding(MEMBERS, "shelf", "bits", (), "rebuild"),
    Holding("hand_changes", "state", "ids", ("said",), "forget", _without),
)
