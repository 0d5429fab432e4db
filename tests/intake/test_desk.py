"""Whatever arrives, the desk answers: never an error of its own, and never an acknowledged loss."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunxiang.app import House
from qunxiang.governance import WriteKeyWish
from qunxiang.intake import Desk, KeyRing
from qunxiang.sources import SPOKEN, Reply, Request

PATHS = sorted(
    {p.replace("*", "x") for s in SPOKEN for p in s.paths} | {f"/{s.name}" for s in SPOKEN}
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)
bodies = st.one_of(
    st.binary(max_size=200),
    values.map(lambda value: repr(value).encode("utf-8", "surrogatepass")),
    values.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=200).map(gzip.compress),
    st.sampled_from(
        [
            b'{"a":' * 500,
            b"\x00" * 100,
            b"data=%ff%fe&gzip=1",
        ]
    ),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, str]:
    with House(tmp_path_factory.mktemp("desk") / "w") as house:
        key = house.write_keys.create(WriteKeyWish("k", "web", aliases=["default"]), author="test")
        return Desk(KeyRing(house.write_keys)), key


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(
    path=st.sampled_from(PATHS),
    body=bodies,
    method=st.sampled_from(["GET", "POST", "PUT"]),
    query=st.one_of(
        st.just(""), st.just("key={key}"), st.just("data=%7B%7D&token={key}"), st.text(max_size=30)
    ),
    kind=st.sampled_from(
        ["", "application/json", "text/plain", "application/x-www-form-urlencoded"]
    ),
)
def test_it_answers_whatever_comes(
    desk: tuple[Desk, str], path: str, body: bytes, method: str, query: str, kind: str
) -> None:
    one, key = desk
    request = Request(
        method=method,
        path=path,
        query=query.replace("{key}", key),
        headers={"x-write-key": key, "content-type": kind, "authorization": f"Bearer {key}"},
        body=body,
        received=time.time_ns() // 1000,
    )
    decided = one.receive(request)
    if isinstance(decided, Reply):
        assert decided.status < 500
        return
    assert len(decided.arrival.items) == len(decided.arrival.faults)
    reply = decided.reply()
    assert reply.status < 500
    one.remember(decided)


def test_what_could_not_be_written_is_no_repeat(desk: tuple[Desk, str]) -> None:
    one, key = desk
    body = b'{"event":"x","id":"once","ids":{"user_id":"u"}}'
    request = Request(method="POST", path="/v1/events", headers={"x-write-key": key}, body=body)
    for _ in range(2):  # the first was never durable
        decided = one.receive(request)
        assert not isinstance(decided, Reply)
        assert decided.arrival.faults == [""]
    one.remember(decided)
    decided = one.receive(request)
    assert not isinstance(decided, Reply)
    assert decided.arrival.faults == ["intake.repeat"]


def test_sources_do_not_know_each_others_messages(tmp_path: Path) -> None:
    with House(tmp_path / "w") as house:
        keys = [house.write_keys.create(WriteKeyWish(n, n), author="test") for n in ("a", "b")]
        one = Desk(KeyRing(house.write_keys))
        for key in keys:
            body = b'{"event":"x","id":"1","ids":{"user_id":"u"}}'
            decided = one.receive(
                Request(method="POST", path="/v1/events", headers={"x-write-key": key}, body=body)
            )
            assert not isinstance(decided, Reply)
            one.remember(decided)
            assert decided.arrival.faults == [""]
