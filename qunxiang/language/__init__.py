"""The one small typed language of rules and measures; checked, explained and evaluated here only."""

from qunxiang.language.checks import Checked, check, check_measure, kind_of
from qunxiang.language.documents import dump, find_path, load, load_measure
from qunxiang.language.evaluation import Evaluator, Memory, Reason, Step, World
from qunxiang.language.layered import Layered, Stratum
from qunxiang.language.limits import Limits, join_path
from qunxiang.language.measures import measure_all
from qunxiang.language.nodes import (
    All,
    AnyOf,
    Bucket,
    Compare,
    Ever,
    InAudience,
    Last,
    Leaf,
    Listed,
    Measure,
    Measured,
    Not,
    Rule,
)
from qunxiang.language.normal_form import leaf_key, leaves, map_compares, normalise
from qunxiang.language.schema import AT, EventInfo, FieldInfo, GroupInfo, Kind, Label, Schema
from qunxiang.language.sentence import describe, describe_measure
from qunxiang.language.text import Located, locate, locate_measure, parse, parse_measure
from qunxiang.language.vocabulary import FunctionInfo, Grammar, WordTable, tell_grammar
from qunxiang.language.windows import EPOCH, When, span
from qunxiang.language.wording import write, write_measure

__all__ = [
    "AT",
    "EPOCH",
    "All",
    "AnyOf",
    "Bucket",
    "Checked",
    "Compare",
    "Evaluator",
    "EventInfo",
    "Ever",
    "FieldInfo",
    "FunctionInfo",
    "Grammar",
    "GroupInfo",
    "InAudience",
    "Kind",
    "Label",
    "Last",
    "Layered",
    "Leaf",
    "Limits",
    "Listed",
    "Located",
    "Measure",
    "Measured",
    "Memory",
    "Not",
    "Reason",
    "Rule",
    "Schema",
    "Step",
    "Stratum",
    "When",
    "WordTable",
    "World",
    "check",
    "check_measure",
    "describe",
    "describe_measure",
    "dump",
    "find_path",
    "join_path",
    "kind_of",
    "leaf_key",
    "leaves",
    "load",
    "load_measure",
    "locate",
    "locate_measure",
    "map_compares",
    "measure_all",
    "normalise",
    "parse",
    "parse_measure",
    "span",
    "tell_grammar",
    "write",
    "write_measure",
]
