"""Answers questions: group portraits, trends, funnels, retention, paths, needs, quality."""

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
    "Numbers",
    "Portrait",
    "Share",
    "as_table",
    "count_regions",
    "count_values",
    "draw",
    "list_values",
]
