"""A tracking plan decides what becomes of what breaks it, wherever rows come from."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from qunxiang.app import House, Imports, Plans, Refresh, save_definition
from qunxiang.catalog import EventDefinition, PlanDefinition
from qunxiang.cleaning import SET_ASIDE, event_table
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER, Caller
from qunxiang.sources import write_csv
from tests.app.streamed import land

PURCHASE = {
    "event": "purchase",
    "properties": [
        {"name": "amount", "value": "number", "required": True, "min": 0, "max": 1000},
        {"name": "channel", "choices": ["app", "web"]},
        {"name": "coupon", "pattern": "[A-Z]{2}[0-9]+", "max_length": 6},
    ],
}


def keep(house: House, **more: object) -> None:
    plan = PlanDefinition.model_validate({"name": "shop", "events": [PURCHASE], **more})
    save_definition(house, HOUSEHOLDER, plan)


def buy(number: int, event: str = "purchase", **properties: object) -> dict[str, object]:
    ids = {"user_id": f"u{number}"}
    at = "2026-03-01T10:00:00Z"
    return {"event": event, "id": str(number), "at": at, "ids": ids, "properties": properties}


def load(house: House) -> None:
    Refresh(house).load()


def aside(house: House) -> set[tuple[str, str, str, str | None, bool]]:
    names = ["event", "column", "code", "value", "whole_row"]
    return {tuple(r.values()) for r in house.warehouse.read(SET_ASIDE, names).to_pylist()}


def kept(house: House, name: str = "amount") -> list[object]:
    table = house.warehouse.read(event_table("purchase"), [name], order=["row_no"])
    return [None if v is None else str(v).rstrip("0").rstrip(".") for v in table[name].to_pylist()]


def test_each_violation_has_its_reason_and_its_action(house: House) -> None:
    keep(house)
    land(
        house,
        [
            buy(1, amount=5, channel="app", coupon="AB1"),
            buy(2, amount=5000),
            buy(3, channel="web"),
            buy(4, amount="viel"),
            buy(5, amount=1, channel="App"),
            buy(6, amount=2, coupon="ab1"),
            buy(7, amount=3, coupon="AB123456"),
        ],
    )
    load(house)
    assert aside(house) == {
        ("purchase", "p.amount", "plan.range", "5000", True),
        ("purchase", "p.amount", "plan.required", None, True),
        ("purchase", "p.amount", "plan.type", "viel", False),
        ("purchase", "p.channel", "plan.choice", "App", True),
        ("purchase", "p.coupon", "plan.pattern", "ab1", True),
        ("purchase", "p.coupon", "plan.length", "AB123456", False),
    }
    assert kept(house) == ["5", None, "3"]
    assert kept(house, "coupon") == ["AB1", None, None]


@pytest.mark.parametrize(
    "action",
    ["allow", "drop", "set_aside", "refuse"],
)
def test_what_is_not_planned(house: House, action: str) -> None:
    keep(house, unknown_event=action, unknown_property=action)
    land(house, [buy(1, amount=5), buy(2, amount=6, note="x"), buy(3, "spin", amount=1)])
    load(house)
    spun = event_table("spin")
    spins = house.warehouse.count(spun) if spun in house.warehouse.tables() else 0
    assert spins == (1 if action == "allow" else 0)
    known = house.catalog.get(EventDefinition, "purchase").property("note")
    assert (known is not None) == (action == "allow")
    assert kept(house) == (["5"] if action in {"set_aside", "refuse"} else ["5", "6"])
    codes = {code for _, _, code, _, _ in aside(house)}
    expected = {"plan.unknown_event", "plan.unknown_property"}
    assert codes == (expected if action in {"set_aside", "refuse"} else set())
    assert ("spin" in house.catalog.all(EventDefinition)) == (action == "allow")


def test_a_plan_covers_the_sources_it_names_from_its_day_on(house: House) -> None:
    keep(house, sources=["web"])
    assert house.catalog.get(PlanDefinition, "shop").since is not None
    day = 86_400_000_000
    land(house, buy(1, amount=-1), received=20_000 * day)  # years before
    land(house, buy(2, amount=-2))
    land(house, buy(3, amount=-3), source="till")
    load(house)
    assert sorted(map(str, kept(house))) == ["-1", "-3"]
    more = PlanDefinition(name="more", sources=("web", "app"))
    with pytest.raises(QunxiangError) as caught:
        save_definition(house, HOUSEHOLDER, more)
    assert caught.value.code == "app.plans_overlap"


def test_a_new_property_is_of_the_type_that_was_planned(house: House) -> None:
    planned = {"event": "ride", "properties": [{"name": "zip", "value": "text"}]}
    keep(house, events=[planned])
    land(house, buy(1, "ride", zip="01234", seats=3))
    load(house)
    found = {p.name: p.value for p in house.catalog.get(EventDefinition, "ride").properties}
    assert found == {"zip": "text", "seats": "number"}


def test_rows_of_files_obey_it_too(house: House, tmp_path: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415

    keep(house, unknown_property="set_aside")
    rows = pa.table(
        {
            "订单号": ["A1", "A2", "A3"],
            "手机号": ["13712340001", "13712340002", "13712340003"],
            "下单时间": ["2026-03-01 10:00"] * 3,
            "实付金额": ["12", "99999", ""],
        }
    )
    path = tmp_path / "orders.csv"
    write_csv(rows, path)
    events = [
        {**PURCHASE, "properties": [*PURCHASE["properties"], {"name": "order_id"}]},
    ]
    keep(house, events=events, unknown_property="set_aside")
    imports = Imports(house)
    imports.bring(path, imports.look(path, "orders", source="shop"), HOUSEHOLDER)
    load(house)
    assert aside(house) == {
        ("purchase", "实付金额", "plan.range", "99999", True),
        ("purchase", "实付金额", "plan.required", None, True),
    }
    assert kept(house) == ["12"]
    # Tried on what has come, a stricter plan says the same before it is in force.
    stricter = PlanDefinition.model_validate(
        {"name": "shop", "events": events, "unknown_property": "set_aside"}
    )
    stricter = stricter.model_copy(
        update={"actions": stricter.actions.model_copy(update={"range": "refuse"})}
    )
    trial = Plans(house).try_out(stricter, 1, HOUSEHOLDER)
    assert (trial.looked, trial.whole, trial.events) == (3, True, {"purchase": 3})
    assert trial.touched == 2
    assert {(b.property, b.code, b.action, b.rows, b.examples) for b in trial.broken} == {
        ("amount", "plan.range", "refuse", 1, ("99999",)),
        ("amount", "plan.required", "set_aside", 1, ()),
    }
    viewer = Caller("viewer", frozenset({"read"}))
    assert [b.examples for b in Plans(house).try_out(stricter, 1, viewer).broken] == [(), ()]


def test_a_proposal_is_kept_to_by_what_it_was_made_of(house: House) -> None:
    sent = [
        buy(
            n,
            amount=n,
            channel=("app", "web")[n % 2],
            product=f"s{n}",
            **({"note": 1} if n % 9 else {}),
        )
        for n in range(60)
    ]
    land(house, sent)
    load(house)
    plan = Plans(house).propose("web", HOUSEHOLDER)
    (event,) = plan.events
    found = {p.name: p for p in event.properties}
    assert found["channel"].choices == ("app", "web")
    assert found["channel"].required
    assert found["product"].choices == ()
    assert (found["amount"].value, found["amount"].min) == ("money", 0)
    assert not found["note"].required
    strict = plan.model_copy(update={"unknown_event": "set_aside", "unknown_property": "set_aside"})
    trial = Plans(house).try_out(strict, 1, HOUSEHOLDER)
    assert (trial.looked, trial.broken) == (60, [])
    today = dt.datetime.now(dt.UTC).date()
    assert save_definition(house, HOUSEHOLDER, strict) == 1
    assert house.catalog.get(PlanDefinition, plan.name).since == today
    with pytest.raises(QunxiangError, match="nowhere"):
        Plans(house).propose("nowhere", HOUSEHOLDER)
