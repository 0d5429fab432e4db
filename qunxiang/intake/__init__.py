"""The door for what happens: takes messages from SDKs by HTTP and makes them durable, nothing more."""

from qunxiang.intake.connections import Bounds
from qunxiang.intake.desk import Desk
from qunxiang.intake.groups import Groups
from qunxiang.intake.hooks import HookBook
from qunxiang.intake.keys import KeyRing
from qunxiang.intake.plans import PlanBook
from qunxiang.intake.scripts import read_scripts
from qunxiang.intake.server import serve

__all__ = ["Bounds", "Desk", "Groups", "HookBook", "KeyRing", "PlanBook", "read_scripts", "serve"]
