"""Saved audiences over HTTP: sized at once, watched over time, and safe from lost changes."""

from __future__ import annotations

import datetime as dt

import pytest
from fastapi.testclient import TestClient

from qunxiang.app import House
from tests.api.secrets import find_leaks
from tests.app.company import AS_OF, refresh

PLACE = "/v1/audiences/recent"
RULE = {"rule": "did purchase (last 20 days)", "zh": "近期", "en": "Recent"}


def test_a_saved_audience_has_a_size_at_once(owner: TestClient) -> None:
    saved = owner.put(PLACE, json=RULE)
    assert saved.headers["ETag"] == '"1"', saved.text
    told = saved.json()
    assert (told["count"], told["entered"], told["stale"], told["version"]) == (2, 2, False, 1)
    assert told["share"] == pytest.approx(2 / 7)
    assert dt.datetime.fromisoformat(told["as_of"]) == AS_OF
    assert told["text"]["zh"] == "做过 purchase(最近 20 天)"
    assert told["owner"].startswith("token:")
    changed = owner.put(PLACE, json=RULE | {"rule": "did purchase (last 50 days)"}).json()
    assert (changed["count"], changed["version"], changed["owner"]) == (3, 2, told["owner"])
    assert len(owner.get(f"{PLACE}/history").json()) == 1
    assert owner.get(PLACE).json() == changed


def test_while_the_workspace_is_busy_members_wait(house: House, owner: TestClient) -> None:
    import threading  # noqa: PLC0415

    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with house.exclusive():
            held.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        told = owner.put(PLACE, json=RULE).json()
    finally:
        done.set()
        thread.join()
    assert (told["count"], told["stale"]) == (None, True)
    refresh(house)
    assert owner.get(PLACE).json()["count"] == 2


def test_the_overview_and_what_changed(house: House, owner: TestClient) -> None:
    owner.put(PLACE, json=RULE)
    owner.put("/v1/audiences/both", json={"rule": "in audience recent and city = '上海'"})
    refresh(house, AS_OF + dt.timedelta(days=10))
    found = {each["name"]: each for each in owner.get("/v1/audiences").json()}
    assert (found["recent"]["count"], found["recent"]["entered"], found["recent"]["left"]) == (
        1,
        0,
        1,
    )
    assert (found["recent"]["uses"], found["both"]["uses"]) == (1, 0)
    history = owner.get(f"{PLACE}/history").json()
    assert [one["count"] for one in history] == [1, 2]
    last = owner.get(f"{PLACE}/changes").json()
    assert (last["entered_count"], last["left_count"], len(last["left"])) == (0, 1, 1)
    first = owner.get(f"{PLACE}/changes", params={"as_of": history[1]["as_of"]}).json()
    assert len(first["entered"]) == 2
    assert set(last["left"]) < set(first["entered"])
    never = owner.get(f"{PLACE}/changes", params={"as_of": "2001-01-01"})
    assert never.json()["code"] == "audiences.no_refresh"
    assert owner.get("/v1/audiences/nobody").status_code == 404


def test_a_change_in_between_is_not_lost(owner: TestClient, analyst: TestClient) -> None:
    owner.put(PLACE, json=RULE, headers={"If-None-Match": "*"})
    assert (
        analyst.put(PLACE, json=RULE | {"en": "R"}, headers={"If-Match": '"1"'}).status_code == 200
    )
    late = owner.put(PLACE, json=RULE, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (409, "catalog.changed")
    again = owner.put(PLACE, json=RULE, headers={"If-None-Match": "*"})
    assert again.json()["code"] == "catalog.exists"


def test_a_viewer_sees_no_personal_value_of_a_rule(owner: TestClient, viewer: TestClient) -> None:
    rule = "phone in ('13812345001', '13812345002') or name contains '张三丰'"
    assert owner.put(PLACE, json={"rule": rule}).status_code == 200
    event = {"node": "compare", "field": "name", "op": "eq", "value": "李小四"}
    tag = {"how": {"kind": "rules", "cases": [{"value": "him", "when": event}]}}
    assert owner.put("/v1/definitions/tags/him", json=tag).status_code == 200
    assert "张三丰" in owner.get(PLACE).text
    for place in (
        "/v1/audiences",
        PLACE,
        f"{PLACE}/history",
        f"{PLACE}/changes",
        "/v1/definitions/audiences",
        "/v1/definitions/audiences/recent",
        "/v1/definitions/audiences/recent/versions",
        "/v1/definitions/tags",
        "/v1/definitions/tags/him/versions",
    ):
        answer = viewer.get(place)
        assert answer.status_code == 200, answer.text
        assert not find_leaks(answer.text), place
    shown = viewer.get(PLACE).json()
    assert shown["rule"]["of"][0]["value"] == ["+86138****5001", "+86138****5002"]
    assert shown["count"] == 2
