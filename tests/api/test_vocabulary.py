"""What the rule editor may offer, and to whom."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from qunxiang.app import House
from tests.api.secrets import find_leaks, hide_product_names


def test_fields_with_their_values(owner: TestClient) -> None:
    told = owner.get("/v1/vocabulary").json()
    fields = {field["name"]: field for field in told["fields"]}
    city, age, stage = fields["city"], fields["age"], fields["lifecycle"]
    assert (city["group"], city["kind"], city["family"]) == ("field", "text", None)
    assert city["values"][0] == {"value": "上海市", "zh": "", "en": "", "count": 2}
    assert city["coverage"] == pytest.approx(6 / 7)
    assert (age["group"], age["family"]) == ("tag", "basic")
    assert all(value["en"] for value in age["values"])
    assert (stage["group"], stage["zh"]) == ("score", "生命周期阶段")
    assert "活跃" in {value["zh"] for value in stage["values"]}
    gender = {value["value"]: value for value in fields["gender"]["values"]}
    assert (gender["male"]["zh"], gender["male"]["count"]) == ("男", 2)
    assert fields["phone"]["values"] is None
    assert fields["phone"]["personal"] == "contact"
    assert fields["phone"]["hidden"] is False


def test_events_with_their_properties(owner: TestClient) -> None:
    told = owner.get("/v1/vocabulary").json()
    purchase = next(event for event in told["events"] if event["name"] == "purchase")
    assert (purchase["count"], purchase["people"]) == (7, 5)
    properties = {prop["name"]: prop for prop in purchase["properties"]}
    assert {"at", "source", "amount", "category"} <= set(properties)
    assert properties["category"]["values"][0]["count"] == 3
    assert properties["amount"]["values"] is None
    refund = next(event for event in told["events"] if event["name"] == "refund")
    assert (refund["count"], refund["people"]) == (0, 0)


def test_the_grammar(owner: TestClient) -> None:
    told = owner.get("/v1/vocabulary").json()
    assert "anniversary_in_next" in told["operators"]["date"]
    assert told["needs"]["between"] == "pair"
    assert told["needs"]["eq"] == "single"
    functions = {each["fn"]: each for each in told["functions"]}
    assert functions["sum"]["results"] == {"number": "number", "money": "money"}
    assert functions["first"]["results"][""] == "moment"
    assert functions["first"]["needs_property"] is False
    assert functions["top"]["takes_by"] is True
    assert told["words"]["operators"]["contains"] == {"zh": "包含", "en": "contains"}
    assert told["words"]["calendars"]["last quarter"]["zh"] == "上季度"


def test_it_follows_what_changes(owner: TestClient) -> None:
    owner.get("/v1/vocabulary")
    assert owner.post("/v1/lists/vip", json={"zh": "贵宾"}).status_code == 201
    owner.put("/v1/audiences/local", json={"rule": "city = '上海'", "en": "Local"})
    told = owner.get("/v1/vocabulary").json()
    assert told["lists"] == [{"name": "vip", "zh": "贵宾", "en": "", "people": 0}]
    assert told["audiences"] == [{"name": "local", "zh": "", "en": "Local", "people": None}]
    owner.post("/v1/lists/vip/people", json={"people": ["M001"]})
    assert owner.get("/v1/vocabulary").json()["lists"][0]["people"] == 1


def test_suggestions(owner: TestClient) -> None:
    def ask(**query: object) -> list[tuple[str, int]]:
        answer = owner.get("/v1/vocabulary/values", params=query)
        assert answer.status_code == 200, answer.text
        return [(value["value"], value["count"]) for value in answer.json()]

    assert ask(field="city", text="上") == [("上海市", 2)]
    assert ask(field="所在城市", limit=1) == [("上海市", 2)]
    assert ask(field="interests", text="妆") == [("彩妆", 3)]
    assert ask(event="purchase", property="category", text="护") == [("面部护理", 2)]
    assert ask(field="points") == []
    assert owner.get("/v1/vocabulary/values").json()["code"] == "api.invalid"
    unknown = owner.get("/v1/vocabulary/values", params={"field": "citty"}).json()
    assert unknown["code"] == "language.field_unknown"


def test_a_viewer_is_offered_nothing_personal(house: House, viewer: TestClient) -> None:
    hide_product_names(house)
    answer = viewer.get("/v1/vocabulary")
    assert not find_leaks(answer.text)
    fields = {field["name"]: field for field in answer.json()["fields"]}
    assert fields["phone"]["hidden"] is True
    assert fields["phone"]["masked"] is True
    assert "口红" not in answer.text
    for query in ({"field": "phone"}, {"event": "purchase", "property": "product_name"}):
        refused = viewer.get("/v1/vocabulary/values", params=query | {"text": "1"})
        assert refused.json()["code"] == "language.field_hidden"
