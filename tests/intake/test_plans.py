"""At the door a plan refuses what it says, and never says otherwise than the columns do."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunxiang.app import House
from qunxiang.catalog import Catalog, FixDefinition, PlanDefinition
from qunxiang.cleaning import Definitions, Doors, options_of
from qunxiang.governance import WriteKeyWish
from qunxiang.intake import Desk, KeyRing, PlanBook
from qunxiang.sources import Message, Reply, Request

ACTIONS = dict.fromkeys(["required", "type", "range", "choice", "pattern", "length"], "refuse")
PLAN = PlanDefinition.model_validate(
    {
        "name": "shop",
        "sources": ["web"],
        "actions": ACTIONS,
        "unknown_property": "refuse",
        "events": [
            {
                "event": "purchase",
                "properties": [
                    {"name": "amount", "value": "number", "required": True, "min": 0, "max": 100},
                    {"name": "quantity", "value": "integer"},
                    {"name": "coupon", "pattern": "[A-Z]+", "max_length": 4},
                    {"name": "channel", "choices": ["app", "web"]},
                    {"name": "status", "value": "yesno"},
                    {"name": "note", "value": "date"},
                    {"name": "store", "value": "text", "max_length": 3},
                ],
            }
        ],
    }
)
cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 120),
    st.floats(-5, 120, allow_nan=False),
    st.sampled_from(
        ["", " ", "app", "App", "12", " 12", "1.2万", "-3", "2026-03-01", "ABC", "ABCDE", "是"]
    ),
    st.text(max_size=5),
)
properties = st.dictionaries(
    st.sampled_from(
        ["amount", "quantity", "coupon", "channel", "status", "note", "store", "金额", "new"]
    ),
    cells,
    max_size=5,
)


def event(number: int, name: str = "purchase", **told: object) -> dict[str, object]:
    return {"event": name, "id": str(number), "ids": {"user_id": "u"}, "properties": told}


def send(desk: Desk, key: str, events: list[dict[str, object]]) -> Request:
    return Request(
        method="POST",
        path="/v1/events",
        query="verbose=1",
        headers={"x-write-key": key},
        body=json.dumps(events).encode(),
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    with House(tmp_path_factory.mktemp("plans") / "w") as opened:
        yield opened


def test_what_is_refused_is_told_and_not_kept(tmp_path: Path) -> None:
    with House(tmp_path / "w") as house:
        key = house.write_keys.create(WriteKeyWish("web", "web"), author="test")
        book = PlanBook(house.catalog, options_of(house.settings))
        desk = Desk(KeyRing(house.write_keys), book)
        good, bad = event(1, amount=5), event(2, amount=500)
        taken = desk.receive(send(desk, key, [good, bad]))
        assert not isinstance(taken, Reply)
        assert taken.arrival.faults == ["", ""]  # no plan yet
        house.catalog.save(PLAN, author="test")
        desk.refresh()
        taken = desk.receive(send(desk, key, [good, bad, event(3), event(4, "visit")]))
        assert not isinstance(taken, Reply)
        assert len(taken.arrival.items) == 2
        said = json.loads(taken.reply().body)
        assert (said["accepted"], said["refused"], said["set_aside"]) == (2, 2, 0)
        assert said["events"][1] == {
            "verdict": "refused",
            "code": "plan.range",
            "where": "purchase.amount",
        }
        assert said["events"][2]["code"] == "plan.required"
        alone = desk.receive(send(desk, key, [bad]))
        assert isinstance(alone, Reply)  # nothing has to be durable for this answer
        assert json.loads(alone.body)["refused"] == 1
        fix = FixDefinition.model_validate(
            {
                "name": "cents",
                "source": "web",
                "event": "purchase",
                "property": "amount",
                "does": {"do": "map", "values": {"500": "5"}},
            }
        )
        house.catalog.save(fix, author="test")
        desk.refresh()
        assert not isinstance(desk.receive(send(desk, key, [bad])), Reply)


@settings(max_examples=300)
@given(told=properties)
def test_the_door_says_what_the_columns_say(house: House, told: dict[str, object]) -> None:
    options = options_of(house.settings)
    definitions = Definitions((PLAN,), (), *_known(house.catalog))
    today = dt.date(2026, 3, 1)
    door = _DOORS.setdefault("web", Doors(definitions, options, today)).of("web")
    assert door is not None
    said = Message(kind="event", event="purchase", ids=(("user_id", "u"),), properties=told)
    quick = door.refuses(said)
    slow = door.judge(said)
    assert quick == slow


_DOORS: dict[str, Doors] = {}
_KNOWN: dict[int, tuple[object, ...]] = {}


def _known(catalog: Catalog) -> tuple[object, ...]:
    if id(catalog) not in _KNOWN:
        found = Definitions.of(catalog)
        _KNOWN[id(catalog)] = (found.events, found.fields)
    return _KNOWN[id(catalog)]
