"""What changes make of a field, against a person reading them aloud in the order of time."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from qunxiang.engine import column_of
from qunxiang.profiles.changes import Changes
from qunxiang.profiles.survivorship import Rows

PEOPLE = 3
NUMBER_DEEDS = ["set", "once", "add", "unset", "delete", "other"]
LIST_DEEDS = ["set", "once", "append", "union", "remove", "unset", "delete", "other"]


def stream(deeds, value):
    """Return messages: person, when, what is done, and a value."""
    return st.lists(
        st.tuples(st.integers(-1, PEOPLE - 1), st.integers(1, 6), st.sampled_from(deeds), value),
        max_size=25,
    )


def rows_of(told):
    said = np.array([at for _, at, _, _ in told], np.int64)
    once = np.array([deed == "once" for _, _, deed, _ in told], np.bool_)
    person = np.array([who for who, _, _, _ in told], np.int32)
    none = np.zeros(len(told), np.int64)
    plain = {"set", "once"}
    does = pl.Series(
        [None if d in plain else d.replace("other", "unset") for _, _, d, _ in told],
        dtype=pl.String,
    )
    named = {"unset": ["field"], "other": ["another"]}
    cleared = pl.Series([named.get(d) for _, _, d, _ in told], dtype=pl.List(pl.String))
    rows = Rows(person, np.where(once, -said, said), none, none)
    return rows, Changes.of(rows, said, does, cleared)


def work_out(told, kind, values):
    """Return each person's value, by the changes alone."""
    _, changes = rows_of(told)
    column = column_of(values, kind)
    known = column.known()
    if changes is None:
        return None
    known = changes.standing("field", known)
    folded = changes.fold(column, known, PEOPLE)
    return None if folded is None else folded[0].arrow().to_pylist()


def theirs(told, person):
    """Return somebody's messages in the order of time that still count, what was said once first."""
    mine = sorted(
        (
            (at, place, deed, value)
            for place, (who, at, deed, value) in enumerate(told)
            if who == person
        )
    )
    clears = [n for n, (_, _, deed, _) in enumerate(mine) if deed in {"unset", "delete"}]
    left = mine[clears[-1] + 1 :] if clears else mine
    first = sorted((-at, place, value) for at, place, deed, value in left if deed == "once")
    rest = [(deed, value) for _, _, deed, value in left if deed != "once"]
    return [("set", value) for _, _, value in first] + rest


@given(stream(NUMBER_DEEDS, st.none() | st.integers(-5, 5)))
def test_numbers_are_added_up_from_what_was_set_last(told) -> None:
    values = pa.array(
        [v if d in {"set", "once", "add"} else None for _, _, d, v in told], pa.int64()
    )
    found = work_out(told, "number", values)
    if found is None:
        return
    for person in range(PEOPLE):
        total = None
        for deed, value in theirs(told, person):
            if value is not None and deed == "set":
                total = value
            elif value is not None and deed == "add":
                total = (total or 0) + value
        assert found[person] == total


@given(stream(LIST_DEEDS, st.none() | st.lists(st.sampled_from("abcd"), max_size=3)))
def test_lists_hold_what_was_put_on_them_and_not_taken_off(told) -> None:
    silent = {"unset", "delete", "other"}
    values = pa.array([None if d in silent else v for _, _, d, v in told], pa.list_(pa.string()))
    found = work_out(told, "texts", values)
    if found is None:
        return
    for person in range(PEOPLE):
        on: set[str] = set()
        for deed, value in theirs(told, person):
            if deed == "set" and value:
                on = set(value)
            elif deed in {"append", "union"}:
                on |= set(value or [])
            elif deed == "remove":
                on -= set(value or [])
        assert set(found[person]) == on
        assert len(found[person]) == len(on)


@given(stream(["set", "once", "unset", "delete", "other"], st.integers(0, 9)))
def test_what_was_said_before_a_field_was_cleared_does_not_stand(told) -> None:
    rows, changes = rows_of(told)
    if changes is None:
        return
    standing = changes.standing("field", np.ones(len(told), np.bool_)) & changes.plain()
    for place, (who, at, deed, _) in enumerate(told):
        later = [
            (a, p) > (at, place)
            for p, (w, a, d, _) in enumerate(told)
            if w == who and d in {"unset", "delete"}
        ]
        if who >= 0:
            assert standing[place] == (deed in {"set", "once"} and not any(later))
    assert rows.person.size == len(told)
