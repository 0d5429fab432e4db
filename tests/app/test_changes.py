"""Messages that add to fields and clear them, up to the portrait and through a rebuild."""

from __future__ import annotations

import datetime as dt

from fastapi.testclient import TestClient

from qunxiang.api import create_app
from qunxiang.app import House, Imports, Refresh, SetAside, rebuild
from qunxiang.catalog import FieldDefinition
from qunxiang.governance import HOUSEHOLDER
from tests.app.streamed import land

AS_OF = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
TOLD = [
    {"set": {"points": 100, "remark": "VIP", "interests": ["骑行", "茶"], "city": "上海"}},
    {"add": {"points": 5, "visits": 1}},
    {"add": {"points": -20, "visits": 1}},
    {"append": {"interests": ["咖啡"], "badges": "new"}, "remove": {"interests": "茶"}},
    {"union": {"badges": ["new", "gold"]}, "unset": ["remark"]},
]


def messages(who: str = "u1") -> list[dict[str, object]]:
    return [
        {"id": f"{who}-{n}", "at": f"2026-03-0{n + 1}", "ids": {"user_id": who}, **one}
        for n, one in enumerate(TOLD)
    ]


def portrait(house: House, who: str) -> dict[str, object]:
    number = house.identity.find(who)
    names = ("points", "remark", "interests", "city", "visits", "badges")
    told = {n: house.people.column(n) for n in names}
    return {n: c.arrow()[number].as_py() for n, c in told.items() if c is not None}


def test_changes_make_the_same_portrait_in_any_order_and_after_a_rebuild(house: House) -> None:
    sent = messages()
    land(house, sent[::-1])
    Refresh(house, AS_OF).run()
    land(house, [sent[2], sent[4], sent[0]])  # again
    Refresh(house, AS_OF).run()
    expected = {
        "points": 85,
        "interests": ["骑行", "咖啡"],
        "city": "上海市",
        "visits": 2.0,
        "badges": ["new", "gold"],
    }
    assert portrait(house, "u1") == expected
    assert house.catalog.get(FieldDefinition, "badges").value == "texts"
    told = house.profiles.value_sources(house.identity.find("u1"))
    assert told["points"]["at"] == dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
    rebuild(house, AS_OF)
    assert portrait(house, "u1") == expected


def test_who_is_deleted_keeps_what_is_said_later(house: House) -> None:
    land(house, messages())
    land(house, {"id": "d", "at": "2026-03-20", "ids": {"user_id": "u1"}, "delete": True})
    late = {"id": "l", "at": "2026-03-10", "ids": {"user_id": "u1"}, "set": {"city": "北京"}}
    new = {"id": "n", "at": "2026-03-21", "ids": {"user_id": "u1"}, "add": {"points": 7}}
    land(house, [late, new])
    Refresh(house, AS_OF).run()
    found = portrait(house, "u1")
    assert {n: v for n, v in found.items() if v} == {"points": 7}


def test_a_change_that_does_not_fit_is_set_aside_and_spoils_nothing(house: House) -> None:
    ids = {"user_id": "u1"}
    land(
        house, {"id": "1", "ids": ids, "add": {"remark": 3, "points": 3}, "append": {"points": [1]}}
    )
    land(house, {"id": "2", "ids": ids, "unset": ["never_heard_of"], "set": {"city": "上海"}})
    land(house, {"id": "3", "ids": ids, "set": 5})
    Refresh(house, AS_OF).run()
    assert {n: v for n, v in portrait(house, "u1").items() if v} == {"points": 3, "city": "上海市"}
    (day,) = house.sources.all()
    groups = sorted((g.code, g.count) for g in SetAside(house).groups(day.number))
    unfit = ("row.change_not_kept", 1)
    assert groups == [("intake.bad_event", 1), unfit, unfit]
    assert "never_heard_of" not in house.catalog.all(FieldDefinition)


def same(house: House, one: str, other: str) -> bool:
    return house.identity.find(one) == house.identity.find(other)


def test_an_unlink_parts_what_was_seen_before_it_in_any_order(house: House) -> None:
    def says(n: int, day: int, **more: object) -> dict[str, object]:
        return {"id": f"m{n}", "at": f"2026-03-{day:02d}", **more}

    both = {"user_id": "u1", "device": "d1"}
    told = [
        says(1, 1, event="visit", ids=both),
        says(2, 2, event="visit", ids={"device": "d1"}),
        says(3, 5, type="unlink", ids=both),
        says(4, 1, type="link", ids={"user_id": "u2", "phone": "13712340001"}),
        says(5, 1, type="link", ids={"user_id": "u2", "device": "d2"}),
        says(6, 6, type="unlink", ids={"device": "d2"}),
    ]
    land(house, told[2])
    land(house, [*told[::-1], told[2]])
    Refresh(house, AS_OF).run()
    assert not same(house, "u1", "d1")
    assert same(house, "u2", "13712340001")
    assert not same(house, "u2", "d2")
    causes = house.warehouse.read("cut_links", ["cause"])["cause"].to_pylist()
    assert causes == ["parted", "parted"]
    # Seen together once more, they are one again; late news of before the parting changes nothing.
    land(house, says(7, 3, event="visit", ids={"user_id": "u2", "device": "d2"}))
    land(house, says(8, 9, event="visit", ids=both))
    Refresh(house, AS_OF).run()
    assert same(house, "u1", "d1")
    assert not same(house, "u2", "d2")
    rebuild(house, AS_OF)
    assert same(house, "u1", "d1")
    assert not same(house, "u2", "d2")


def test_the_newest_version_of_an_item_is_in_force(house: House) -> None:
    def says(n: int, day: int, item: str, **more: object) -> dict[str, object]:
        said = {"id": f"i{n}", "type": "item", "item": ["product", item], **more}
        return said | {"at": f"2026-03-{day:02d}"}

    land(
        house,
        [
            says(1, 3, "s1", properties={"name": "茶", "price": 40}),
            says(2, 1, "s1", properties={"name": "茶", "price": 30}),
            says(3, 1, "s2", properties={"name": "杯"}),
            says(4, 2, "s2", delete=True),
            {"type": "item", "properties": {}},
        ],
    )
    Refresh(house, AS_OF).run()
    (found,) = house.cleaning.items()
    assert (found.type, found.id, found.source) == ("product", "s1", "web")
    assert found.content == '{"name":"茶","price":40}'
    assert house.cleaning.items("store") == []
    with TestClient(create_app(house)) as client:
        secret = house.accounts.create_token("t", ["read"], author=HOUSEHOLDER)
        told = client.get("/v1/items?type=product", headers={"Authorization": f"Bearer {secret}"})
        assert [one["properties"] for one in told.json()] == [{"name": "茶", "price": 40}]
    rebuild(house, AS_OF)
    assert house.cleaning.items() == [found]
    (day,) = house.sources.all()
    Imports(house).undo(day.number, HOUSEHOLDER)
    Refresh(house, AS_OF).run()
    assert house.cleaning.items() == []
