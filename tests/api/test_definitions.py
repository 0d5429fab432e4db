"""Definitions over HTTP: versions, who uses which, and shapes that OpenAPI knows."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

SHANGHAI = {"node": "compare", "field": "city", "op": "eq", "value": "上海"}
TAG = {"zh": "上海人", "how": {"kind": "rule", "rule": SHANGHAI}}


def names(uses: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(use["kind"], use["name"]) for use in uses}


def test_openapi_knows_each_kind_and_the_tree(owner: TestClient) -> None:
    told = owner.get("/openapi.json").json()
    shapes = told["components"]["schemas"]
    assert {"TagDefinition", "AudienceDefinition", "All", "Not", "Compare", "Measure"} <= set(
        shapes
    )
    assert not [name for name in shapes if name.endswith(("-Input", "-Output"))]
    saved = told["paths"]["/v1/definitions/tags/{name}"]["put"]
    body = saved["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/TagDefinition"}
    assert saved["operationId"] == "save_tags_definition"
    inside = shapes["Not"]["properties"]["of"]["oneOf"]
    assert {"$ref": "#/components/schemas/Not"} in inside


def test_a_change_in_between_is_not_lost(owner: TestClient, analyst: TestClient) -> None:
    place = "/v1/definitions/tags/here"
    made = owner.put(place, json=TAG, headers={"If-None-Match": "*"})
    assert made.headers["ETag"] == '"1"', made.text
    again = owner.put(place, json=TAG, headers={"If-None-Match": "*"})
    assert (again.status_code, again.json()["code"]) == (409, "catalog.exists")
    mine = owner.get(place)
    assert mine.headers["ETag"] == '"1"'
    other = analyst.put(place, json=TAG | {"en": "Local"}, headers={"If-Match": '"1"'})
    assert other.headers["ETag"] == '"2"'
    late = owner.put(place, json=mine.json() | {"en": "Mine"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (409, "catalog.changed")
    assert late.json()["details"]["version"] == 2
    assert late.json()["details"]["author"] == "token:read-define"
    assert owner.get(place).json()["en"] == "Local"
    assert owner.put(place, json=TAG, headers={"If-Match": "x"}).json()["code"] == "api.invalid"
    assert [v["version"] for v in owner.get(f"{place}/versions").json()] == [2, 1]


def test_what_nobody_saved_yet_is_version_0(owner: TestClient) -> None:
    place = "/v1/definitions/fields/city"
    city = owner.get(place)
    assert city.headers["ETag"] == '"0"'
    refused = owner.put(place, json=city.json(), headers={"If-None-Match": "*"})
    assert refused.json()["code"] == "catalog.exists"
    body = city.json() | {"en": "Town"}
    assert owner.put(place, json=body, headers={"If-Match": '"0"'}).json()["version"] == 1
    late = owner.put(place, json=city.json(), headers={"If-Match": '"0"'})
    assert late.json()["code"] == "catalog.changed"
    versions = owner.get(f"{place}/versions").json()
    assert [(v["version"], v["body"]["en"]) for v in versions] == [(1, "Town"), (0, "City")]


def test_uses_are_told_and_keep_what_is_used(owner: TestClient) -> None:
    assert owner.put("/v1/definitions/tags/here", json=TAG).status_code == 200
    rule = {"node": "all", "of": [
        {"node": "compare", "field": "here", "op": "eq", "value": True},
        {"node": "measured", "op": "ge", "value": 1, "measure": {"fn": "count", "event": "purchase"}},
    ]}  # fmt: skip
    assert owner.put("/v1/definitions/audiences/locals", json={"rule": rule}).status_code == 200
    nested = {"rule": {"node": "not", "of": {"node": "audience", "audience": "locals"}}}
    assert owner.put("/v1/definitions/audiences/others", json=nested).status_code == 200

    def uses(kind: str, name: str) -> set[tuple[str, str]]:
        return names(owner.get(f"/v1/definitions/{kind}/{name}/uses").json())

    assert {("tags", "here"), ("tags", "city_tier")} < uses("fields", "city")
    assert any(kind == "mappings" for kind, _ in uses("fields", "city"))
    assert uses("tags", "here") == {("audiences", "locals")}
    assert uses("audiences", "locals") == {("audiences", "others")}
    assert {("audiences", "locals"), ("rfm", "rfm")} < uses("events", "purchase")
    assert [kind for kind, _ in uses("sources", "crm")] == ["mappings"]
    assert ("fields", "phone") in uses("identifiers", "phone")
    assert ("mappings", "x") not in uses("lifecycle", "lifecycle")
    kept = owner.delete("/v1/definitions/tags/here")
    assert (kept.status_code, kept.json()["code"]) == (409, "app.definition_in_use")
    assert "locals" in kept.json()["title"]
    assert owner.delete("/v1/definitions/audiences/others").status_code == 204
    assert owner.delete("/v1/definitions/tags/here", params={"force": True}).status_code == 204
    assert owner.get("/v1/definitions/tags/here").status_code == 404


def test_a_fault_is_placed_in_the_document(owner: TestClient) -> None:
    unknown = {"node": "not", "of": {"node": "compare", "field": "citty", "op": "eq", "value": 1}}
    cases = [{"value": "a", "when": SHANGHAI}, {"value": "b", "when": unknown}]
    tag = {"how": {"kind": "rules", "cases": cases}}
    answer = owner.put("/v1/definitions/tags/x", json=tag).json()
    assert answer["code"] == "language.field_unknown"
    assert answer["where"] == "how.cases.1.when.of.field"
    misshapen = {"how": {"kind": "rule", "rule": SHANGHAI | {"op": "equals"}}}
    answer = owner.put("/v1/definitions/tags/x", json=misshapen).json()
    assert (answer["code"], answer["where"]) == ("catalog.invalid", "how.rule.op")


def test_levels_of_what_one_may_not_see_are_refused(analyst: TestClient) -> None:
    levels = {"kind": "levels", "of": "income", "levels": [{"value": "rich", "least": 1_000_000}]}
    answer = analyst.put("/v1/definitions/tags/rich", json={"how": levels})
    assert answer.json()["code"] == "language.field_hidden"
