"""Scores each person: RFM, lifecycle, value, churn, clusters, likeness, needs, preferences; each with a model card."""

from qunxiang.models.definitions import STARTER, LifecycleDefinition, RfmDefinition
from qunxiang.models.flow import SCORES, VALUE_LABELS, Models

__all__ = ["SCORES", "STARTER", "VALUE_LABELS", "LifecycleDefinition", "Models", "RfmDefinition"]
