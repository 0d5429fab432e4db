"""The house: the one place where rooms are given what they need."""

from qunxiang.app.cardparts import Card, Found
from qunxiang.app.cards import Cards
from qunxiang.app.columns import (
    ColumnInfo,
    Group,
    ValueCount,
    list_columns,
    top_values,
)
from qunxiang.app.definitions import retire_definition, save_definition
from qunxiang.app.feeds import Feed, FeedDay, Feeds, Way
from qunxiang.app.figures import CHANNELS, Figures, FiguresOf, Month
from qunxiang.app.fixes import Change as FixChange
from qunxiang.app.fixes import Fixes, Preview, SourceGroup, describe_fix
from qunxiang.app.handtags import HandTags, TagState
from qunxiang.app.happenings import Happenings, Plain, TimelinePage, make_plain
from qunxiang.app.home import Home, HomeState, SourceState
from qunxiang.app.hooks import Hooks, HookState, TriedMessage
from qunxiang.app.house import House
from qunxiang.app.imports import Imports, Look, Outcome
from qunxiang.app.inventory import EventState, FieldState, Inventory
from qunxiang.app.jobs import NEEDS, Job, Jobs, What
from qunxiang.app.labels import Labels, label_tag, label_values
from qunxiang.app.lists import Change, Lists, ListState
from qunxiang.app.live import Following
from qunxiang.app.matches import Match, Matches
from qunxiang.app.mending import MOST_LISTED, Became, Mending, Waiting
from qunxiang.app.mending import Fault as MessageFault
from qunxiang.app.mending import Opened as OpenedMessage
from qunxiang.app.persons import Persons, Receipt
from qunxiang.app.plans import Plans
from qunxiang.app.preferences import Preference, Preferences, forget_account
from qunxiang.app.pulls import ConnectorState, PullDone, Pulls, Tried
from qunxiang.app.quality import EventDetail, EventQuality, Freshness, Quality
from qunxiang.app.questions import Count, Order, Questions
from qunxiang.app.redactions import make_redactor
from qunxiang.app.refresh import Refresh, RefreshDone, StageDone, last_instant, rebuild
from qunxiang.app.rosters import AudienceChanges, AudienceDetail, AudienceState, MoveTold, Rosters
from qunxiang.app.samples import SampleData, SampleFile, Samples, sample_imports
from qunxiang.app.schedules import Fate, Schedules, ScheduleState
from qunxiang.app.setaside import Aside, AsideGroup, AsideRow, SetAside
from qunxiang.app.system import StoreSize, list_settings, measure_stores, read_notice
from qunxiang.app.tag_reasons import ColumnValue, TagReason, TagReasons
from qunxiang.app.tag_states import TagOverview, TagStates
from qunxiang.app.tails import MOST_SHOWN, Landed, Seen, Tail, Verdict, Wanted
from qunxiang.app.timetables import REFRESH, ScheduleDefinition, list_times
from qunxiang.app.uploads import Upload, Uploads
from qunxiang.app.uses import KINDS, Use, find_uses
from qunxiang.app.vocabulary import Vocabularies, Vocabulary
from qunxiang.app.worker import Watch, Work, Worker, tell_pull, tell_refresh
from qunxiang.engine import warm_up

__all__ = [
    "CHANNELS",
    "KINDS",
    "MOST_LISTED",
    "MOST_SHOWN",
    "NEEDS",
    "REFRESH",
    "Aside",
    "AsideGroup",
    "AsideRow",
    "AudienceChanges",
    "AudienceDetail",
    "AudienceState",
    "Became",
    "Card",
    "Cards",
    "Change",
    "ColumnInfo",
    "ColumnValue",
    "ConnectorState",
    "Count",
    "EventDetail",
    "EventQuality",
    "EventState",
    "Fate",
    "Feed",
    "FeedDay",
    "Feeds",
    "FieldState",
    "Figures",
    "FiguresOf",
    "FixChange",
    "Fixes",
    "Following",
    "Found",
    "Freshness",
    "Group",
    "HandTags",
    "Happenings",
    "Home",
    "HomeState",
    "HookState",
    "Hooks",
    "House",
    "Imports",
    "Inventory",
    "Job",
    "Jobs",
    "Labels",
    "Landed",
    "ListState",
    "Lists",
    "Look",
    "Match",
    "Matches",
    "Mending",
    "MessageFault",
    "Month",
    "MoveTold",
    "OpenedMessage",
    "Order",
    "Outcome",
    "Persons",
    "Plain",
    "Plans",
    "Preference",
    "Preferences",
    "Preview",
    "PullDone",
    "Pulls",
    "Quality",
    "Questions",
    "Receipt",
    "Refresh",
    "RefreshDone",
    "Rosters",
    "SampleData",
    "SampleFile",
    "Samples",
    "ScheduleDefinition",
    "ScheduleState",
    "Schedules",
    "Seen",
    "SetAside",
    "SourceGroup",
    "SourceState",
    "StageDone",
    "StoreSize",
    "TagOverview",
    "TagReason",
    "TagReasons",
    "TagState",
    "TagStates",
    "Tail",
    "TimelinePage",
    "Tried",
    "TriedMessage",
    "Upload",
    "Uploads",
    "Use",
    "ValueCount",
    "Verdict",
    "Vocabularies",
    "Vocabulary",
    "Waiting",
    "Wanted",
    "Watch",
    "Way",
    "What",
    "Work",
    "Worker",
    "describe_fix",
    "find_uses",
    "forget_account",
    "label_tag",
    "label_values",
    "last_instant",
    "list_columns",
    "list_settings",
    "list_times",
    "make_plain",
    "make_redactor",
    "measure_stores",
    "read_notice",
    "rebuild",
    "retire_definition",
    "sample_imports",
    "save_definition",
    "tell_pull",
    "tell_refresh",
    "top_values",
    "warm_up",
]
