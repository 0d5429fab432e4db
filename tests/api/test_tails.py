"""Where data comes from and what lands, over HTTP."""

from __future__ import annotations

import json

from fastapi.testclient import TestClient

from qunxiang.app import House
from qunxiang.app.tails import MOST_TAILS
from tests.app.streamed import land

PURCHASE = {"event": "purchase", "ids": {"phone": "13712340001"}}


def told(client: TestClient, query: str = "") -> dict[str, object]:
    """Return what a stream begins with; it ends, since the server is leaving."""
    client.app.state.leaving.set()  # pyright: ignore[reportAttributeAccessIssue]
    answer = client.get(f"/v1/events/tail{query}")
    assert answer.headers["content-type"].startswith("text/event-stream")
    (data,) = [line[6:] for line in answer.text.splitlines() if line.startswith("data: ")]
    return json.loads(data)


def test_the_stream_begins_with_the_newest(
    house: House, owner: TestClient, viewer: TestClient
) -> None:
    land(house, [PURCHASE, {"event": "visit"}])
    bought, visited = told(owner)["messages"]
    assert (bought["event"], bought["verdict"]) == ("purchase", "accepted")
    assert bought["ids"] == [{"type": "phone", "value": "13712340001"}]
    assert visited["code"] == "intake.no_person"
    assert told(owner, "?lang=en")["messages"][1]["reason"] == "The message names nobody"
    assert [m["event"] for m in told(owner, "?event=purchase&last=5")["messages"]] == ["purchase"]
    (masked,) = told(viewer, "?who=13712340001")["messages"]
    assert masked["ids"] == [{"type": "phone", "value": "137****0001"}]
    for _ in range(MOST_TAILS):  # whoever left makes room
        told(owner)
    whole = viewer.get(f"/v1/events/{bought['number']}").json()
    assert whole["masked"]
    assert "13712340001" not in whole["raw"]
    assert owner.get(f"/v1/events/{bought['number']}").json()["raw"] == json.dumps(
        PURCHASE, separators=(",", ":")
    )
    assert owner.get("/v1/events/1").json()["code"] == "app.no_message"
    assert owner.get("/v1/events/tail?last=9999").status_code == 422


def test_sources_and_the_way_to_the_intake(house: House, viewer: TestClient) -> None:
    land(house, [PURCHASE])
    found = {one["name"]: one for one in viewer.get("/v1/sources?days=2").json()}
    assert found["crm"]["ways"] == ["files"]
    assert found["web"]["waiting"] == 1
    assert [day["rows"] for day in found["web"]["days"]] == [0, 1]
    assert viewer.get("/v1/intake").json() == {"port": 0, "url": "", "answers": False}
