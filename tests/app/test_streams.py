"""Messages become portraits: each once, at its own time, of the right person, or set aside."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunxiang.app import House, Imports, Inventory, Persons, Refresh, SetAside, rebuild
from qunxiang.catalog import EventDefinition, FieldDefinition
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import Arrival, Item
from qunxiang.sources.streams import PLACES
from tests.app.streamed import land

AS_OF = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
AT = "2026-03-01T10:00:00+08:00"


def refresh(house: House) -> None:
    Refresh(house, AS_OF).run()


def person(house: House, name: str) -> dict[str, object]:
    return Persons(house, HOUSEHOLDER).show(name)


def events(house: House, name: str) -> list[tuple[str, dict[str, object]]]:
    found = Persons(house, HOUSEHOLDER).events(house.identity.find(name))
    return sorted(((e["event"], e) for e in found), key=str)


def values(house: House, name: str) -> dict[str, object]:
    number = house.identity.find(name)
    columns = {n: house.people.column(n) for n in house.people.columns()}
    told = {n: c.arrow()[number].as_py() for n, c in columns.items() if c is not None}
    return {n: v for n, v in told.items() if v is not None}


def aside(house: House) -> list[tuple[str, int]]:
    found = [
        (group.code, group.count)
        for one in house.sources.all()
        for group in SetAside(house).groups(one.number)
    ]
    return sorted(found)


def test_an_event_stands_at_its_own_time(house: House) -> None:
    land(
        house,
        {
            "event": "visit",
            "id": "1",
            "at": AT,
            "ids": {"user_id": "u1"},
            "properties": {"page": "/a"},
        },
    )
    refresh(house)
    ((name, event),) = events(house, "u1")
    assert name == "visit"
    assert event["at"] == dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC)
    assert event["page"] == "/a"


def test_a_clock_that_is_wrong_is_corrected(house: House) -> None:
    received = 1_772_330_400_000_000  # 2026-03-01T02:00:00Z
    body = {
        "sent_at": "2020-01-01T00:00:10Z",
        "events": [
            {"event": "visit", "id": "1", "at": "2020-01-01T00:00:00Z", "ids": {"user_id": "u1"}}
        ],
    }
    land(house, body, received=received)
    land(
        house,
        {"event": "visit", "id": "2", "at": "2031-01-01", "ids": {"user_id": "u2"}},
        received=received,
    )
    refresh(house)
    ((_, event),) = events(house, "u1")
    assert event["at"] == dt.datetime(2026, 3, 1, 1, 59, 50, tzinfo=dt.UTC)
    ((_, event),) = events(house, "u2")  # nothing happens in years to come
    assert event["at"] == dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC)


def test_what_an_unknown_person_did_becomes_theirs(house: House) -> None:
    land(house, {"event": "visit", "id": "1", "at": AT, "ids": {"device": "d1"}})
    land(house, {"id": "2", "ids": {"user_id": "u1", "device": "d1"}, "set": {"name": "王小明"}})
    refresh(house)
    assert house.identity.find("d1") == house.identity.find("u1")
    assert [name for name, _ in events(house, "u1")] == ["visit"]
    assert values(house, "d1")["name"] == "王小明"


def test_two_devices_of_one_message_are_one_person(house: House) -> None:
    land(house, {"type": "link", "id": "1", "ids": {"device": "d1", "phone": "13712340001"}})
    land(house, {"type": "link", "id": "2", "ids": {"device": "d2", "phone": "13712340001"}})
    refresh(house)
    assert (
        house.identity.find("d1") == house.identity.find("d2") == house.identity.find("13712340001")
    )


def test_each_field_keeps_what_was_said_last(house: House) -> None:
    ids = {"user_id": "u1"}
    land(
        house,
        {
            "id": "3",
            "at": "2026-03-03",
            "ids": ids,
            "set": {"city": "杭州"},
            "once": {"first_seen_on": "app"},
        },
    )
    land(
        house,
        {
            "id": "1",
            "at": "2026-03-01",
            "ids": ids,
            "set": {"city": "上海", "name": "王小明"},
            "once": {"first_seen_on": "web", "city": "北京"},
        },
    )
    land(house, {"id": "2", "at": "2026-03-02", "ids": ids, "set": {"城市": "苏州"}})
    refresh(house)
    found = values(house, "u1")
    assert (found["city"], found["name"], found["first_seen_on"]) == ("杭州市", "王小明", "web")


def test_an_order_has_its_lines(house: House) -> None:
    order = {
        "order_id": "A1",
        "total": 99.5,
        "products": [
            {"sku": "s1", "price": 40, "quantity": 2},
            {"sku": "s2", "price": 19.5, "quantity": 1},
        ],
    }
    land(
        house,
        {
            "event": "Order Completed",
            "id": "1",
            "at": AT,
            "ids": {"user_id": "u1"},
            "properties": order,
        },
    )
    land(
        house,
        {
            "event": "purchase",
            "id": "2",
            "at": AT,
            "ids": {"user_id": "u2"},
            "properties": {"order_id": "A2", "revenue": 30},
        },
    )
    refresh(house)
    lines = [(e["product"], str(e["amount"])) for _, e in events(house, "u1")]
    assert sorted(lines) == [("s1", "80.0000"), ("s2", "19.5000")]
    assert values(house, "u1")["orders_total"] == 1
    assert float(str(values(house, "u2")["spend_total"])) == 30


def test_what_is_new_is_defined(house: House) -> None:
    live = {
        "room": "r1",
        "seconds": 33,
        "paid": True,
        "contact": "13712340001",
        "at": "x",
        "host": {"name": "甲"},
    }
    land(
        house,
        {"event": "看直播", "id": "1", "at": AT, "ids": {"user_id": "u1"}, "properties": live},
    )
    land(
        house,
        {"id": "2", "ids": {"user_id": "u1"}, "set": {"vip_score": 7.5, "mail": "a.b@163.com"}},
    )
    refresh(house)
    event = house.catalog.get(EventDefinition, "看直播")
    found = {p.name: (p.value, p.personal) for p in event.properties}
    assert found == {
        "room": ("text", "none"),
        "seconds": ("number", "none"),
        "paid": ("yesno", "none"),
        "contact": ("phone", "contact"),
        "at_": ("text", "none"),
        "host_name": ("text", "none"),
    }
    assert house.catalog.get(FieldDefinition, "vip_score").value == "number"
    assert house.catalog.history(EventDefinition, "看直播")[0].author == "intake"
    assert values(house, "u1")["email"] == "a.b@163.com"
    assert house.identity.find("a.b@163.com") == house.identity.find("u1")
    # A property that comes later joins those there are.
    land(
        house,
        {
            "event": "看直播",
            "id": "3",
            "at": AT,
            "ids": {"user_id": "u1"},
            "properties": {"gift": "花"},
        },
    )
    refresh(house)
    assert {e.get("gift") for _, e in events(house, "u1")} == {None, "花"}


def test_nothing_counts_twice(house: House) -> None:
    sent = [
        {
            "event": "purchase",
            "id": f"{n}",
            "at": AT,
            "ids": {"user_id": "u1"},
            "properties": {"amount": n},
        }
        for n in range(1, 51)
    ]
    land(house, sent)
    land(house, sent[:20] + sent[10:30])  # within one request, too
    refresh(house)
    land(house, sent)  # and after it was loaded
    refresh(house)
    assert len(events(house, "u1")) == 50
    assert float(str(values(house, "u1")["spend_total"])) == sum(range(1, 51))
    assert aside(house) == []


def test_another_message_under_the_same_id_is_set_aside(house: House) -> None:
    one = {
        "event": "purchase",
        "id": "1",
        "at": AT,
        "ids": {"user_id": "u1"},
        "properties": {"amount": 1},
    }
    land(house, one)
    refresh(house)
    land(house, one | {"properties": {"amount": 2}})
    refresh(house)
    assert aside(house) == [("row.same_id", 1)]
    ((_, event),) = events(house, "u1")
    assert str(event["amount"]) == "1.0000"


def test_what_cannot_be_used_is_set_aside_with_its_reason(house: House) -> None:
    ids = {"user_id": "u1"}
    land(
        house,
        [
            {"event": "visit", "id": "1", "ids": {}},
            {"event": "visit", "id": "2", "at": "gestern", "ids": ids},
            {
                "event": "purchase",
                "id": "3",
                "at": AT,
                "ids": ids,
                "properties": {"amount": "viel"},
            },
            {"event": "visit", "id": "4", "at": AT, "ids": {"phone": "13800138000"}},
            {"id": "5", "ids": ids, "add": {"remark": 3}},
        ],
    )
    refresh(house)
    codes = [code for code, _ in aside(house)]
    assert codes == [
        "intake.bad_time",
        "intake.no_person",
        "number.not_a_number",
        "phone.placeholder",
        "row.change_not_kept",
        "row.no_person",
    ]
    (day,) = house.sources.all()
    rows = SetAside(house).rows(day.number, "intake.no_person", 10)
    assert '"id":"1"' in rows[0].cells["message"]


def test_a_day_is_an_import_that_can_be_undone(house: House) -> None:
    day = 86_400_000_000
    first = 20_000 * day + day // 2
    land(house, {"event": "visit", "id": "1", "ids": {"user_id": "u1"}}, received=first)
    land(house, {"event": "visit", "id": "2", "ids": {"user_id": "u1"}}, received=first + day)
    land(
        house, {"event": "visit", "id": "3", "ids": {"user_id": "u2"}}, received=first, source="app"
    )
    refresh(house)
    days = {one.file: one for one in house.sources.all()}
    assert sorted(days) == ["app 2024-10-04", "web 2024-10-04", "web 2024-10-05"]
    assert days["web 2024-10-04"].rows == 1
    Imports(house).undo(days["web 2024-10-04"].number, HOUSEHOLDER)
    refresh(house)
    assert len(events(house, "u1")) == 1
    assert len(events(house, "u2")) == 1
    before = values(house, "u1")
    rebuild(house, AS_OF)
    assert values(house, "u1") == before
    assert len(events(house, "u1")) == 1


def test_a_person_is_erased_from_the_stream(house: House) -> None:
    told = {"name": "金丝雀", "phone": "13987651234"}
    land(
        house,
        [{"id": "1", "ids": {"user_id": "CANARY77001", "device": "dev-canary-1"}, "set": told}],
    )
    land(
        house,
        [
            {"event": "visit", "id": f"v{n}", "at": AT, "ids": {"device": "dev-canary-1"}}
            for n in range(5)
        ]
        + [{"event": "visit", "id": "x", "at": AT, "ids": {"user_id": "u2"}}],
    )
    land(house, {"event": "visit", "id": "bad", "ids": {}, "properties": {"note": "13987651234"}})
    refresh(house)
    receipt = Persons(house, HOUSEHOLDER).erase("CANARY77001")
    assert receipt.stores["landing log"] == 7
    with pytest.raises(QunxiangError, match=r"CANARY77001"):
        house.identity.find("CANARY77001")
    for path in house.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not [
                s
                for s in ("CANARY77001", "金丝雀", "13987651234", "dev-canary-1")
                if s.encode() in data
            ], path
    assert len(events(house, "u2")) == 1


def test_what_arrived_is_counted_in_full(house: House) -> None:
    sent = [
        {
            "event": "visit",
            "id": f"{n}",
            "at": AT,
            "ids": {"user_id": f"u{n % 7}"} if n % 10 else {},
        }
        for n in range(200)
    ]
    land(house, sent)
    land(house, sent)
    done = house.cleaning.stream()
    house.cleaning.prepare()
    said = done.load()
    assert said.messages == 400
    assert said.rows == 180
    assert said.repeats == 180
    assert said.set_aside == 40  # what cannot be used has no name by which a repeat is known
    assert said.messages == said.rows + said.repeats + said.set_aside


def test_the_catalog_shows_what_came(house: House) -> None:
    land(
        house,
        {
            "event": "看直播",
            "id": "1",
            "at": AT,
            "ids": {"user_id": "u1"},
            "properties": {"room": "r"},
        },
    )
    refresh(house)
    found = {e.definition.name: e for e in Inventory(house, HOUSEHOLDER).events()}
    assert found["看直播"].count == 1


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_the_order_of_arrival_decides_nothing(tmp_path_factory, seed: int) -> None:
    """Shuffled, doubled and in pieces, the same messages make the same people."""
    rng = random.Random(seed)
    people = [f"u{n}" for n in range(6)]
    sent = []
    for n in range(60):
        who = rng.choice(people)
        at = f"2026-03-{rng.randrange(1, 28):02d}T{rng.randrange(24):02d}:00:{n:02d}Z"
        ids = rng.choice(
            [{"user_id": who}, {"device": f"d-{who}"}, {"user_id": who, "device": f"d-{who}"}]
        )
        more = rng.choice(
            [
                {"event": "purchase", "properties": {"amount": n, "order_id": f"o{n}"}},
                {"event": "visit"},
                {"set": {"city": rng.choice(["上海", "北京"]), "points": n}},
                {"once": {"acquired_by": f"c{n}"}},
                {"add": {"points": n}},
                {"append": {"interests": [f"i{n % 7}"]}},
                {"remove": {"interests": [f"i{n % 7}"]}},
                {"unset": ["city", "points"]},
                {"delete": True},
            ]
        )
        sent.append({"id": f"m{n}", "at": at, "ids": ids, **more})

    def known(order: list[dict[str, object]], pieces: int) -> dict[str, object]:
        with House(tmp_path_factory.mktemp("order") / "w") as house:
            size = max(1, len(order) // pieces)
            for begin in range(0, len(order), size):
                land(house, order[begin : begin + size])
                if rng.random() < 0.3:
                    refresh(house)
            refresh(house)
            found = {}
            for who in people:
                try:
                    told = values(house, who)
                except QunxiangError:
                    continue
                found[who] = (told, [e for _, e in events(house, who)])
            return found

    first = known(sent, 1)
    shuffled = sent + rng.sample(sent, 15)
    rng.shuffle(shuffled)
    assert known(shuffled, rng.randrange(1, 6)) == first


def test_a_flood_in_one_request_has_a_number_for_each(house: House) -> None:
    flood = Arrival(source="web", protocol="plain", about=b"", received=1, items=[], faults=[])
    many = PLACES + 3
    flood.items, flood.faults = [Item(raw=b"{}")] * many, ["intake.no_person"] * many
    house.stream.append([flood])
    house.stream.append([flood])
    numbers = np.concatenate([p.numbers() for p in house.stream.read({})])
    assert numbers.size == 2 * many
    assert np.unique(numbers).size == numbers.size
