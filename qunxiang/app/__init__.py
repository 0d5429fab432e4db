"""The house: the one place where rooms are given what they need."""

from qunxiang.app.definitions import KINDS, retire_definition, save_definition
from qunxiang.app.figures import CHANNELS, Figures, FiguresOf, Month
from qunxiang.app.handtags import HandTags, TagState
from qunxiang.app.home import Home, HomeState, SourceState
from qunxiang.app.house import House
from qunxiang.app.imports import Imports, Look, Outcome
from qunxiang.app.jobs import NEEDS, Job, Jobs, What
from qunxiang.app.lists import Change, Lists, ListState
from qunxiang.app.matches import Match, Matches
from qunxiang.app.persons import Persons, Receipt
from qunxiang.app.preferences import Preference, Preferences, forget_account
from qunxiang.app.questions import Count, Questions
from qunxiang.app.refresh import Refresh, RefreshDone, StageDone, last_instant, rebuild
from qunxiang.app.samples import SampleData, SampleFile, Samples, sample_imports
from qunxiang.app.setaside import Aside, AsideRow, Group, SetAside
from qunxiang.app.system import StoreSize, list_settings, measure_stores, read_notice
from qunxiang.app.uploads import Upload, Uploads
from qunxiang.app.worker import Watch, Work, Worker, tell_refresh
from qunxiang.engine import warm_up

__all__ = [
    "CHANNELS",
    "KINDS",
    "NEEDS",
    "Aside",
    "AsideRow",
    "Change",
    "Count",
    "Figures",
    "FiguresOf",
    "Group",
    "HandTags",
    "Home",
    "HomeState",
    "House",
    "Imports",
    "Job",
    "Jobs",
    "ListState",
    "Lists",
    "Look",
    "Match",
    "Matches",
    "Month",
    "Outcome",
    "Persons",
    "Preference",
    "Preferences",
    "Questions",
    "Receipt",
    "Refresh",
    "RefreshDone",
    "SampleData",
    "SampleFile",
    "Samples",
    "SetAside",
    "SourceState",
    "StageDone",
    "StoreSize",
    "TagState",
    "Upload",
    "Uploads",
    "Watch",
    "What",
    "Work",
    "Worker",
    "forget_account",
    "last_instant",
    "list_settings",
    "measure_stores",
    "read_notice",
    "rebuild",
    "retire_definition",
    "sample_imports",
    "save_definition",
    "tell_refresh",
    "warm_up",
]
