"""Keeps one row per person, the portrait, with the source of each value, and the timeline beside it."""

from qunxiang.profiles.flow import Profiles
from qunxiang.profiles.hands import ON_LIST, HandChange, Hands
from qunxiang.profiles.people import People
from qunxiang.profiles.records import FIELD
from qunxiang.profiles.records import KEYS as RECORD_KEYS
from qunxiang.profiles.tables import MEMBERS, PORTRAIT, RECORDS, SEEN_RECORD, WINNER
from qunxiang.profiles.timelines import SOURCE, kind_of

__all__ = [
    "FIELD",
    "MEMBERS",
    "ON_LIST",
    "PORTRAIT",
    "RECORDS",
    "RECORD_KEYS",
    "SEEN_RECORD",
    "SOURCE",
    "WINNER",
    "HandChange",
    "Hands",
    "People",
    "Profiles",
    "kind_of",
]
