"""Keeps and moves tables, columns of people, timelines and bitmaps; knows nothing about customers."""

from qunxiang.engine import folds
from qunxiang.engine.ahead import run_ahead
from qunxiang.engine.bitmaps import Bits, overlap
from qunxiang.engine.columns import MONEY_SCALE, Column, Kind, among, column_of, hits, rank, within
from qunxiang.engine.combining import AND, MINUS, OR, combine_sets, count_combined
from qunxiang.engine.hashing import Hashes, Numbering, Tally, combine, hash_strings
from qunxiang.engine.shelf import Shelf, write_durably
from qunxiang.engine.state import METADATA, State
from qunxiang.engine.timelines import Timeline
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
    "Hashes",
    "Kind",
    "Numbering",
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
    "count_combined",
    "folds",
    "hash_strings",
    "hits",
    "overlap",
    "rank",
    "run_ahead",
    "warm_up",
    "within",
    "write_durably",
]
