"""Names what is true of a person, by rule, measure, score or hand, and looks after the tags themselves."""

from qunxiang.tags.definitions import (
    AttributeTag,
    Family,
    How,
    Level,
    LevelsTag,
    ListTag,
    ManualTag,
    MeasureTag,
    PreferenceTag,
    TagDefinition,
)
from qunxiang.tags.flow import Tags
from qunxiang.tags.kinds import allowed, label_cases, measures_of
from qunxiang.tags.order import change_rules, check_order, names_used, rules_of
from qunxiang.tags.starter import starter_tags

__all__ = [
    "AttributeTag",
    "Family",
    "How",
    "Level",
    "LevelsTag",
    "ListTag",
    "ManualTag",
    "MeasureTag",
    "PreferenceTag",
    "TagDefinition",
    "Tags",
    "allowed",
    "change_rules",
    "check_order",
    "label_cases",
    "measures_of",
    "names_used",
    "rules_of",
    "starter_tags",
]
