"""Keeps and moves tables, columns of people, timelines and bitmaps; knows nothing about customers."""

from qunxiang.engine import folds
from qunxiang.engine.ahead import run_ahead
from qunxiang.engine.bitmaps import BLOCK, Bits, Words, count_words, overlap
from qunxiang.engine.columns import MONEY_SCALE, Column, Kind, among, column_of, hits, within
from qunxiang.engine.hashing import Hashes, Numbering, Tally, combine, hash_strings
from qunxiang.engine.shelf import Shelf, write_durably
from qunxiang.engine.state import METADATA, State
from qunxiang.engine.timelines import Timeline
from qunxiang.engine.unions import connect
from qunxiang.engine.warehouse import Warehouse
from qunxiang.engine.warming import warm_up

__all__ = [
    "BLOCK",
    "METADATA",
    "MONEY_SCALE",
    "Bits",
    "Column",
    "Hashes",
    "Kind",
    "Numbering",
    "Shelf",
    "State",
    "Tally",
    "Timeline",
    "Warehouse",
    "Words",
    "among",
    "column_of",
    "combine",
    "connect",
    "count_words",
    "folds",
    "hash_strings",
    "hits",
    "overlap",
    "run_ahead",
    "warm_up",
    "within",
    "write_durably",
]
