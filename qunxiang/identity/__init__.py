"""Decides which rows are the same person (OneID), household or company, remembers why, and can undo it."""

from qunxiang.identity.circles import draw_circles
from qunxiang.identity.finding import draw_index
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
    "draw_circles",
    "draw_index",
    "read_id",
    "read_ids",
    "write_ids",
]
