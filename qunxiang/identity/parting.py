"""Parting: what messages showed together before somebody said otherwise does not link any more.

Parted are the two identifiers that a message names; one that it names alone is parted from all.
What is seen later links again. What files say stays: their rows are not events in time.
"""

from __future__ import annotations

import polars as pl


def part(seen: pl.DataFrame, partings: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the sightings with those that were parted as sightings of each alone, and what is cut.

    Args:
        seen: left, right, left_type, right_type and at (when a message last showed the pair; null
            for what files say) of each sighting.
        partings: left, right (the same, if one is parted from all) and at.

    Returns:
        `seen`, in its order; and left and right of each pair that nothing shows together any more.
    """
    latest = partings.group_by("left", "right").agg(pl.col("at").max().alias("until"))
    turned = latest.select(pl.col("right").alias("left"), pl.col("left").alias("right"), "until")
    pairs = pl.concat([latest, turned]).group_by("left", "right").agg(pl.col("until").max())
    alone = latest.filter(pl.col("left") == pl.col("right"))
    marked = seen.join(pairs, on=["left", "right"], how="left", maintain_order="left")
    for side in ("left", "right"):
        one = alone.select(pl.col("left").alias(side), pl.col("until").alias(f"until_{side}"))
        marked = marked.join(one, on=side, how="left", maintain_order="left")
    until = pl.max_horizontal("until", "until_left", "until_right")
    two = pl.col("left") != pl.col("right")
    gone = marked.select((two & (pl.col("at") <= until)).fill_null(value=False))[:, 0]
    kept = seen.with_columns(
        pl.when(gone).then(pl.col("right")).otherwise(pl.col("left")).alias("left"),
        pl.when(gone).then(pl.col("right_type")).otherwise(pl.col("left_type")).alias("left_type"),
    )
    cut = seen.filter(gone).select("left", "right").unique(maintain_order=True)
    return kept, cut.join(kept, on=["left", "right"], how="anti")
