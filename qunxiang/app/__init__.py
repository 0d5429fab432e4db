"""The house: the one place where rooms are given what they need."""

from qunxiang.app.definitions import KINDS, retire_definition, save_definition
from qunxiang.app.handtags import HandTags, TagState
from qunxiang.app.house import House
from qunxiang.app.imports import Imports, Look, Outcome
from qunxiang.app.jobs import NEEDS, Job, Jobs
from qunxiang.app.lists import Change, Lists, ListState
from qunxiang.app.matches import Match, Matches
from qunxiang.app.persons import Persons, Receipt
from qunxiang.app.questions import Count, Questions
from qunxiang.app.refresh import Refresh, RefreshDone, StageDone, rebuild
from qunxiang.app.setaside import Aside, AsideRow, Group, SetAside
from qunxiang.app.uploads import Upload, Uploads
from qunxiang.app.worker import Watch, Work, Worker
from qunxiang.engine import warm_up

__all__ = [
    "KINDS",
    "NEEDS",
    "Aside",
    "AsideRow",
    "Change",
    "Count",
    "Group",
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
    "SetAside",
    "StageDone",
    "TagState",
    "Upload",
    "Uploads",
    "Watch",
    "Work",
    "Worker",
    "rebuild",
    "retire_definition",
    "save_definition",
    "warm_up",
]
