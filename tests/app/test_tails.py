"""The newest messages as they land: what is there, what came, what is wanted; masked by right."""

from __future__ import annotations

import json

import pytest

from qunxiang.app import Feeds, House, Tail, Wanted
from qunxiang.app.tails import MOST_LOOKED_AT, MOST_TAILS
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER, Caller, WriteKeyWish
from qunxiang.sources import FileTail
from tests.app.streamed import land
from tests.app.test_streams import refresh

LOOKER = Caller("looker", frozenset({"read"}))
DAY = 86_400 * 1_000_000


def buy(number: int, **more: object) -> dict[str, object]:
    ids = {"user_id": f"user-{number}", "phone": f"1371234{number:04d}"}
    return {"event": "purchase", "id": str(number), "ids": ids, **more}


def names(seen: object) -> list[str]:
    return [dict(one.ids)["user_id"] for one in seen.messages]  # pyright: ignore[reportAttributeAccessIssue]


def test_it_begins_with_the_newest_and_goes_on(house: House) -> None:
    tail = Tail(house, HOUSEHOLDER)
    assert names(tail.newest(10)) == []
    land(house, [buy(i) for i in range(5)])
    assert names(tail.more()) == [f"user-{i}" for i in range(5)]
    assert names(tail.more()) == []
    with House(house.folder) as other:  # another intake writes a segment of its own
        land(other, buy(5))
        land(house, buy(6))
        assert names(tail.more()) == ["user-5", "user-6"]
        assert names(Tail(house, HOUSEHOLDER).newest(2)) == ["user-5", "user-6"]
        land(other, buy(7))
        assert names(tail.more()) == ["user-7"]


def test_an_old_segment_that_grows_is_followed_from_where_it_stood(house: House) -> None:
    land(house, [buy(1), buy(2)])
    with House(house.folder) as other:
        land(other, buy(3))
        tail = Tail(house, HOUSEHOLDER)
        assert names(tail.newest(1)) == ["user-3"]  # the first segment was not looked at
        land(house, buy(4))
        assert names(tail.more()) == ["user-4"]


def test_what_is_wanted(house: House) -> None:
    land(house, [buy(1), {"event": "visit", "ids": {"user_id": "user-1"}}], source="web")
    land(house, [buy(1)], source="app")
    wanted = [
        (Wanted(source="web"), 2),
        (Wanted(event="Purchase"), 2),
        (Wanted(who="user-1"), 3),
        (Wanted("app", "purchase", "13712340001"), 1),
        (Wanted(who="user-2"), 0),
    ]
    assert [len(Tail(house, HOUSEHOLDER, w).newest(10).messages) for w, _ in wanted] == [
        n for _, n in wanted
    ]


def test_what_cannot_be_used_says_why(house: House) -> None:
    land(house, [{"event": "visit"}, buy(1)])
    first, second = Tail(house, HOUSEHOLDER).newest(10).messages
    assert (first.verdict, first.fault) == ("set aside", "intake.no_person")
    assert (second.verdict, second.fault, second.event) == ("accepted", "", "purchase")


def test_personal_values_are_masked_by_right(house: House) -> None:
    house.shelf  # noqa: B018 a workspace that was never refreshed
    told = {"note": "call 13712340001", "secret_of_hers": "diabetes", "price": 40}
    land(house, buy(1, properties=told, set={"name": "王小明", "phone": "13712340001"}))
    plain = Tail(house, HOUSEHOLDER).newest(1).messages[0]
    masked = Tail(house, LOOKER).newest(1).messages[0]
    assert dict(plain.ids)["phone"] == "13712340001"
    assert dict(masked.ids)["phone"] == "137****0001"
    whole = Tail(house, HOUSEHOLDER).open(plain.number)
    assert json.loads(whole.raw)["properties"] == told
    assert not whole.masked
    veiled = Tail(house, LOOKER).open(plain.number)
    assert veiled.masked
    for personal in ("13712340001", "王小明", "diabetes"):
        assert personal not in veiled.raw
    said = json.loads(veiled.raw)
    assert (said["event"], said["properties"]["price"]) == ("purchase", 40)


def test_a_message_leads_to_the_person_once_known(house: House) -> None:
    land(house, buy(1))
    (one,) = Tail(house, HOUSEHOLDER).newest(1).messages
    assert Tail(house, HOUSEHOLDER).open(one.number).people == ()
    refresh(house)
    (person,) = Tail(house, LOOKER).open(one.number).people
    assert house.identity.find(person) == house.identity.find("user-1")


def test_what_is_erased_is_gone_and_the_rest_goes_on(house: House) -> None:
    land(house, [buy(1), buy(2)])
    tail = Tail(house, HOUSEHOLDER)
    first, _ = tail.newest(10).messages
    house.sources.days.erase({first.number})
    with pytest.raises(QunxiangError) as refused:
        Tail(house, HOUSEHOLDER).open(first.number)
    assert refused.value.code == "app.no_message"
    assert names(tail.more()) == []
    land(house, buy(3))
    assert names(tail.more()) == ["user-3"]
    assert names(Tail(house, HOUSEHOLDER).newest(10)) == ["user-2", "user-3"]


def test_of_too_much_only_the_newest_is_read(house: House) -> None:
    tail = FileTail(house.folder / "stream", most_bytes=1)
    assert not tail.newest(10).portions
    for i in range(3):
        land(house, buy(i))
    news = tail.more()
    assert news.more
    assert len(news.portions) == 1
    shown = Tail(house, HOUSEHOLDER, Wanted(event="none such"))
    shown.newest(0)
    land(house, [buy(i) for i in range(MOST_LOOKED_AT + 1)])
    seen = shown.more()
    assert (seen.messages, seen.more) == ((), True)


def test_there_are_only_so_many(house: House) -> None:
    tails = [Tail(house, HOUSEHOLDER) for _ in range(MOST_TAILS)]
    for tail in tails:
        tail.newest(0)
    with pytest.raises(QunxiangError) as refused:
        Tail(house, HOUSEHOLDER).newest(0)
    assert refused.value.code == "app.too_many_tails"
    tails.pop().close()
    del tail
    Tail(house, HOUSEHOLDER).newest(0)


def test_sources_tell_what_came_and_what_waits(house: House) -> None:
    house.write_keys.create(WriteKeyWish("quiet", "quiet"), author="x")
    land(house, [buy(1), buy(2), {"event": "visit"}], source="web")
    feeds = Feeds(house)
    quiet, web = feeds.all()
    assert (quiet.ways, quiet.keys, quiet.received_at) == (("keys",), 1, None)
    assert (web.ways, web.waiting, web.rows, web.set_aside) == (("keys",), 3, 3, 1)
    assert web.received_at is not None
    assert (web.days[-1].rows, web.days[-1].set_aside) == (3, 1)
    refresh(house)
    loaded = feeds.all()[1]
    assert (loaded.waiting, loaded.rows, loaded.set_aside) == (0, 3, 1)
    assert loaded.received_at == web.received_at
    land(house, buy(3), source="web")
    again = feeds.all()[1]
    assert (again.waiting, again.rows) == (1, 4)
    assert [f.rows for f in Feeds(house).all()] == [0, 4]  # counted anew
