"""Who is parted from whom, against a plain reading of each sighting."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from qunxiang.identity.parting import part

node = st.integers(0, 4)
sightings = st.lists(st.tuples(node, node, st.none() | st.integers(1, 9)), max_size=20)
told = st.lists(st.tuples(node, node, st.integers(1, 9)), min_size=1, max_size=5)


@given(sightings, told)
def test_what_was_seen_before_a_parting_does_not_link(seen, partings) -> None:
    left, right = [s[0] for s in seen], [s[1] for s in seen]
    frame = pl.DataFrame(
        {
            "left": left,
            "right": right,
            "left_type": [f"t{n}" for n in left],
            "right_type": [f"t{n}" for n in right],
            "at": [s[2] for s in seen],
        },
        schema_overrides={
            "left": pl.Int32,
            "right": pl.Int32,
            "left_type": pl.String,
            "right_type": pl.String,
            "at": pl.Int64,
        },
    )
    parted = pl.DataFrame(
        partings, schema={"left": pl.Int32, "right": pl.Int32, "at": pl.Int64}, orient="row"
    )
    kept, cut = part(frame, parted)

    def gone(one: int, other: int, at: int | None) -> bool:
        return any(
            one != other
            and at is not None
            and at <= until
            and ({a, b} == {one, other} or (a == b and a in {one, other}))
            for a, b, until in partings
        )

    links = {(a, b) for a, b, at in seen if a != b and not gone(a, b, at)}
    assert {(a, b) for a, b in kept.select("left", "right").rows() if a != b} == links
    assert set(kept["right"]) == set(right)
    assert kept["left_type"].to_list() == [f"t{n}" for n in kept["left"]]
    assert set(cut.rows()) == {(a, b) for a, b, at in seen if gone(a, b, at)} - links
