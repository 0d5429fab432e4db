"""Events clustered by person and in time order, against a plain sort."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunxiang.engine import Column, Shelf, Timeline
from qunxiang.engine.timelines import CHUNK_EVENTS, build, cluster, local_days, place

rows = st.lists(
    st.tuples(st.integers(-1, 6), st.integers(0, 3), st.integers(0, 2**64 - 1)),
    max_size=120,
    unique_by=lambda r: r[2],
)


def sort(person, at, tie):
    frame = pl.DataFrame(
        {"person": person, "at": at, "tie": tie, "place": np.arange(len(person))},
        schema={"person": pl.Int32, "at": pl.Int64, "tie": pl.UInt64, "place": pl.Int64},
    )
    return frame.filter(pl.col("person") >= 0).sort("person", "at", "tie")


@given(rows)
def test_clustering_is_sorting(drawn):
    person = np.array([r[0] for r in drawn], np.int32)
    at = np.array([r[1] for r in drawn], np.int64)
    tie = np.array([r[2] for r in drawn], np.uint64)
    having, offsets, order = cluster(person, at, tie, 8)
    expected = sort(person, at, tie)
    assert order.tolist() == expected["place"].to_list()
    counts = expected.group_by("person").len().sort("person")
    assert having.tolist() == counts["person"].to_list()
    assert np.diff(offsets).tolist() == counts["len"].to_list()
    assert offsets.tolist()[0] == 0


def test_many_events_of_one_person_and_ties():
    rng = np.random.default_rng(5)
    person = np.where(rng.random(20_000) < 0.7, 3, rng.integers(0, 50, 20_000)).astype(np.int32)
    at = rng.integers(0, 200, 20_000)
    tie = rng.permutation(20_000).astype(np.uint64) << np.uint64(45)
    _, _, order = cluster(person, at, tie, 50)
    assert order.tolist() == sort(person, at, tie)["place"].to_list()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Asia/Kolkata", "UTC"])
def test_local_days(zone):
    rng = np.random.default_rng(6)
    at = rng.integers(-(10**15), 2 * 10**15, 500)
    edges = [dt.datetime(2026, 3, 8, 5, tzinfo=dt.UTC), dt.datetime(2026, 11, 1, 4, tzinfo=dt.UTC)]
    at = np.append(at, [int(e.timestamp()) * 1_000_000 + d for e in edges for d in (-1, 0, 1)])
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    expected = [
        (
            (epoch + dt.timedelta(microseconds=int(m))).astimezone(ZoneInfo(zone)).date()
            - dt.date(1970, 1, 1)
        ).days
        for m in at
    ]
    assert local_days(at, zone).tolist() == expected


@pytest.fixture
def timeline(tmp_path):
    rng = np.random.default_rng(8)
    person = rng.zipf(1.5, CHUNK_EVENTS * 3) % 4_000
    at = rng.integers(0, 10**12, person.size)
    having, offsets, order = cluster(
        person.astype(np.int32), at, np.arange(person.size, dtype=np.uint64), 4_000
    )
    columns = {place("x") + n: c for n, c in build(order, having, offsets, at, "UTC").items()}
    columns[place("x") + "of/n"] = Column("number", np.arange(person.size)).take(order)
    shelf = Shelf(tmp_path)
    shelf.publish(columns)
    return Timeline(shelf, "x"), person, at


def test_chunks_are_whole_people_and_all_of_them(timeline):
    line, person, _ = timeline
    chunks = list(line.chunks())
    assert len(chunks) > 2
    seen = 0
    for chunk in chunks:
        assert chunk.first_person == seen
        assert chunk.offsets[0] == 0
        assert chunk.offsets[-1] == chunk.events.stop - chunk.events.start
        seen += chunk.offsets.size - 1
    assert seen == line.people.size == np.unique(person).size
    assert [c.events.start for c in chunks[1:]] == [c.events.stop for c in chunks[:-1]]
    # One person may have more events than a chunk holds; others never share their chunk's edge.
    for chunk in chunks:
        assert chunk.offsets.size == 2 or chunk.events.stop - chunk.events.start <= CHUNK_EVENTS


def test_one_persons_events(timeline):
    line, person, at = timeline
    for one in (*line.people[:5].tolist(), int(line.people[-1])):
        mine = line.of(one)
        assert line.at[mine].tolist() == sorted(at[person == one].tolist())
        assert (
            sorted(line.property("n").values[mine].tolist())
            == np.flatnonzero(person == one).tolist()
        )
    missing = next(p for p in range(4_001) if p not in set(line.people.tolist()))
    assert line.of(missing) == slice(0, 0)
    assert line.properties() == ["n"]
    assert line.has("n")
    assert not line.has("m")
