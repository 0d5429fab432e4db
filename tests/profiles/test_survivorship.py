"""Which of several values becomes the portrait's, against a plain reading of the rules."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunxiang.profiles.survivorship import Rows, choose

# person, when, trust, how many fields the row fills, the value (None if it has none), certainty
# (None if it was given).
rows = st.lists(
    st.tuples(
        st.integers(-1, 3),
        st.integers(0, 2),
        st.sampled_from([20, 50, 90]),
        st.integers(0, 2),
        st.none() | st.integers(0, 2),
        st.none() | st.sampled_from([0.5, 0.9, 1.0]),
    ),
    max_size=25,
)
PREFERENCES = ["latest", "trusted", "frequent", "complete"]


def strength(row, preference: str, times: Counter) -> int:
    return {"latest": 0, "trusted": row[2], "frequent": times[row[4]], "complete": row[3]}[
        preference
    ]


def rank(place: int, row, preference: str, times: Counter, *, inferring: bool) -> tuple:
    """Given beats worked out; then the preference, or how sure it is; then the later row."""
    given_value = row[5] is None or not inferring
    first = (1, strength(row, preference, times)) if given_value else (0, row[5])
    return (first, row[1], place)


def expected(drawn, preference: str, *, inferring: bool) -> list[int]:
    out = []
    for person in range(4):
        mine = [(n, r) for n, r in enumerate(drawn) if r[0] == person and r[4] is not None]
        times = Counter(r[4] for _, r in mine)
        ranks = [(rank(n, r, preference, times, inferring=inferring), n) for n, r in mine]
        out.append(max(ranks)[1] if ranks else -1)
    return out


@pytest.mark.parametrize("preference", PREFERENCES)
@pytest.mark.parametrize("inferring", [False, True])
@given(drawn=rows)
def test_the_best_value_wins(preference, inferring, drawn):
    columns = list(zip(*drawn, strict=True)) if drawn else [()] * 6
    made = Rows(
        np.array(columns[0], np.int32),
        np.array(columns[1], np.int64),
        np.array(columns[2], np.int64),
        np.array(columns[3], np.int64),
    )
    known = np.array([v is not None for v in columns[4]], np.bool_)
    codes = np.array([-1 if v is None else v for v in columns[4]], np.int32)
    sure = np.array([np.nan if c is None else c for c in columns[5]], np.float64)
    found = choose(made, preference, known, codes, sure if inferring else None, 4)
    assert found.tolist() == expected(drawn, preference, inferring=inferring)
