"""A server follows what arrives: cards, counts and audiences change while they are looked at."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import pyarrow as pa
import pytest

from qunxiang import clock
from qunxiang.app import Cards, House, Persons, Questions, Refresh
from qunxiang.app.live import Following
from qunxiang.audiences import AudienceDefinition
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from tests.app.streamed import land


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
    following = Following(begun)
    assert following.turn()
    u1 = public(begun, "u1")
    assert moves(begun) == [("refresh", [u1], [])]
    land(begun, [visit(4, "u2"), visit(5, "u3")])
    assert following.turn()
    card = Cards(begun.near("u2"), HOUSEHOLDER).draw("u2")
    assert card.events_total == 2
    assert [m.name for m in card.audiences] == ["keen"]
    assert Questions(begun, HOUSEHOLDER).count("count(visit) >= 1").count == 3
    assert [f.person for f in Cards(begun, HOUSEHOLDER).find("u3")] == [public(begun, "u3")]
    assert moves(begun)[1:] == [("live", [card.person], [])]
    assert following.news[-1].people == {card.person, public(begun, "u3")}
    assert not following.turn()


def test_who_merges_leaves_under_the_younger_name(begun: House) -> None:
    following = Following(begun)
    unknown = [visit(n, "") | {"ids": {"device": "d7"}} for n in (6, 7)]
    land(begun, unknown)
    following.turn()
    older, younger = public(begun, "u1"), public(begun, "d7")
    assert {older, younger} == set(moves(begun)[0][1])
    land(begun, [visit(8, "u1", device="d7")])
    following.turn()
    assert public(begun, "d7") == public(begun, "u1") == older
    assert moves(begun)[1:] == [("live", [], [younger])]


def test_a_restart_tells_nobody_twice(begun: House) -> None:
    following = Following(begun)
    following.turn()
    land(begun, [visit(4, "u2")])
    following.turn()
    before = moves(begun)
    again = Following(begun)
    again.turn()
    assert moves(begun) == before
    Refresh(begun).run()
    assert again.turn()
    assert moves(begun) == before


def test_what_was_erased_is_told_no_more(begun: House) -> None:
    following = Following(begun)
    following.turn()
    land(begun, [visit(4, "u2")])
    following.turn()
    Persons(begun, HOUSEHOLDER).erase("u2")
    with pytest.raises(QunxiangError, match="u2"):
        begun.near("u2").identity.find("u2")
    following.turn()
    with pytest.raises(QunxiangError, match="u2"):
        begun.near("u2")


def test_a_refresh_elsewhere_is_noticed(begun: House) -> None:
    following = Following(begun)
    following.turn()
    with House(begun.folder) as other:
        land(other, [visit(9, "u9")])
        Refresh(other).run()
    assert following.turn()
    assert public(begun, "u9")


def test_a_half_way_refresh_is_waited_for(begun: House, monkeypatch: pytest.MonkeyPatch) -> None:
    land(begun, [visit(9, "u9")])

    def broken(_self: Refresh) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Refresh, "_portraits", broken)
    with pytest.raises(KeyboardInterrupt):
        Refresh(begun).run()
    monkeypatch.undo()
    following = Following(begun)
    assert not following.turn()
    Refresh(begun).run()
    assert following.turn()
    assert public(begun, "u9")


def until(told: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not told():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_thread_follows(begun: House) -> None:
    following = Following(begun, seconds=0.05)
    with following.running():
        until(lambda: begun.present is not None)
        land(begun, [visit(4, "u2")])
        until(lambda: len(moves(begun)) == 2)
    assert begun.present is None
    assert pa.types.is_string(begun.moves.read("keen")[0].entered.type)


def test_a_refresh_is_asked_for_once_much_is_live(begun: House) -> None:
    begun.settings = begun.settings.model_copy(update={"live_messages": 3})
    asked: list[int] = []
    following = Following(begun, ask=lambda: asked.append(1))
    following.turn()
    for number in range(10, 15):
        land(begun, [visit(number, "u2")])
        following.turn()
        assert len(asked) == (number >= 12)
    Refresh(begun).run()
    following.turn()
    land(begun, [visit(n, "u3") for n in range(20, 24)])
    following.turn()
    assert len(asked) == 2
    again = Following(begun, ask=lambda: asked.append(1))
    again.turn()  # what is live is read again after a start, and counts
    assert len(asked) == 3
