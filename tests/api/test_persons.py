"""One person over HTTP: found, shown, and told apart by what the caller may see."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from qunxiang.app import House
from tests.api.secrets import find_leaks, hide_product_names
from tests.app.company import bring, public_id, refresh, write


def by_name(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in rows}


# ── found ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", ["138-1234-5001", "+86 13812345001", "ZHANG@aliyun.com", "VIP20001"]
)
def test_whoever_is_meant_is_found(owner: TestClient, text: str) -> None:
    found = owner.post("/v1/find", json={"text": text}).json()
    assert [(one["name"], one["city"]) for one in found] == [("张三丰", "上海市")], found
    again = owner.post("/v1/find", json={"text": found[0]["person"].upper()}).json()
    assert again[0]["person"] == found[0]["person"]
    assert again[0]["matched"]["type"] == "public_id"


def test_the_type_that_matched_is_told(owner: TestClient) -> None:
    matched = owner.post("/v1/find", json={"text": "138 1234 5002"}).json()[0]["matched"]
    assert (matched["type"], matched["value"]) == ("phone", "+8613812345002")
    assert (matched["zh"], bool(matched["en"])) == ("手机号", True)


def test_nobody_is_an_empty_answer(owner: TestClient) -> None:
    for text in ("13900000000", "nobody", "", "p0000000000000"):
        answer = owner.post("/v1/find", json={"text": text})
        assert (answer.status_code, answer.json()) == (200, []), text


# ── the card ─────────────────────────────────────────────────────────────────────────────────────


def test_the_card(house: House, owner: TestClient) -> None:
    owner.put("/v1/audiences/shanghai", json={"rule": "city = '上海'", "zh": "上海"})
    refresh(house)
    card = owner.get("/v1/persons/13812345001").json()
    assert card["name"] == "张三丰"
    identifiers = {each["type"]: each for each in card["identifiers"]}
    assert identifiers["phone"]["value"] == "+8613812345001"
    assert identifiers["phone"]["source"] == "crm"
    assert identifiers["phone"]["first_seen"] is not None
    reach = {each["channel"]: each for each in card["reachable"]}
    assert (reach["sms"]["ok"], reach["sms"]["reason"], reach["sms"]["zh"]) == (
        True,
        "known",
        "已知手机号",
    )
    assert reach["wechat"]["ok"] is False
    values, scores, tags = (by_name(card[part]) for part in ("values", "scores", "tags"))
    assert values["city"]["value"] == "上海市"
    assert (values["city"]["source"], values["city"]["confidence"]) == ("crm", None)
    assert values["province"]["confidence"] == 1.0
    assert (values["gender"]["value_zh"], values["gender"]["value_en"]) == ("男", "Male")
    assert scores["rfm_frequency"]["value"] == 3
    assert scores["lifecycle"]["value_zh"]
    assert tags["age"]["how"] == "levels"
    assert tags["age"]["value_en"] == "35-39"
    assert card["audiences"] == [{"name": "shanghai", "zh": "上海", "en": ""}]
    assert card["orders"] == {
        "count": 3,
        "amount": 1656.5,
        "average": pytest.approx(552.1667, abs=0.001),
        "last_at": "2026-03-30T02:00:00Z",
    }
    assert card["events_total"] == 3
    assert card["last_active"] == "2026-03-30T02:00:00Z"
    assert card["first_seen"] == "2025-11-10T16:00:01Z"


def test_values_that_lost_are_told(house: House, owner: TestClient, tmp_path: Any) -> None:
    row = {
        "手机号": "13812345001",
        "姓名": "张三丰",
        "城市": "苏州",
        "更新时间": "2026-03-01 00:00:00",
    }
    bring(house, write(tmp_path / "old.csv", [row]), "customers", source="shop")
    refresh(house)
    city = by_name(owner.get("/v1/persons/M001").json()["values"])["city"]
    others = {other["value"]: other["source"] for other in city["alternatives"]}
    known = {city["value"], *others}
    assert known == {"上海市", "苏州市"}
    assert city["value"] not in others


def test_a_person_without_orders(owner: TestClient) -> None:
    card = owner.get("/v1/persons/M006").json()
    assert card["orders"] == {"count": 0, "amount": 0.0, "average": None, "last_at": None}
    assert (card["events_total"], card["last_active"]) == (0, None)
    assert owner.get("/v1/persons/nobody").status_code == 404


# ── the timeline ─────────────────────────────────────────────────────────────────────────────────


def test_the_timeline_goes_page_by_page(owner: TestClient) -> None:
    place = "/v1/persons/M001/timeline"
    whole = owner.get(place).json()
    assert whole["next"] is None
    assert [event["at"] for event in whole["events"]] == [
        "2026-03-30T02:00:00Z", "2026-03-01T12:00:00Z", "2025-11-10T16:00:01Z"
    ]  # fmt: skip
    properties = by_name(whole["events"][1]["properties"])
    assert (properties["amount"]["value"], properties["amount"]["kind"]) == (258.5, "money")
    assert properties["product_name"]["zh"] == "商品名称"
    assert whole["events"][0]["source"] == "shop"
    assert whole["counts"] == [{"event": "purchase", "zh": "购买", "en": "Purchase", "count": 3}]
    seen, before = [], None
    for _ in range(3):
        page = owner.get(place, params={"limit": 1, "before": before} if before else {"limit": 1})
        seen += [event["id"] for event in page.json()["events"]]
        before = page.json()["next"]
    assert before is None
    assert seen == [event["id"] for event in whole["events"]]
    assert owner.get(place, params={"events": "purchase,退款"}).json() == whole
    assert owner.get(place, params={"events": "refund"}).json()["events"] == []
    assert owner.get(place, params={"events": "x"}).json()["code"] == "language.event_unknown"
    assert owner.get(place, params={"before": "x"}).json()["code"] == "app.bad_cursor"


def test_events_of_one_instant_are_all_told(house: House, owner: TestClient, tmp_path: Any) -> None:
    rows = [
        {
            "订单号": f"B{n}",
            "下单时间": "2026-03-30 10:00:00",
            "手机号": "13812345001",
            "实付金额": str(n),
        }
        for n in range(5)
    ]
    bring(house, write(tmp_path / "more.csv", rows), "orders", source="stall")
    refresh(house)
    place, seen, before = "/v1/persons/M001/timeline", list[str](), None
    for _ in range(4):
        params = {"limit": 2} | ({"before": before} if before else {})
        page = owner.get(place, params=params).json()
        seen += [event["id"] for event in page["events"]]
        before = page["next"]
    assert before is None
    assert len(seen) == len(set(seen)) == 8


# ── why ──────────────────────────────────────────────────────────────────────────────────────────


def test_why_a_tag(owner: TestClient) -> None:
    def why(tag: str, who: str = "M001") -> dict[str, Any]:
        answer = owner.post(f"/v1/persons/{who}/why-tag", json={"tag": tag})
        assert answer.status_code == 200, answer.text
        return answer.json()

    tier = why("city_tier")
    assert (tier["value"], tier["how"]) == ("一线城市", "rules")
    assert [case["reason"]["holds"] for case in tier["cases"]] == [True, False, True]
    assert tier["cases"][0]["reason"]["value"] == "上海市"
    age = why("age")
    assert age["columns"][0]["value"] == "1990-05-01"
    assert age["columns"][0]["column"]["name"] == "birth_date"
    assert age["value"] in {level["value"] for level in age["levels"]}
    birthday = why("birthday_soon", "M005")
    assert (birthday["value"], birthday["cases"][0]["reason"]["holds"]) == (True, True)
    spent = why("spend_total")
    assert (spent["value"], spent["measures"][0]["value"]) == (1656.5, 1656.5)
    assert spent["measures"][0]["text"] == "合计(purchase.amount, 不限时间)"
    favourite = why("favourite_category")
    assert [m["measure"]["fn"] for m in favourite["measures"]] == ["top", "top_share", "count"]
    assert favourite["needed"]["least_count"] >= 1
    owner.post("/v1/tags/mood", json={})
    owner.put("/v1/tags/mood/people/M001", json={"value": "好"})
    assert why("mood")["by_hand"] == "好"
    owner.post("/v1/lists/vip", json={"people": ["M001"]})
    owner.put("/v1/definitions/tags/is_vip", json={"how": {"kind": "list", "list": "vip"}})
    assert (why("is_vip")["on_list"], why("is_vip", "M002")["on_list"]) == (True, False)
    unknown = owner.post("/v1/persons/M001/why-tag", json={"tag": "x"})
    assert unknown.json()["code"] == "catalog.not_found"


# ── masked ───────────────────────────────────────────────────────────────────────────────────────


def test_a_viewer_sees_nothing_personal(
    house: House, owner: TestClient, viewer: TestClient
) -> None:
    hide_product_names(house)
    person = public_id(house, "M001")
    phone = {"node": "compare", "field": "phone", "op": "known"}
    hows = {
        "call": {"kind": "attribute", "field": "phone"},
        "item": {"kind": "measure", "measure": {"fn": "last", "event": "purchase", "prop": "product_name"}},
        "callable": {"kind": "rule", "rule": phone},
    }  # fmt: skip
    for name, how in hows.items():
        assert owner.put(f"/v1/definitions/tags/{name}", json={"how": how}).status_code == 200
    refresh(house)
    place = f"/v1/persons/{person}"
    assert "洁面乳" in owner.get(f"{place}/timeline").text
    for answer in (
        viewer.post("/v1/find", json={"text": person}),
        viewer.get(place),
        viewer.get(f"{place}/timeline"),
        viewer.post(f"{place}/why-tag", json={"tag": "call"}),
        viewer.post(f"{place}/why-tag", json={"tag": "item"}),
        viewer.post("/v1/members", json={"columns": ["name", "phone", "call", "item"]}),
    ):
        assert answer.status_code == 200, answer.text
        assert not find_leaks(answer.text), answer.request.url
        assert "洁面乳" not in answer.text, answer.request.url
    assert "洁面****" in viewer.get(f"{place}/timeline").text
    found = viewer.post("/v1/find", json={"text": "13812345001"}).json()[0]
    assert (found["name"], found["matched"]["value"]) == ("张**", "+86138****5001")
    refused = viewer.post(f"{place}/why-tag", json={"tag": "callable"})
    assert refused.json()["code"] == "language.field_hidden"
    rule = "last(purchase.product_name) = '口红'"
    assert viewer.post("/v1/count", json={"rule": rule}).json()["code"] == "language.field_hidden"
    counted = viewer.post("/v1/count", json={"rule": "item = '口红'"})
    assert counted.json()["code"] == "language.field_hidden"


def test_alternatives_are_masked_too(house: House, viewer: TestClient, tmp_path: Any) -> None:
    row = {"会员编号": "M001", "手机号": "13812345999", "姓名": "张三丰"}
    bring(house, write(tmp_path / "new.csv", [row]), "customers", source="shop")
    refresh(house)
    answer = viewer.get(f"/v1/persons/{public_id(house, 'M001')}")
    phone = by_name(answer.json()["values"])["phone"]
    assert {phone["value"], *(a["value"] for a in phone["alternatives"])} == {
        "+86138****5001",
        "+86138****5999",
    }
    assert "13812345999" not in answer.text
