"""Circles: the identifiers that hang together, with everything they were seen by.

A **circle** is a connected part of all pairs seen together, those left out that a shared value cut.
Who is whom within a circle is decided by the sightings of that circle alone, so what one message
changes is found in the circles of its identifiers. The sightings stand clustered by the circle of
their left end; a shared value is at most their right end, and in a circle of its own.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qunxiang.engine import Column, column_of, connect, group
from qunxiang.identity.tables import CIRCLE, CIRCLE_NODES, SHARED, SIGHTED

COLUMNS = ("left", "right", "rank", "import_no", "row_no")
SOURCE = "source"


def draw_circles(
    seen: pl.DataFrame, cut: pl.DataFrame, shared: NDArray[np.int32], nodes: int
) -> dict[str, Column]:
    """Return the columns that tell the circles.

    Args:
        seen: every sighting: left, right, rank, import_no, row_no and source.
        cut: the pairs (left, right) that a shared value cut.
        shared: the nodes of such values.
        nodes: how many nodes there are.
    """
    kept = seen.select("left", "right").join(cut, on=["left", "right"], how="anti")
    roots, _ = connect(
        nodes,
        kept["left"].to_numpy(),
        kept["right"].to_numpy(),
        np.zeros(nodes, np.int16),
        np.zeros(1, np.int32),
    )
    first = roots == np.arange(nodes, dtype=np.int32)
    circle = (np.cumsum(first) - 1)[roots].astype(np.int32)
    circles = int(first.sum())
    offsets, order = group(circle, circles)
    flags = np.zeros(nodes, np.int8)
    flags[shared] = 1
    columns = {
        CIRCLE: Column("number", circle),
        SHARED: Column("yesno", flags),
        CIRCLE_NODES + "offsets": Column("number", offsets),
        CIRCLE_NODES + "of": Column("number", order.astype(np.int32)),
    }
    offsets, order = group(circle[seen["left"].to_numpy()], circles)
    columns[SIGHTED + "offsets"] = Column("number", offsets)
    for name in COLUMNS:
        columns[SIGHTED + name] = Column("number", seen[name].to_numpy()[order])
    columns[SIGHTED + SOURCE] = column_of(seen[SOURCE].to_arrow(), "text").take(order).shrunk()
    return columns
