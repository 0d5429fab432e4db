"""What every stream log must hold, whether it keeps files or asks a NATS server."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import nats
import pyarrow as pa
import pytest

from qunxiang.errors import QunxiangError
from qunxiang.sources import (
    Arrival,
    FilePlace,
    Item,
    JetStreamPlace,
    Portion,
    StreamLog,
    StreamPlace,
    link,
)
from qunxiang.sources.jetstore import Store, Stored
from qunxiang.sources.streams import PLACES, split_number
from tests.sources.servers import Nats, running

_NAMES = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    """A NATS server that syncs before it acknowledges, and takes 64 KB at most."""
    with running(tmp_path_factory.mktemp("nats")) as one:
        yield one


@dataclass
class Open:
    """Opens the same log, again and again, and closes everything in the end."""

    folder: Path
    url: str
    name: str
    opened: list[StreamPlace | StreamLog] = field(default_factory=list)

    def __call__(self) -> StreamPlace:
        url, folder = self.url, self.folder
        place = JetStreamPlace(url, self.name, folder) if url else FilePlace(folder)
        self.opened.append(place)
        return place

    def log(self) -> StreamLog:
        log = self().log()
        self.opened.insert(0, log)
        return log


@pytest.fixture(params=["files", "nats"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """What opens the same log, again and again."""
    url = request.getfixturevalue("server").url if request.param == "nats" else ""
    made = Open(tmp_path / "stream", url, f"t{next(_NAMES)}")
    yield made
    for one in made.opened:
        one.close()


def arrival(*raws: bytes, source: str = "web", at: int = 5) -> Arrival:
    return Arrival(
        source=source,
        protocol="plain",
        about=b"{}",
        received=at,
        items=[Item(raw=raw) for raw in raws],
        faults=["" for _ in raws],
    )


def raws(portions: list[Portion]) -> list[bytes]:
    return [raw for p in portions for raw in p.messages.column("raw").to_pylist()]


def numbered(portions: list[Portion]) -> dict[int, bytes]:
    return {
        number: raw
        for p in portions
        for number, raw in zip(
            p.numbers().tolist(), p.messages.column("raw").to_pylist(), strict=True
        )
    }


def without(*gone: bytes) -> Callable[[Portion], pa.RecordBatch]:
    def change(portion: Portion) -> pa.RecordBatch:
        keep = [raw not in gone for raw in portion.messages.column("raw").to_pylist()]
        return portion.messages if all(keep) else portion.messages.filter(pa.array(keep))

    return change


def test_what_was_appended_is_read_from_any_place(opening: Open) -> None:
    log = opening.log()
    assert log.extent() == []
    assert list(log.read({})) == []
    log.append([arrival(b"a", b"b"), arrival(b"c", source="shop")])
    before = log.extent()
    log.append([arrival(b"d")])
    assert log.extent() != before
    other = opening.log()
    found = list(other.read({}))
    assert raws(found) == [b"a", b"b", b"c", b"d"]
    assert found[0].messages.column("source").to_pylist() == ["web", "web", "shop"]
    read = {p.position.segment: p.position.record + 1 for p in found[:1]}
    assert raws(list(other.read(read))) == [b"d"]
    read = {p.position.segment: p.position.record + 1 for p in found}
    assert list(other.read(read)) == []
    log.append([arrival(b"e")])
    assert raws(list(other.read(read))) == [b"e"]
    assert next(log.read(read)).position > found[-1].position


def test_several_write_and_nothing_is_lost_or_said_twice(opening: Open) -> None:
    first, second = opening.log(), opening.log()
    for number in range(5):
        first.append([arrival(b"a%d" % number)])
        second.append([arrival(b"b%d" % number)])
    found = list(opening.log().read({}))
    assert sorted(raws(found)) == sorted(b"%c%d" % (n, i) for n in b"ab" for i in range(5))
    assert len(numbered(found)) == 10
    positions = [p.position for p in found]
    assert positions == sorted(positions)


def test_what_is_too_large_for_one_message(opening: Open) -> None:
    place, log = opening(), opening.log()
    large, some = b"x" * 300_000, [b"y%d" % n * 2_000 for n in range(40)]
    log.append([arrival(b"before")])
    log.append([arrival(*some, large)])
    log.append([arrival(b"after")])
    found = list(opening.log().read({}))
    assert raws(found) == [b"before", *some, large, b"after"]
    told = numbered(found)
    number = next(n for n, raw in told.items() if raw == large)
    alone = place.message(number)
    assert alone is not None
    assert raws([alone]) == [large]
    assert raws(list(place.tail().newest(1).portions))[-1] == b"after"
    assert log.rewrite(without(large)) == 1
    left = list(opening.log().read({}))
    assert raws(left) == [b"before", *some, b"after"]
    assert numbered(left) == {n: raw for n, raw in told.items() if raw != large}
    assert place.message(number) is None


def test_what_is_erased_moves_nothing(opening: Open) -> None:
    place, log = opening(), opening.log()
    for name in (b"a", b"b", b"c"):
        log.append([arrival(name + b"1", name + b"2")])
    told = numbered(list(log.read({})))
    reader = opening.log()
    half = dict([(p.position.segment, p.position.record + 1) for p in reader.read({})][:1])
    assert log.rewrite(without(b"a1", b"b2")) == 2
    assert log.rewrite(without(b"a1", b"b2")) == 0
    assert log.rewrite(without(b"b1", b"c1", b"c2")) == 3  # of one that was changed before, too
    left = {n: raw for n, raw in told.items() if raw == b"a2"}
    assert numbered(list(opening.log().read({}))) == left
    assert [n for n, raw in told.items() if place.message(n) is not None] == list(left)
    assert raws(list(reader.read(half))) == []
    log.append([arrival(b"d1")])
    assert raws(list(reader.read(half))) == [b"d1"]
    (number,) = numbered(list(reader.read(half)))
    assert number > max(told)


def test_the_end_is_followed(opening: Open) -> None:
    log, tail = opening.log(), opening().tail()
    assert tail.newest(5).portions == ()
    for number in range(30):
        log.append([arrival(b"%d" % number)])
    assert raws(list(tail.more().portions))[-1] == b"29"
    assert tail.more().portions == ()
    log.append([arrival(b"new")])
    assert raws(list(tail.more().portions)) == [b"new"]
    newest = raws(list(opening().tail().newest(3).portions))
    assert newest[-3:] == [b"28", b"29", b"new"]
    assert opening().message(1 << 50) is None


def test_a_flood_in_one_group_has_a_number_for_each(opening: Open) -> None:
    log = opening.log()
    many = arrival(*(b"%d" % n for n in range(PLACES + 2)))
    log.append([many])
    found = list(log.read({}))
    assert [p.messages.num_rows for p in found] == [PLACES, 2]
    assert split_number(int(found[1].numbers()[1]))[2] == 1


# ── of the server alone ──────────────────────────────────────────────────────────────────────────


def test_a_kill_of_the_server_loses_nothing(tmp_path: Path) -> None:
    with running(tmp_path / "nats") as server:
        place = JetStreamPlace(server.url, "kills", tmp_path / "stream")
        log, kept, doubtful = place.log(), list[bytes](), list[bytes]()
        for number in range(60):
            raw = b"%d" % number
            if number % 20 == 10:
                server.kill()
                with pytest.raises(QunxiangError) as caught:
                    log.append([arrival(b"away")])
                assert caught.value.code == "sources.log_full"  # clients are to come again
                with pytest.raises(QunxiangError, match="nats://127"):
                    log.extent()
                server.start()
            until = time.monotonic() + 20
            while True:
                try:
                    log.append([arrival(raw)])
                except QunxiangError:
                    doubtful.append(raw)
                    assert time.monotonic() < until
                    time.sleep(0.05)
                else:
                    kept.append(raw)
                    break
        found = raws(list(log.read({})))
        assert [raw for raw in found if raw not in doubtful and raw != b"away"] == [
            raw for raw in kept if raw not in doubtful
        ]
        assert set(kept) <= set(found)
        place.close()


def test_an_erasure_that_is_cut_off_anywhere_is_whole_or_undone(
    server: Nats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kill it before each of its calls to the server; then what counts is old or new, and ends new."""
    for step in range(12):
        place = JetStreamPlace(server.url, f"cut{step}", tmp_path / str(step))
        log = place.log()
        secret = b"secret" * 20_000  # in pieces
        log.append([arrival(b"a", secret)])
        log.append([arrival(b"b", b"gone")])
        left = iter(range(step, -1, -1))
        with monkeypatch.context() as bent:
            for name in ("move", "_call"):
                bent.setattr(Store, name, killing(getattr(Store, name), left))
            cut = False
            try:
                log.rewrite(without(secret, b"gone"))
            except Killed:
                cut = True
        between = raws(list(place.log().read({})))
        assert [raw for raw in between if raw in {b"a", b"b"}] == [b"a", b"b"]
        log.rewrite(without(secret, b"gone"))
        assert raws(list(place.log().read({}))) == [b"a", b"b"]
        held = [one for found in log.store.messages(1, log.store.last()) for one in found]
        assert not [one for one in held if not _is_harmless(one)], f"cut at {step}"
        place.close()
        if not cut:
            return
    raise AssertionError


class Killed(Exception):
    """What a kill is, within one process."""


def killing(real: Callable[..., object], left: Iterator[int]) -> Callable[..., object]:
    """Return what does the same until the countdown is over."""

    def call(*args: object, **more: object) -> object:
        if next(left, 1) == 0:
            raise Killed
        return real(*args, **more)

    return call


def _is_harmless(one: Stored) -> bool:
    return b"secret" not in one.data and b"gone" not in one.data


def test_streams_that_may_drop_messages_are_not_written_to(server: Nats, tmp_path: Path) -> None:
    async def make() -> None:
        client = await nats.connect(server.url)
        await client.jetstream().add_stream(name="small", subjects=["small.>"], max_msgs=10)
        await client.close()

    asyncio.run(make())
    place = JetStreamPlace(server.url, "small", tmp_path / "stream")
    with pytest.raises(QunxiangError) as caught:
        place.log().append([arrival(b"a")])
    assert caught.value.code == "sources.log_unsafe"
    place.close()


def test_a_log_is_not_begun_anew_where_one_was(server: Nats, tmp_path: Path) -> None:
    folder = tmp_path / "stream"
    place = JetStreamPlace(server.url, "here", folder)
    place.log().append([arrival(b"a")])
    place.close()
    with pytest.raises(QunxiangError) as caught:
        FilePlace(folder)  # the setting was taken out
    assert caught.value.code == "sources.log_elsewhere"
    lost = JetStreamPlace(server.url, "lost", folder)  # the server's folder is another
    for ask in (lambda: lost.log().append([arrival(b"b")]), lambda: lost.log().extent()):
        with pytest.raises(QunxiangError) as caught:
            ask()
        assert caught.value.code == "sources.log_gone"
    lost.close()
    files = FilePlace(tmp_path / "files").log()
    files.append([arrival(b"a")])
    files.close()
    moved = JetStreamPlace(server.url, "moved", tmp_path / "files")
    with pytest.raises(QunxiangError) as caught:
        moved.log().append([arrival(b"b")])
    assert caught.value.code == "sources.log_elsewhere"
    moved.close()


@pytest.mark.parametrize(("sync", "code"), [("always", ""), ("2m", "sources.log_unsynced")])
def test_a_server_that_acknowledges_too_early_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sync: str, code: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    monkeypatch.setattr(link, "_MONITOR", port)
    with running(tmp_path / "nats", sync=sync, monitor=port) as server:
        place = JetStreamPlace(server.url, "told", tmp_path / "stream")
        assert place.warn() == code
        monkeypatch.setattr(link, "_MONITOR", server.port)  # nothing there tells
        assert not place.warn()
        server.kill()
        assert place.warn() == "sources.log_away"
        place.close()
