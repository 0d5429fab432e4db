"""A workspace whose messages are in a NATS server: taken, loaded, followed, erased."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from qunxiang.app import House, Persons, Refresh, Tail
from qunxiang.governance import HOUSEHOLDER
from tests.app.streamed import land
from tests.intake.stage import make_key, taking
from tests.sources.servers import running


def test_from_the_intake_to_an_erasure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "workspace"
    with running(tmp_path / "nats") as server:
        monkeypatch.setenv("QUNXIANG_STREAM_URL", server.url)
        key = make_key(folder, "web")
        events = [
            {"event": "visit", "id": f"{who}{n}", "ids": {"user_id": who}, "set": {"city": "上海"}}
            for who in ("alice", "bob")
            for n in range(3)
        ]
        with taking(folder) as intake:
            assert intake.send(key, events).json()["accepted"] == 6
            server.kill()
            away = intake.send(key, [{"event": "visit", "id": "x", "ids": {"user_id": "carol"}}])
            assert away.status in {503, 507}
            assert away.headers["retry-after"]
            server.start()
            for _ in range(40):
                again = intake.send(
                    key, [{"event": "visit", "id": "x", "ids": {"user_id": "carol"}}]
                )
                if again.status == 200:
                    break
                time.sleep(0.25)
            assert again.status == 200
        assert not list((folder / "stream").glob("*.log"))
        with House(folder) as house:
            Refresh(house).run()
            persons = Persons(house, HOUSEHOLDER)
            assert len(persons.card("alice")["events"]) == 3
            assert len(persons.card("carol")["events"]) == 1  # doubt or not, once
            tail = Tail(house, HOUSEHOLDER)
            shown = tail.newest(50).messages
            assert {one.event for one in shown} == {"visit"}
            (number,) = [one.number for one in shown if one.ids == (("user_id", "bob"),)][:1]
            assert "bob" in tail.open(number).raw
            persons.erase("alice")
            kept = [
                raw for p in house.reader().read({}) for raw in p.messages.column("raw").to_pylist()
            ]
            assert kept
            assert not [raw for raw in kept if b"alice" in raw]
            assert "bob" in tail.open(number).raw  # numbers stay
            land(house, {"event": "visit", "id": "late", "ids": {"user_id": "bob"}})
            Refresh(house).run()
            assert len(persons.card("bob")["events"]) == 4
        server.kill()
        stored = b"".join(p.read_bytes() for p in (tmp_path / "nats" / "store").rglob("*.blk"))
        assert b"bob" in stored
        assert b"alice" not in stored
