"""Keeps and moves tables, columns of people, timelines and bitmaps; knows nothing about customers."""

from qunxiang.engine import folds
from qunxiang.engine.ahead import run_ahead
from qunxiang.engine.bitmaps import Bits, overlap
from qunxiang.engine.columns import (
    MONEY_SCALE,
    Column,
    Kind,
    among,
    column_of,
    find_places,
    hits,
    rank,
    within,
)
from qunxiang.engine.combining import AND, MINUS, OR, combine_sets, count_combined
from qunxiang.engine.databases import Database, Relation, sqlite_url
from qunxiang.engine.descriptions import count_by_day, describe, newest
from qunxiang.engine.hashing import Hashes, Numbering, Tally, combine, hash_strings
from qunxiang.engine.joins import join
from qunxiang.engine.lakes import Lake, LakeFormat, lake_format
from qunxiang.engine.memory import MemoryShelf, MemoryWarehouse
from qunxiang.engine.shelf import Shelf, write_durably
from qunxiang.engine.state import METADATA, State
from qunxiang.engine.timelines import Timeline, group
from qunxiang.engine.unions import connect
from qunxiang.engine.warehouse import Warehouse
from qunxiang.engine.warming import warm_up

__all__ = [
    "AND",
    "METADATA",
    "MINUS",
    "MONEY_SCALE",
    "OR",
    "Bits",
    "Column",
    "Database",
    "Hashes",
    "Kind",
    "Lake",
    "LakeFormat",
    "MemoryShelf",
    "MemoryWarehouse",
    "Numbering",
    "Relation",
    "Shelf",
    "State",
    "Tally",
    "Timeline",
    "Warehouse",
    "among",
    "column_of",
    "combine",
    "combine_sets",
    "connect",
    "count_by_day",
    "count_combined",
    "describe",
    "find_places",
    "folds",
    "group",
    "hash_strings",
    "hits",
    "join",
    "lake_format",
    "newest",
    "overlap",
    "rank",
    "run_ahead",
    "sqlite_url",
    "warm_up",
    "within",
    "write_durably",
]
