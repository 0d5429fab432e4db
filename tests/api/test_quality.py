"""Plans, quality and fixes over HTTP."""

from __future__ import annotations

from fastapi.testclient import TestClient

from qunxiang.app import House, Refresh
from tests.api.conftest import client_with
from tests.app.streamed import land

PLAN = {
    "events": [
        {
            "event": "purchase",
            "properties": [{"name": "amount", "value": "money", "max": 100}, {"name": "channel"}],
        }
    ]
}
FIX = {"source": "shop", "event": "purchase", "property": "channel", "does": {"do": "drop"}}


def test_a_plan_is_proposed_tried_and_saved(owner: TestClient, viewer: TestClient) -> None:
    proposed = owner.get("/v1/plans/propose", params={"source": "shop"}).json()
    assert [e["event"] for e in proposed["events"]] == ["purchase"]
    tried = viewer.post("/v1/plans/shop/trial", json=PLAN).json()
    assert tried["events"] == {"purchase": 7}
    assert {b["code"] for b in tried["broken"]} == {"plan.range", "plan.unknown_property"}
    assert all(b["message"] for b in tried["broken"])
    assert viewer.put("/v1/definitions/plans/shop", json=PLAN).status_code == 403
    assert owner.put("/v1/definitions/plans/shop", json=PLAN).json()["version"] == 1
    assert owner.post("/v1/plans/shop/trial").json()["looked"] == 7
    other = owner.put("/v1/definitions/plans/other", json=PLAN)
    assert (other.status_code, other.json()["code"]) == (409, "app.plans_overlap")
    assert owner.get("/v1/plans/propose", params={"source": "x"}).status_code == 404


def test_quality_is_told_and_masked(owner: TestClient, viewer: TestClient) -> None:
    (told,) = owner.get("/v1/quality", params={"source": "shop"}).json()
    assert (told["event"], told["rows"], told["anomalies"]) == ("purchase", 7, [])
    detail = viewer.get("/v1/quality/shop/purchase").json()
    amount = {p["name"]: p for p in detail["properties"]}["amount"]
    assert (amount["seen"]["filled"], amount["declared"]) == (7, None)
    assert sum(d["rows"] for d in detail["days"]) == 7
    assert owner.get("/v1/quality/shop/visit").status_code == 404


def test_a_fix_is_previewed_applied_and_taken_back(house: House, viewer: TestClient) -> None:
    client = client_with(house, "read", "define", "refresh", "import")
    assert isinstance(viewer.get("/v1/set-aside").json(), list)
    said = viewer.post("/v1/fixes/no_channel/preview", json=FIX).json()
    assert (said["looked"], said["whole"]) == (0, True)
    assert viewer.post("/v1/fixes/no_channel/apply", json=FIX).status_code == 403
    with client:
        done = client.post("/v1/fixes/no_channel/apply", json=FIX).json()
        assert done["version"] == 1
        job = client.get(f"/v1/jobs/{done['job']}", params={"wait": 60}).json()
        assert job["status"] == "done", job
    assert client.post("/v1/fixes/no_channel/preview").json()["passing"] == 0
    bad = FIX | {"does": {"do": "cast", "format": "%H:%M"}}
    refused = client.post("/v1/fixes/bad/preview", json=bad)
    assert (refused.status_code, refused.json()["code"]) == (422, "app.bad_fix")
    assert client.post("/v1/set-aside/replay", params={"source": "shop"}).json() == {"imports": 0}
    assert viewer.post("/v1/set-aside/replay", params={"source": "shop"}).status_code == 403
    assert client.delete("/v1/definitions/fixes/no_channel").status_code == 204


def test_values_that_a_fix_maps_are_masked_by_right(owner: TestClient, viewer: TestClient) -> None:
    does = {"do": "map", "values": {"13712340001": "13712340002"}}
    one = {"source": "crm", "event": "customers", "property": "phone", "does": does}
    assert owner.put("/v1/definitions/fixes/typo", json=one).status_code == 200
    shown = viewer.get("/v1/definitions/fixes/typo").json()["does"]["values"]
    assert "13712340001" not in str(shown)
    assert owner.get("/v1/definitions/fixes/typo").json()["does"] == does


def test_a_message_is_mended_by_right_and_given_back(house: House, viewer: TestClient) -> None:
    land(house, {"event": "purchase", "id": "o1", "ids": {}, "properties": {"amount": 7}})
    Refresh(house).run()
    client = client_with(house, "read", "personal", "import")
    (told,) = client.get("/v1/set-aside/messages", params={"source": "web"}).json()
    at = f"/v1/set-aside/messages/{told['number']}"
    assert told["faults"][0]["code"] == "intake.no_person"
    assert viewer.get("/v1/set-aside/messages").json()[0]["faults"][0]["value"] is None
    assert viewer.get(at).status_code == 403
    said = client.get(at).json()
    assert (said["mend"], said["became"]["accepted"]) == (None, False)
    better = {"raw": said["raw"].replace('"ids":{}', '"ids":{"user_id":"u1"}')}
    (row,) = client.post(f"{at}/trial", json=better).json()["rows"]
    assert (row["what"], row["values"]["user_id"]) == ("purchase", "u1")
    assert viewer.put(at, json=better).status_code == 403
    assert client.put(at, json=better | {"why": "known"}).json()["accepted"]
    (done,) = client.get("/v1/set-aside/mended").json()
    assert (done["number"], done["why"]) == (told["number"], "known")
    assert viewer.get("/v1/set-aside/mended").json()[0]["raw"] == ""
    bad = client.put(at, json={"raw": "{"})
    assert (bad.status_code, bad.json()["code"]) == (422, "app.bad_message")
    assert client.delete(at).status_code == 204
    assert client.delete(at).status_code == 409
