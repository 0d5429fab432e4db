"""A server follows what arrives: cards, counts and audiences change while they are looked at."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Callable

import pyarrow as pa
import pytest

from qunxiang import clock
from qunxiang.app import Cards, House, Persons, Questions, Refresh
from qunxiang.app.live import Follower, Following
from qunxiang.audiences import AudienceDefinition
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from tests.app.streamed import land


class Both:
    """Who follows and who is told, in one process: bulletins pass as they do between two."""

    def __init__(self, house: House, asked: Callable[[], object] = lambda: None) -> None:
        self._follower = Follower(house)
        self.following = Following(house, ask=asked)

    def turn(self) -> bool:
        bulletin = self._follower.turn()
        sent = pickle.loads(pickle.dumps(bulletin))  # noqa: S301 our own
        return bulletin is not None and self.following.take(sent)


def visit(number: int, who: str, **ids: str) -> dict[str, object]:
    at = clock.now() - dt.timedelta(minutes=number)
    return {
        "event": "visit",
        "id": f"m{number}",
        "at": at.isoformat(),
        "ids": {"user_id": who, **ids},
        "properties": {"page": f"/{number}"},
    }


@pytest.fixture
def begun(house: House) -> House:
    rule, _ = Questions(house, HOUSEHOLDER).rule("count(visit, last 30 days) >= 2")
    audience = AudienceDefinition(name="keen", zh="热心", en="Keen", rule=rule)
    land(house, [visit(1, "u1"), visit(2, "u1"), visit(3, "u2")])
    Refresh(house).run()
    house.catalog.save(audience, author="test")
    Refresh(house).run()
    return house


def public(house: House, who: str) -> str:
    return Cards(house.near(who), HOUSEHOLDER).draw(who).person


def moves(house: House) -> list[tuple[str, list[str], list[str]]]:
    return [(m.cause, m.entered.to_pylist(), m.left.to_pylist()) for m in house.moves.read("keen")]


def test_people_change_as_messages_come(begun: House) -> None:
    both = Both(begun)
    assert both.turn()
    u1 = public(begun, "u1")
    assert moves(begun) == [("refresh", [u1], [])]
    land(begun, [visit(4, "u2"), visit(5, "u3")])
    assert both.turn()
    card = Cards(begun.near("u2"), HOUSEHOLDER).draw("u2")
    assert card.events_total == 2
    assert [m.name for m in card.audiences] == ["keen"]
    assert Questions(begun, HOUSEHOLDER).count("count(visit) >= 1").count == 3
    assert [f.person for f in Cards(begun, HOUSEHOLDER).find("u3")] == [public(begun, "u3")]
    assert moves(begun)[1:] == [("live", [card.person], [])]
    assert both.following.news[-1].people == {card.person, public(begun, "u3")}
    assert not both.turn()


def test_who_merges_leaves_under_the_younger_name(begun: House) -> None:
    both = Both(begun)
    unknown = [visit(n, "") | {"ids": {"device": "d7"}} for n in (6, 7)]
    land(begun, unknown)
    both.turn()
    older, younger = public(begun, "u1"), public(begun, "d7")
    assert {older, younger} == set(moves(begun)[0][1])
    land(begun, [visit(8, "u1", device="d7")])
    both.turn()
    assert public(begun, "d7") == public(begun, "u1") == older
    assert moves(begun)[1:] == [("live", [], [younger])]


def test_a_restart_tells_nobody_twice(begun: House) -> None:
    both = Both(begun)
    both.turn()
    land(begun, [visit(4, "u2")])
    both.turn()
    before = moves(begun)
    again = Both(begun)
    again.turn()
    assert moves(begun) == before
    Refresh(begun).run()
    assert again.turn()
    assert moves(begun) == before


def test_what_was_erased_is_told_no_more(begun: House) -> None:
    both = Both(begun)
    both.turn()
    land(begun, [visit(4, "u2")])
    both.turn()
    Persons(begun, HOUSEHOLDER).erase("u2")
    with pytest.raises(QunxiangError, match="u2"):
        begun.near("u2").identity.find("u2")
    both.turn()
    with pytest.raises(QunxiangError, match="u2"):
        begun.near("u2")


def test_a_refresh_elsewhere_is_noticed(begun: House) -> None:
    both = Both(begun)
    both.turn()
    with House(begun.folder) as other:
        land(other, [visit(9, "u9")])
        Refresh(other).run()
    assert both.turn()
    assert public(begun, "u9")


def test_a_half_way_refresh_is_waited_for(begun: House, monkeypatch: pytest.MonkeyPatch) -> None:
    land(begun, [visit(9, "u9")])

    def broken(_self: Refresh) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Refresh, "_portraits", broken)
    with pytest.raises(KeyboardInterrupt):
        Refresh(begun).run()
    monkeypatch.undo()
    both = Both(begun)
    assert not both.turn()
    Refresh(begun).run()
    assert both.turn()
    assert public(begun, "u9")


def until(told: Callable[[], bool]) -> None:
    ends = time.monotonic() + 90  # a process has to load everything, on a busy machine
    while not told():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_process_follows(begun: House) -> None:
    following = Following(begun, seconds=0.05)
    with following.running():
        until(lambda: begun.present is not None)
        land(begun, [visit(4, "u2")])
        until(lambda: len(moves(begun)) == 2)
        version = len(following.news)
        Refresh(begun).run()  # the follower ends, and another goes on from here
        until(lambda: len(following.news) > version)
        land(begun, [visit(5, "u3"), visit(6, "u3")])
        until(lambda: len(moves(begun)) == 3)
        (child,) = multiprocessing.active_children()
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        until(lambda: begun.present is None)
        land(begun, [visit(7, "u4"), visit(8, "u4")])
        until(lambda: len(moves(begun)) == 4)
    assert begun.present is None
    assert not multiprocessing.active_children()
    assert pa.types.is_string(begun.moves.read("keen")[0].entered.type)


def test_a_refresh_is_asked_for_once_much_is_live(begun: House) -> None:
    begun.settings = begun.settings.model_copy(update={"live_messages": 3})
    asked: list[int] = []
    both = Both(begun, lambda: asked.append(1))
    both.turn()
    for number in range(10, 15):
        land(begun, [visit(number, "u2")])
        both.turn()
        assert len(asked) == (number >= 12)
    Refresh(begun).run()
    both.turn()
    land(begun, [visit(n, "u3") for n in range(20, 24)])
    both.turn()
    assert len(asked) == 2
    again = Both(begun, lambda: asked.append(1))
    again.turn()  # what is live is read again after a start, and counts
    assert len(asked) == 3
