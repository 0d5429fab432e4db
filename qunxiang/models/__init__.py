"""Scores each person: RFM, lifecycle, value, churn, clusters, likeness, needs, preferences; each with a model card."""

from qunxiang.models.definitions import STARTER, LifecycleDefinition, RfmDefinition
from qunxiang.models.flow import FOLLOWED, SCORES, VALUE_LABELS, Models, list_measures

__all__ = [
    "FOLLOWED",
    "SCORES",
    "STARTER",
    "VALUE_LABELS",
    "LifecycleDefinition",
    "Models",
    "RfmDefinition",
    "list_measures",
]
