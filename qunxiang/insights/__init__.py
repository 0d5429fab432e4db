"""Answers questions: group portraits, trends, funnels, retention, paths, needs, quality."""

from qunxiang.insights.anomalies import (
    Anomaly,
    explain_anomaly,
    find_null_anomalies,
    find_volume_anomalies,
)
from qunxiang.insights.groups import (
    Numbers,
    Portrait,
    Share,
    as_table,
    count_regions,
    count_values,
    draw,
    list_values,
)

__all__ = [
    "Anomaly",
    "Numbers",
    "Portrait",
    "Share",
    "as_table",
    "count_regions",
    "count_values",
    "draw",
    "explain_anomaly",
    "find_null_anomalies",
    "find_volume_anomalies",
    "list_values",
]
