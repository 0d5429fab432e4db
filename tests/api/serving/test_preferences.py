"""Preferences: one's own before the team's, small, and without those who were erased."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.serving.conftest import CUSTOMERS, Enter, bring, code_of, refresh

PLACE = "/v1/preferences/home.cards"
TEAM = {"team": "true"}


def read(client: TestClient, **asked: str) -> tuple[Any, str]:
    found = client.get(PLACE, params=asked).json()
    return found["value"], found["of"]


def test_ones_own_comes_before_the_teams(owner: TestClient, enter: Enter) -> None:
    viewer = enter("看客", "viewer")
    assert read(viewer) == (None, "nobody")
    made = owner.put(PLACE, params=TEAM, json={"value": {"cards": [1, 2]}})
    assert (made.status_code, made.json()["of"]) == (200, "team")
    assert read(viewer) == ({"cards": [1, 2]}, "team")
    assert viewer.put(PLACE, json={"value": None}).json()["of"] == "me"
    assert read(viewer) == (None, "me")
    assert read(viewer, team="true") == ({"cards": [1, 2]}, "team")
    assert read(owner) == ({"cards": [1, 2]}, "team")
    assert viewer.delete(PLACE).status_code == 204
    assert read(viewer) == ({"cards": [1, 2]}, "team")
    for method in ("put", "delete"):
        body = {"value": 1} if method == "put" else None
        refused = viewer.request(method, PLACE, params=TEAM, json=body)
        assert code_of(refused) == (403, "governance.not_allowed")
    assert owner.delete(PLACE, params=TEAM).status_code == 204
    assert read(viewer) == (None, "nobody")


def test_a_value_has_a_size_and_a_key_a_form(owner: TestClient) -> None:
    assert owner.put(PLACE, json={"value": "x" * 65_534}).status_code == 200
    refused = owner.put(PLACE, json={"value": "x" * 65_535})
    assert code_of(refused) == (413, "app.preference_too_large")
    assert len(owner.get(PLACE).json()["value"]) == 65_534
    for key in ("Home", "a b", "x" * 81):
        answer = owner.put(f"/v1/preferences/{key}", json={"value": 1})
        assert code_of(answer) == (422, "api.invalid")


@pytest.mark.parametrize("name", ["13812345671", "public id"])
def test_whoever_is_erased_leaves_preferences_too(owner: TestClient, name: str) -> None:
    bring(owner, CUSTOMERS, "customers", "crm")
    refresh(owner)
    who = owner.get("/v1/persons/13812345671").json()["person"] if name == "public id" else name
    value = {"recent": [who, "pother"], who: 1, "last": {"said": f"find {who}", "n": 3}}
    owner.put(PLACE, json={"value": value})
    receipt = owner.delete("/v1/persons/13812345671").json()
    assert (receipt["stores"]["preferences"], receipt["found_after"]) == (1, 0)
    assert read(owner) == ({"recent": ["pother"], "last": {"n": 3}}, "me")
