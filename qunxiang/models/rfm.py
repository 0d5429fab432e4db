"""RFM: scores from cuts, and the eight and the eleven groups that scores make.

A score is 1 plus the number of cuts below the value; for recency, 5 minus it. Quantile cuts are
linear interpolations over all buyers (numpy's and pandas' default). A buyer is high in R, F or M
when the score is above the mean score of buyers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qunxiang.models.definitions import RfmDefinition

Real = NDArray[np.float64]
Scores = NDArray[np.int64]

QUANTILES = (0.2, 0.4, 0.6, 0.8)
FIXED = {
    "recency": (30.0, 90.0, 180.0, 365.0),
    "frequency": (1.0, 2.0, 4.0, 8.0),
    "monetary": (200.0, 500.0, 1_500.0, 5_000.0),
}

# By (R high, F high, M high): the eight groups as Chinese retail knows them.
EIGHT: dict[tuple[bool, bool, bool], tuple[str, str]] = {
    (True, True, True): ("重要价值客户", "Best"),
    (True, False, True): ("重要发展客户", "Big spenders to develop"),
    (False, True, True): ("重要保持客户", "Loyal big spenders to keep"),
    (False, False, True): ("重要挽留客户", "Big spenders to win back"),
    (True, True, False): ("一般价值客户", "Frequent"),
    (True, False, False): ("一般发展客户", "Recent"),
    (False, True, False): ("一般保持客户", "Frequent, fading"),
    (False, False, False): ("一般挽留客户", "Lapsed"),
}

# Eleven groups by R (rows, 5 at the top) and the mean of F and M (columns 1 to 5, rounded half up).
ELEVEN_GRID = (
    ("新客户", "潜力忠诚客户", "潜力忠诚客户", "忠诚客户", "冠军客户"),
    ("有希望的客户", "潜力忠诚客户", "潜力忠诚客户", "忠诚客户", "冠军客户"),
    ("即将沉睡客户", "即将沉睡客户", "需要关注客户", "忠诚客户", "忠诚客户"),
    ("沉睡客户", "沉睡客户", "有流失风险客户", "有流失风险客户", "不能失去的客户"),
    ("已流失客户", "已流失客户", "有流失风险客户", "不能失去的客户", "不能失去的客户"),
)
ELEVEN_EN = {
    "冠军客户": "Champions",
    "忠诚客户": "Loyal",
    "潜力忠诚客户": "Potential loyalists",
    "新客户": "New",
    "有希望的客户": "Promising",
    "需要关注客户": "Need attention",
    "即将沉睡客户": "About to sleep",
    "有流失风险客户": "At risk",
    "不能失去的客户": "Can't lose",
    "沉睡客户": "Hibernating",
    "已流失客户": "Lost",
}
EIGHT_NAMES = tuple(EIGHT[(bool(i & 4), bool(i & 2), bool(i & 1))][0] for i in range(8))
ELEVEN_NAMES = tuple(ELEVEN_EN)
_ELEVEN_PLACES = np.array([ELEVEN_NAMES.index(name) for row in ELEVEN_GRID for name in row])


@dataclass(frozen=True)
class Rfm:
    """The result over buyers: scores 1 to 5, places in the group names, and the cuts."""

    r: Scores
    f: Scores
    m: Scores
    eight: Scores
    eleven: Scores
    cuts: dict[str, tuple[float, ...]]


def score(values: Real, cuts: Sequence[float]) -> Scores:
    """Return 1 plus the number of cuts below each value."""
    return 1 + np.searchsorted(np.asarray(cuts), values, side="left").astype(np.int64)


def score_buyers(definition: RfmDefinition, recency: Real, frequency: Real, monetary: Real) -> Rfm:
    """Score buyers and name their groups.

    Args:
        definition: how cuts are found.
        recency: days since each buyer's last purchase.
        frequency: orders of each buyer.
        monetary: money of each buyer, in the currency's unit.
    """
    values = {"recency": recency, "frequency": frequency, "monetary": monetary}
    cuts = {name: _cuts(definition, name, value) for name, value in values.items()}
    r = 6 - score(recency, cuts["recency"])
    f, m = score(frequency, cuts["frequency"]), score(monetary, cuts["monetary"])
    return Rfm(r, f, m, _eight(r, f, m), _eleven(r, f, m), cuts)


def _cuts(definition: RfmDefinition, name: str, values: Real) -> tuple[float, ...]:
    if definition.method == "custom":
        return tuple(getattr(definition, f"{name}_cuts"))
    if definition.method == "fixed" or values.size == 0:
        return FIXED[name]
    return tuple(float(c) for c in np.quantile(values, QUANTILES))


def _eight(r: Scores, f: Scores, m: Scores) -> Scores:
    high = [s > s.mean() if s.size else s > 0 for s in (r, f, m)]
    return (high[0] * 4 + high[1] * 2 + high[2]).astype(np.int64)


def _eleven(r: Scores, f: Scores, m: Scores) -> Scores:
    fm = (f + m + 1) // 2
    return _ELEVEN_PLACES[(5 - r) * 5 + fm - 1]
