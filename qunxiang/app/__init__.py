"""The house: the one place where rooms are given what they need."""

from qunxiang.app.definitions import save_definition
from qunxiang.app.house import House
from qunxiang.app.imports import Imports, Look, Outcome
from qunxiang.app.jobs import Job, Jobs
from qunxiang.app.persons import Persons, Receipt
from qunxiang.app.questions import Count, Questions
from qunxiang.app.refresh import Refresh, RefreshDone, StageDone, rebuild
from qunxiang.app.worker import Worker
from qunxiang.engine import warm_up

__all__ = [
    "Count",
    "House",
    "Imports",
    "Job",
    "Jobs",
    "Look",
    "Outcome",
    "Persons",
    "Questions",
    "Receipt",
    "Refresh",
    "RefreshDone",
    "StageDone",
    "Worker",
    "rebuild",
    "save_definition",
    "warm_up",
]
