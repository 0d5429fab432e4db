"""Decides which rows are the same person (OneID), household or company, remembers why, and can undo it."""

from qunxiang.identity.flow import Identity
from qunxiang.identity.ids import read_id, read_ids, write_ids
from qunxiang.identity.tables import (
    ALIVE,
    ANCHOR,
    CIRCLE,
    CIRCLE_NODES,
    NODE_ID,
    PARTED,
    PERSON,
    SHARED,
    SIGHTED,
    TYPE,
    VALUE,
)

__all__ = [
    "ALIVE",
    "ANCHOR",
    "CIRCLE",
    "CIRCLE_NODES",
    "NODE_ID",
    "PARTED",
    "PERSON",
    "SHARED",
    "SIGHTED",
    "TYPE",
    "VALUE",
    "Identity",
    "read_id",
    "read_ids",
    "write_ids",
]
