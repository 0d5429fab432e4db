"""A message that was set aside is mended by hand, takes its place, is given back, and goes with its person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qunxiang.app import House, Mending, Persons, Refresh, rebuild, save_definition
from qunxiang.catalog import PlanDefinition
from qunxiang.cleaning import SET_ASIDE, event_table
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER, Caller
from tests.app.streamed import land

PHONE = "13712340009"
PLAN = PlanDefinition.model_validate(
    {
        "name": "shop",
        "events": [
            {
                "event": "purchase",
                "properties": [
                    {"name": "amount", "value": "money", "required": True, "max": 1000},
                    {"name": "channel"},
                ],
            }
        ],
    }
)


def buy(number: int, **properties: object) -> dict[str, Any]:
    ids = {"phone": f"1371234{number:04d}"}
    at = "2026-03-01T10:00:00Z"
    return {"event": "purchase", "id": str(number), "at": at, "ids": ids, "properties": properties}


def orders(house: House) -> list[tuple[object, ...]]:
    names = ["row_no", "amount", "channel"]
    told = house.warehouse.read(event_table("purchase"), names, order=["row_no"]).to_pylist()
    return [tuple(row.values()) for row in told]


def mender(house: House) -> Mending:
    return Mending(house, HOUSEHOLDER)


@pytest.fixture
def shop(house: House) -> House:
    save_definition(house, HOUSEHOLDER, PLAN)
    nobody = {**buy(3, amount=30), "ids": {}}
    land(house, [buy(1, amount=10), buy(2, amount=20_000, channel="店员 7"), nobody])
    Refresh(house).run()
    return house


def find(house: House, code: str) -> int:
    (one,) = mender(house).waiting(code=code)
    return one.number


def test_what_waits_is_listed_and_opened_by_right(shop: House) -> None:
    waiting = {w.faults[0].code: w for w in mender(shop).waiting("web")}
    assert set(waiting) == {"plan.range", "intake.no_person"}
    assert waiting["plan.range"].faults[0].value == "20000"
    assert [w.faults[0].column for w in mender(shop).waiting(column="amount")] == ["amount"]
    assert mender(shop).waiting("elsewhere") == []
    opened = mender(shop).open(find(shop, "plan.range"))
    assert json.loads(opened.raw)["properties"]["amount"] == 20_000
    assert [f.code for f in opened.became.faults] == ["plan.range"]
    viewer = Mending(shop, Caller("viewer", frozenset({"read"})))
    assert {f.value for w in viewer.waiting() for f in w.faults} == {None}
    with pytest.raises(QunxiangError) as caught:
        viewer.open(opened.number)
    assert caught.value.code == "governance.not_allowed"


def test_a_mended_message_lands_in_its_place_and_is_given_back(shop: House) -> None:
    number, before = find(shop, "plan.range"), orders(shop)
    text = mender(shop).open(number).raw
    still = mender(shop).try_out(number, text.replace("20000", "9999"))
    assert ([f.code for f in still.faults], still.rows) == (["plan.range"], ())
    good = mender(shop).try_out(number, text.replace("20000", "200"))
    assert good.accepted
    assert {(what, row["amount"][:3]) for what, row in good.rows} == {("purchase", "200")}
    assert orders(shop) == before

    mender(shop).mend(number, text.replace("20000", "200"), f"多按了两个零 {PHONE}")
    assert "clean" in Refresh(shop).pending()
    Refresh(shop).run()
    after = orders(shop)
    assert [(row, int(amount)) for row, amount, _ in after] == [(before[0][0], 10), (number, 200)]
    assert find(shop, "intake.no_person")  # others wait as before
    person = Persons(shop, HOUSEHOLDER).export("13712340002")
    assert person["held"]["message_mends"][0]["row_no"] == number
    # The log holds what came; whoever rebuilds gets the same.
    assert b"20000" in shop.message(number).messages.column("raw")[0].as_py()
    rebuild(shop)
    assert orders(shop) == after
    entry = next(e for e in shop.audit.entries(50) if e["what"] == "mend message")
    assert (entry["who"], entry["details"]["why"]) == ("terminal", "多按了两个零 ***")
    assert mender(shop).mended()[0].why == f"多按了两个零 {PHONE}"

    mender(shop).undo(number)
    Refresh(shop).run()
    assert orders(shop) == before
    assert find(shop, "plan.range") == number
    with pytest.raises(QunxiangError) as caught:
        mender(shop).undo(number)
    assert caught.value.code == "app.nothing_aside"


def test_a_message_of_nobody_becomes_somebodys_and_goes_with_them(shop: House) -> None:
    number = find(shop, "intake.no_person")
    said = json.loads(mender(shop).open(number).raw)
    said["ids"] = {"phone": PHONE}
    mender(shop).mend(number, json.dumps(said), "收银单上有手机号")
    Refresh(shop).run()
    assert shop.identity.find(PHONE) >= 0
    receipt = Persons(shop, HOUSEHOLDER).erase(PHONE)
    assert receipt.stores["message_mends"] == 1
    assert receipt.found_after == 0, receipt.left
    assert mender(shop).mended() == []
    assert shop.message(number) is None
    assert [int(amount) for _, amount, _ in orders(shop)] == [10]


def test_who_is_named_only_by_what_came_is_erased_from_a_mended_message(shop: House) -> None:
    number = find(shop, "plan.range")
    said = json.loads(mender(shop).open(number).raw)
    said["ids"], said["properties"]["amount"] = {"phone": PHONE}, 5
    land(shop, buy(2, amount=1) | {"id": "other"})
    mender(shop).mend(number, json.dumps(said), "记错了人")
    Refresh(shop).run()
    receipt = Persons(shop, HOUSEHOLDER).erase("13712340002")
    assert receipt.found_after == 0, receipt.left
    assert shop.message(number) is None
    assert shop.sources.mends.all().mends == ()


def test_what_cannot_be_mended_says_why(shop: House) -> None:
    number = find(shop, "plan.range")
    for text in ("{", "[1]", "x" * 1_000_001):
        with pytest.raises(QunxiangError) as caught:
            mender(shop).mend(number, text, "")
        assert caught.value.code == "app.bad_message"
    whole = orders(shop)[0][0]
    assert isinstance(whole, int)
    for wrong, code in ((whole, "app.nothing_aside"), (7, "app.no_message")):
        with pytest.raises(QunxiangError) as caught:
            mender(shop).mend(wrong, "{}", "")
        assert caught.value.code == code
    assert shop.warehouse.count(SET_ASIDE) == 2
