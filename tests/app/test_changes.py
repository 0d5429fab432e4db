"""Messages that add to fields and clear them, up to the portrait and through a rebuild."""

from __future__ import annotations

import datetime as dt

from qunxiang.app import House, Refresh, SetAside, rebuild
from qunxiang.catalog import FieldDefinition
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
    assert told["points"]["at"] == dt.datetime(2026, 3, 3, tzinfo=dt.UTC) - dt.timedelta(hours=8)
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
