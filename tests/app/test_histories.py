"""Who was a member when, whatever the order in which the instants were asked for."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from tests.app.company import AS_OF, asked, refresh

DAYS = (0, 10, 25, 60)


def membership(house, name: str) -> dict[str, set[str]]:
    """Return the members at each noted instant, worked out from who entered and left."""
    members: set[str] = set()
    out = {}
    for note in reversed(house.audiences.history(name)):
        entered, left = (set(ids.to_pylist()) for ids in house.audiences.changes(name, note.as_of))
        assert not entered & members
        assert left <= members
        assert (len(entered), len(left)) == (note.entered, note.left)
        members = (members - left) | entered
        assert len(members) == note.count
        out[note.as_of] = members
    return out


def at(days: int) -> dt.datetime:
    return AS_OF - dt.timedelta(days=days)


@pytest.fixture
def known(company):
    asked(company).save_audience("recent", "did purchase (last 30 days)")
    return company


def test_a_backfill_keeps_what_came_later(known):
    refresh(known, at(0))
    later = membership(known, "recent")
    before = refresh(known, at(25)).audiences[0]
    assert (before.count, before.entered) == (2, 2)
    both = membership(known, "recent")
    assert len(both) == 2
    assert both | later == both


@pytest.mark.parametrize("order", [*itertools.islice(itertools.permutations(DAYS), 1, 24, 5)])
def test_history_does_not_hang_on_the_order_of_refreshes(known, order):
    for days in sorted(DAYS, reverse=True):
        refresh(known, at(days))
    in_order = membership(known, "recent")
    known.catalog.retire(
        asked(known).save_audience("again", "did purchase (last 30 days)"), author="t"
    )
    asked(known).save_audience("again", "did purchase (last 30 days)")
    for days in (*order, order[0]):
        refresh(known, at(days))
    assert membership(known, "again") == in_order == membership(known, "recent")
