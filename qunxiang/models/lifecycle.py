"""Lifecycle: which stage each buyer is in, from the days they bought on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qunxiang.models.definitions import LifecycleDefinition

Days = NDArray[np.int64]

STAGES = ("new", "active", "at_risk", "dormant", "revived")
LABELS = {
    "new": ("新客", "New"),
    "active": ("活跃", "Active"),
    "at_risk": ("流失预警", "At risk"),
    "dormant": ("沉默", "Dormant"),
    "revived": ("复活", "Revived"),
}


def stage(
    definition: LifecycleDefinition,
    first: Days,
    last: Days,
    before: Days,
    gap: NDArray[Any],
    today: int,
) -> NDArray[np.int8]:
    """Return each buyer's stage, an index into STAGES.

    Args:
        definition: the thresholds.
        first: the first day each one bought.
        last: the last day.
        before: the buying day before the last; equal to `last` where there is none.
        gap: the mean days between buying days, NaN for those with one.
        today: the day of the question. All days count from 1970-01-01.
    """
    since = today - last
    active = np.full(first.size, float(definition.active_days))
    risk = np.full(first.size, float(definition.risk_days))
    if definition.method == "rhythm":
        own = ~np.isnan(gap)
        active[own] = gap[own] * definition.active_gaps
        risk[own] = gap[own] * definition.risk_gaps
    out = np.full(first.size, STAGES.index("dormant"), np.int8)
    out[since <= risk] = STAGES.index("at_risk")
    out[since <= active] = STAGES.index("active")
    # A return counts as one however short one's own rhythm was after it.
    away = last - before > definition.risk_days
    out[(since <= active) & away] = STAGES.index("revived")
    out[(today - first <= definition.new_days) & (since <= active)] = STAGES.index("new")
    return out
