"""A fix puts right what was set aside, as if it had been there from the start; without it all is as before."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunxiang.app import (
    Fixes,
    House,
    Imports,
    Persons,
    Refresh,
    rebuild,
    retire_definition,
    save_definition,
)
from qunxiang.catalog import EventDefinition, FixDefinition, PlanDefinition
from qunxiang.cleaning import SET_ASIDE, event_table
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER, caller_of
from qunxiang.sources import write_csv
from tests.app.streamed import land

DAY = 86_400_000_000
FIRST = 20_500 * DAY
PLAN = PlanDefinition.model_validate(
    {
        "name": "shop",
        "since": "2020-01-01",
        "unknown_property": "set_aside",
        "unknown_event": "set_aside",
        "events": [
            {
                "event": "purchase",
                "properties": [
                    {"name": "amount", "value": "money", "required": True, "min": 0, "max": 1000},
                    {"name": "channel", "choices": ["app", "web"]},
                    {"name": "order_id"},
                ],
            }
        ],
    }
)


def fix(name: str, does: dict[str, Any], **more: Any) -> FixDefinition:
    told = {"name": name, "source": "web", "event": "purchase", "does": does, **more}
    return FixDefinition.model_validate(told)


FIXES = [
    fix("rename", {"do": "rename", "to": "amount"}, property="amt"),
    fix("map", {"do": "map", "values": {"App": "app", "H5": None}}, property="channel"),
    fix("cast", {"do": "cast", "format": "first_number"}, property="amount"),
    fix("default", {"do": "default", "value": "0"}, property="amount"),
    fix("drop", {"do": "drop"}, property="note"),
    fix("accept", {"do": "accept"}, property="channel"),
    fix("event", {"do": "rename_event", "to": "purchase"}, event="spin"),
]


def buy(number: int, event: str = "purchase", **properties: object) -> dict[str, object]:
    ids = {"user_id": f"u{number % 5}"}
    at = f"2026-03-01T10:00:{number % 60:02d}Z"
    return {"event": event, "id": str(number), "at": at, "ids": ids, "properties": properties}


SENT = [
    buy(1, amount=5, channel="app"),
    buy(2, amt=7),
    buy(3, amount="约 30 元"),
    buy(4, amount=4, channel="App"),
    buy(5, amount=6, note="x"),
    buy(6, "spin", amount=8),
    buy(7, amount=5000),
    buy(8, channel="web"),
]


def rows(house: House) -> list[dict[str, Any]]:
    """Return the orders there are, without what does not matter."""
    columns = house.warehouse.columns(event_table("purchase"))
    left = {"import_no", "actor", "row_id"}
    names = [c for c in columns if c not in left]
    table = house.warehouse.read(event_table("purchase"), names).to_pylist()
    told = [{n: v for n, v in row.items() if v is not None} for row in table]
    return sorted(told, key=lambda row: row["row_no"])


def aside(house: House) -> list[tuple[object, ...]]:
    names = ["row_no", "event", "column", "code", "value"]
    found = house.warehouse.read(SET_ASIDE, names).to_pylist()
    return sorted((tuple(row.values()) for row in found), key=str)


def load(house: House) -> None:
    Refresh(house).load()


@pytest.fixture
def shop(house: House) -> House:
    save_definition(house, HOUSEHOLDER, PLAN)
    land(house, SENT, received=FIRST)
    load(house)
    return house


def test_what_was_set_aside_is_grouped(shop: House) -> None:
    groups = Fixes(shop).groups("web")
    found = {(g.group.event, g.group.column, g.group.code): g.group.count for g in groups}
    assert found == {
        ("purchase", "amount", "plan.required"): 2,
        ("purchase", "amount", "plan.type"): 1,
        ("purchase", "amount", "plan.range"): 1,
        ("purchase", "channel", "plan.choice"): 1,
        ("purchase", "note", "plan.unknown_property"): 1,
        ("spin", "", "plan.unknown_event"): 1,
    }
    assert {(g.first, g.last) for g in groups} == {(dt.date(2026, 2, 16), dt.date(2026, 2, 16))}
    assert Fixes(shop).groups("web", "spin")[0].group.whole
    assert Fixes(shop).groups("till") == []


@pytest.mark.parametrize("one", FIXES, ids=lambda f: f.name)
def test_a_preview_keeps_its_word_and_changes_nothing(shop: House, one: FixDefinition) -> None:
    before = rows(shop), aside(shop)
    said = Fixes(shop).preview(one, HOUSEHOLDER)
    assert (rows(shop), aside(shop)) == before
    assert one.name not in shop.catalog.all(FixDefinition)
    Fixes(shop).apply(one, HOUSEHOLDER)
    load(shop)
    wrong = {row for row, event, *_ in before[1] if event == one.event}
    left = {row for row, *_ in aside(shop)}
    assert said.whole
    assert said.looked == len(wrong)
    assert said.passing == len(wrong - left)
    assert said.passing >= 1
    assert sum(said.failing.values()) >= len(wrong & left)
    retire_definition(shop, HOUSEHOLDER, one)
    load(shop)
    assert (rows(shop), aside(shop)) == before


def test_examples_show_values_to_those_who_may_see_them(shop: House) -> None:
    one = fix("map", {"do": "map", "values": {"约 30 元": "30"}}, property="amount")
    (example,) = Fixes(shop).preview(one, HOUSEHOLDER).examples
    assert (example.column, example.code, example.before) == ("amount", "plan.type", "约 30 元")
    assert example.after is not None
    assert float(example.after) == 30
    (example,) = Fixes(shop).preview(one, caller_of("v", "viewer")).examples
    assert (example.before, example.after) == (None, None)


def test_a_plan_that_was_loosened_lets_rows_in_when_they_are_replayed(shop: House) -> None:
    before = len(rows(shop))
    loose = PLAN.model_copy(update={"unknown_property": "allow"})
    save_definition(shop, HOUSEHOLDER, loose)
    load(shop)
    assert len(rows(shop)) == before  # what was loaded stays as it is
    assert Fixes(shop).replay("web", HOUSEHOLDER) == 1
    load(shop)
    assert len(rows(shop)) == before + 1  # the other lacks its amount
    assert shop.catalog.get(EventDefinition, "purchase").property("note") is not None
    again = rows(shop)
    load(shop)
    assert rows(shop) == again


def test_fixes_reach_the_portraits_and_survive_a_rebuild(shop: House) -> None:
    for one in FIXES:
        save_definition(shop, HOUSEHOLDER, one)
    Refresh(shop).run()
    found = Persons(shop, HOUSEHOLDER).events(shop.identity.find("u1"))
    assert sorted((e["event"], float(e["amount"])) for e in found) == [
        ("purchase", 5),
        ("purchase", 8),
    ]
    before = rows(shop), aside(shop)
    rebuild(shop)
    assert (rows(shop), aside(shop)) == before


def test_rows_of_files_are_put_right_and_taken_back(house: House, tmp_path: Path) -> None:
    table = pa.table(
        {
            "订单号": ["A1", "A2", "A3"],
            "手机号": ["13712340001", "13712340002", "13712340003"],
            "下单时间": ["2026-03-01 10:00", "am 01.03.2026 um 11:30", "2026-03-01 12:00"],
            "实付金额": ["12", "20", "gratis"],
            "门店": ["一店", "二店", "三店"],
        }
    )
    path = tmp_path / "orders.csv"
    write_csv(table, path)
    imports = Imports(house)
    imports.bring(path, imports.look(path, "orders", source="web"), HOUSEHOLDER)
    load(house)
    before = rows(house), aside(house)
    assert len(before[0]) == 2
    one = fix("gratis", {"do": "map", "values": {"gratis": "0"}}, property="实付金额")
    said = Fixes(house).preview(one, HOUSEHOLDER)
    assert (said.looked, said.passing) == (2, 1)
    Fixes(house).apply(one, HOUSEHOLDER)
    two = fix("shop", {"do": "rename", "to": "channel"}, property="store")
    Fixes(house).apply(two, HOUSEHOLDER)
    form = {"do": "cast", "format": "am %d.%m.%Y um %H:%M"}
    three = fix("time", form, property="下单时间")
    Fixes(house).apply(three, HOUSEHOLDER)
    load(house)
    assert {(r["order_id"], float(r["amount"]), r["channel"]) for r in rows(house)} == {
        ("A1", 12, "一店"),
        ("A2", 20, "二店"),
        ("A3", 0, "三店"),
    }
    assert aside(house) == []
    for gone in (one, two, three):
        Fixes(house).apply(gone.model_copy(update={"enabled": False}), HOUSEHOLDER)
    load(house)
    assert (rows(house), aside(house)) == before


def test_a_form_that_cannot_be_read_is_refused(house: House) -> None:
    bad = fix("bad", {"do": "cast", "format": "%H:%M"}, property="amount")
    with pytest.raises(QunxiangError, match="bad"):
        Fixes(house).apply(bad, HOUSEHOLDER)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_fixing_then_replaying_is_having_fixed_from_the_start(tmp_path_factory, seed: int) -> None:
    rng = random.Random(seed)
    chosen = rng.sample(FIXES, rng.randrange(1, 4))
    since = rng.choice([None, "2026-02-18"])  # the second day
    chosen = [FixDefinition.model_validate(f.model_dump() | {"since": since}) for f in chosen]
    batches = []
    for day in sorted(rng.choices(range(4), k=5)):
        sent = []
        for _ in range(rng.randrange(1, 12)):
            number = rng.randrange(40)  # some come twice, and say something else
            sent.append(
                {**rng.choice(SENT), "id": str(number), "ids": {"user_id": f"u{number % 5}"}}
            )
        batches.append((FIRST + day * DAY, rng.choice(["web", "web", "app"]), sent))
    pauses = [rng.random() < 0.5 for _ in batches]

    def known(*, early: bool) -> tuple[object, ...]:
        with House(tmp_path_factory.mktemp("fixed") / "w") as house:
            save_definition(house, HOUSEHOLDER, PLAN)
            if early:
                for one in chosen:
                    save_definition(house, HOUSEHOLDER, one)
            for (received, source, sent), pause in zip(batches, pauses, strict=True):
                land(house, sent, received=received, source=source)
                if pause:
                    load(house)
            load(house)
            if not early:
                for one in chosen:
                    save_definition(house, HOUSEHOLDER, one)
                load(house)
            return rows(house), aside(house)

    assert known(early=False) == known(early=True)
