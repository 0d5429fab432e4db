"""Tags and the catalog at a glance, and a tag tried out before it is saved."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from qunxiang.app import House
from tests.api.secrets import find_leaks, hide_product_names
from tests.app.company import refresh

LEVELS = {"kind": "levels", "of": "points", "levels": [
    {"value": "少", "en": "few", "below": 10}, {"value": "多", "en": "many", "least": 10}
]}  # fmt: skip


def tags(client: TestClient) -> dict[str, dict[str, Any]]:
    return {tag["name"]: tag for tag in client.get("/v1/tags").json()}


def preview(client: TestClient, how: dict[str, Any], **more: Any) -> Any:
    return client.post("/v1/tags/preview", json={"definition": {"how": how} | more})


def test_the_overview(house: House, owner: TestClient) -> None:
    age = tags(owner)["age"]
    assert (age["how"], age["kind"], age["starter"], age["version"]) == ("levels", "text", True, 0)
    assert (age["people"], age["values"], age["stale"]) == (5, 3, False)
    assert age["coverage"] == pytest.approx(5 / 7)
    owner.put("/v1/definitions/tags/points_band", json={"zh": "积分段", "how": LEVELS})
    band = tags(owner)["points_band"]
    assert (band["people"], band["stale"], band["starter"], band["version"]) == (0, True, False, 1)
    refresh(house)
    band = tags(owner)["points_band"]
    assert (band["people"], band["values"], band["stale"]) == (5, 2, False)
    owner.put("/v1/audiences/rich", json={"rule": "points_band = '多'"})
    assert tags(owner)["points_band"]["uses"] == 1
    drawn = owner.get("/v1/tags/points_band/portrait").json()
    assert [(s["value"], s["en"], s["count"]) for s in drawn["shares"]] == [
        ("少", "few", 3), ("多", "many", 2)
    ]  # fmt: skip
    assert owner.get("/v1/tags/nothing/portrait").status_code == 404


def test_a_preview_keeps_nothing(house: House, owner: TestClient) -> None:
    before = house.shelf.version
    told = preview(owner, LEVELS, zh="积分段").json()
    assert (told["people"], told["total"]) == (5, 7)
    assert [(s["value"], s["en"], s["count"]) for s in told["portrait"]["shares"]] == [
        ("少", "few", 3), ("多", "many", 2)
    ]  # fmt: skip
    measure = {"fn": "sum", "event": "purchase", "prop": "amount"}
    spent = preview(owner, {"kind": "measure", "measure": measure}).json()
    assert (spent["portrait"]["kind"], spent["portrait"]["numbers"]["bars"] is not None) == (
        "money",
        True,
    )
    paris = {"node": "compare", "field": "city", "op": "eq", "value": "巴黎"}
    warned = preview(owner, {"kind": "rule", "rule": paris}).json()
    assert warned["warnings"][0]["code"] == "language.value_never_seen"
    assert warned["portrait"]["shares"] == [
        {"value": "false", "zh": "否", "en": "No", "count": 7, "share": 1.0, "count_all": 7,
         "share_all": 1.0, "tgi": 100.0}
    ]  # fmt: skip
    assert house.shelf.version == before
    assert "preview" not in tags(owner)
    wrong = preview(owner, LEVELS | {"of": "nothing"})
    assert wrong.json()["code"] == "catalog.not_found"
    misshapen = preview(owner, LEVELS | {"levels": []})
    assert (misshapen.json()["code"], misshapen.json()["where"]) == (
        "catalog.invalid",
        "how.levels",
    )


def test_how_a_tag_is_known_is_said(owner: TestClient) -> None:
    spent = {"fn": "sum", "event": "purchase", "prop": "amount"}
    gone = {"node": "compare", "field": "no_longer", "op": "ge", "value": 3}
    cut = {"kind": "levels", "of": spent, "levels": [{"value": "多", "least": 1}]}
    cases = {"kind": "rules", "cases": [{"value": "a", "when": gone}]}
    say = [owner.post("/v1/tags/words", json={"definition": {"how": h}}) for h in (cut, cases)]
    measured, ruled = (answer.json() for answer in say)
    assert measured == {
        "measures": [{"zh": "购买金额合计", "en": "total Purchase Amount"}],
        "rules": [],
    }
    assert ruled["rules"] == [{"zh": "no_longer 不小于 3", "en": "no_longer is at least 3"}]


def test_a_preview_tells_nothing_personal(house: House, viewer: TestClient) -> None:
    hide_product_names(house)
    item = {"fn": "last", "event": "purchase", "prop": "product_name"}
    for how in (
        {"kind": "attribute", "field": "phone"},
        {"kind": "measure", "measure": item},
        {"kind": "preference", "measure": item | {"fn": "top"}},
        {"kind": "levels", "of": "income", "levels": [{"value": "rich", "least": 1}]},
        {"kind": "rule", "rule": {"node": "compare", "field": "name", "op": "known"}},
    ):
        assert preview(viewer, how).json()["code"] == "language.field_hidden", how


def test_the_fields_of_the_catalog(house: House, owner: TestClient) -> None:
    fields = {f["definition"]["name"]: f for f in owner.get("/v1/catalog/fields").json()}
    city = fields["city"]
    assert (city["people"], city["distinct"], city["kind"]) == (6, 5, "text")
    assert city["values"][0]["value"] == "上海市"
    assert city["sources"] == [{"source": "crm", "count": 6}]
    assert city["last_at"] is not None
    assert {"kind": "tags", "name": "city_tier", "zh": "城市等级", "en": "City tier"} in city[
        "uses"
    ]
    assert fields["phone"]["values"][0]["count"] == 1
    assert (fields["income"]["people"], fields["income"]["values"]) == (0, None)


def test_the_events_of_the_catalog(owner: TestClient) -> None:
    events = {e["definition"]["name"]: e for e in owner.get("/v1/catalog/events").json()}
    purchase = events["purchase"]
    assert (purchase["count"], purchase["people"]) == (7, 5)
    assert purchase["first_at"] < purchase["last_at"]
    assert purchase["sources"] == [{"source": "shop", "count": 7}]
    properties = {p["definition"]["name"]: p for p in purchase["properties"]}
    assert properties["category"]["fill"] == 1.0
    assert [v["count"] for v in properties["category"]["values"]] == [3, 2, 2]
    assert (properties["coupon"]["fill"], properties["coupon"]["values"]) == (0.0, None)
    assert (events["refund"]["count"], events["refund"]["first_at"]) == (0, None)


def test_a_viewer_sees_nothing_personal(house: House, viewer: TestClient) -> None:
    hide_product_names(house)
    for place in ("/v1/tags", "/v1/tags/age/portrait", "/v1/catalog/fields", "/v1/catalog/events"):
        answer = viewer.get(place)
        assert answer.status_code == 200, answer.text
        assert not find_leaks(answer.text), place
        assert "口红" not in answer.text, place
    fields = {f["definition"]["name"]: f for f in viewer.get("/v1/catalog/fields").json()}
    assert (fields["phone"]["masked"], fields["phone"]["values"]) == (True, None)
    assert viewer.get("/v1/tags/age/portrait").status_code == 200
