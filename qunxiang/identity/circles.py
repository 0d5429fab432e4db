"""Circles: the identifiers that hang together, with everything they were seen by.

A **circle** is a connected part of all pairs seen together, parted since or not, those left out that
a shared value cut.
Who is whom within a circle is decided by the sightings of that circle alone, so what one message
changes is found in the circles of its identifiers. The sightings stand clustered by the circle of
their left end; a shared value is at most their right end, and in a circle of its own.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qunxiang.engine import Column, column_of, connect, group
from qunxiang.identity.tables import CIRCLE, CIRCLE_NODES, PARTED, SHARED, SIGHTED

_NUMBERS = ("left", "right", "rank", "import_no", "row_no")


def draw_circles(
    seen: pl.DataFrame, partings: pl.DataFrame, shared: NDArray[np.int32], nodes: int
) -> dict[str, Column]:
    """Return the columns that tell the circles.

    Args:
        seen: every sighting: left, right, rank, import_no, row_no, source and at.
        partings: left, right and at of what was parted.
        shared: the nodes of values that too many have.
        nodes: how many nodes there are.
    """
    pairs = pl.concat([seen.select("left", "right"), partings.select("left", "right")])
    kept = pairs.filter(~pl.col("right").is_in(pl.Series(shared).implode()))
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
    for prefix, rows, names in (
        (SIGHTED, seen, _NUMBERS),
        (PARTED, partings, ("left", "right")),
    ):
        offsets, order = group(circle[rows["left"].to_numpy()], circles)
        columns[prefix + "offsets"] = Column("number", offsets)
        for name in names:
            columns[prefix + name] = Column("number", rows[name].to_numpy()[order])
        columns[prefix + "at"] = column_of(rows["at"].to_arrow(), "moment").take(order)
        if prefix == SIGHTED:
            source = column_of(rows["source"].to_arrow(), "text").take(order)
            columns[prefix + "source"] = source.shrunk()
    return columns
