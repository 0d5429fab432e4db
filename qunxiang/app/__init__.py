"""The house: the one place where rooms are given what they need."""

from qunxiang.app.cardparts import Card, Found
from qunxiang.app.cards import Cards
from qunxiang.app.columns import (
    ColumnInfo,
    Group,
    Labels,
    ValueCount,
    label_tag,
    label_values,
    list_columns,
    top_values,
)
from qunxiang.app.definitions import retire_definition, save_definition
from qunxiang.app.handtags import HandTags, TagState
from qunxiang.app.happenings import Happenings, Plain, TimelinePage, make_plain
from qunxiang.app.house import House
from qunxiang.app.imports import Imports, Look, Outcome
from qunxiang.app.inventory import EventState, FieldState, Inventory
from qunxiang.app.jobs import Job, Jobs
from qunxiang.app.lists import Change, Lists, ListState
from qunxiang.app.matches import Match, Matches
from qunxiang.app.persons import Persons, Receipt
from qunxiang.app.questions import Count, Order, Questions
from qunxiang.app.redactions import make_redactor
from qunxiang.app.refresh import Refresh, RefreshDone, StageDone, rebuild
from qunxiang.app.rosters import AudienceChanges, AudienceDetail, AudienceState, Rosters
from qunxiang.app.tag_reasons import ColumnValue, TagReason, TagReasons
from qunxiang.app.tag_states import TagOverview, TagStates
from qunxiang.app.uses import KINDS, Use, find_uses
from qunxiang.app.vocabulary import Vocabularies, Vocabulary
from qunxiang.app.worker import Worker
from qunxiang.engine import warm_up

__all__ = [
    "KINDS",
    "AudienceChanges",
    "AudienceDetail",
    "AudienceState",
    "Card",
    "Cards",
    "Change",
    "ColumnInfo",
    "ColumnValue",
    "Count",
    "EventState",
    "FieldState",
    "Found",
    "Group",
    "HandTags",
    "Happenings",
    "House",
    "Imports",
    "Inventory",
    "Job",
    "Jobs",
    "Labels",
    "ListState",
    "Lists",
    "Look",
    "Match",
    "Matches",
    "Order",
    "Outcome",
    "Persons",
    "Plain",
    "Questions",
    "Receipt",
    "Refresh",
    "RefreshDone",
    "Rosters",
    "StageDone",
    "TagOverview",
    "TagReason",
    "TagReasons",
    "TagState",
    "TagStates",
    "TimelinePage",
    "Use",
    "ValueCount",
    "Vocabularies",
    "Vocabulary",
    "Worker",
    "find_uses",
    "label_tag",
    "label_values",
    "list_columns",
    "make_plain",
    "make_redactor",
    "rebuild",
    "retire_definition",
    "save_definition",
    "top_values",
    "warm_up",
]
