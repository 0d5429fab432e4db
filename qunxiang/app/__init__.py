"""The house: the one place where rooms are given what they need."""

from qunxiang.app.definitions import retire_definition, save_definition
from qunxiang.app.handtags import HandTags, TagState
from qunxiang.app.house import House
from qunxiang.app.imports import Imports, Look, Outcome
from qunxiang.app.jobs import Job, Jobs
from qunxiang.app.lists import Change, Lists, ListState
from qunxiang.app.matches import Match, Matches
from qunxiang.app.persons import Persons, Receipt
from qunxiang.app.questions import Count, Questions
from qunxiang.app.refresh import Refresh, RefreshDone, StageDone, rebuild
from qunxiang.app.uses import KINDS, Use, find_uses
from qunxiang.app.worker import Worker
from qunxiang.engine import warm_up

__all__ = [
    "KINDS",
    "Change",
    "Count",
    "HandTags",
    "House",
    "Imports",
    "Job",
    "Jobs",
    "ListState",
    "Lists",
    "Look",
    "Match",
    "Matches",
    "Outcome",
    "Persons",
    "Questions",
    "Receipt",
    "Refresh",
    "RefreshDone",
    "StageDone",
    "TagState",
    "Use",
    "Worker",
    "find_uses",
    "rebuild",
    "retire_definition",
    "save_definition",
    "warm_up",
]
