"""PostHog: ways of sending, events that mean something else, whose a distinct id is."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from qunxiang.sources import Message
from tests.sources.speaking import RECEIVED, form, tell

UUID = "0192d1a0-7e3b-7c51-9d0a-2f6f2f3f4a5b"
EVENT = {"event": "e", "distinct_id": "u1", "uuid": "i1", "properties": {"a": 1}}


def one(event: dict[str, Any], **besides: Any) -> Message:
    told = tell("/posthog/batch/", {"api_key": "K", "batch": [event], **besides})
    assert told.faults == [""], told.faults
    return told.messages[0]


@pytest.mark.parametrize("path", ["/capture/", "/e/", "/i/v0/e/", "/batch/", "/track/", "/engage/"])
@pytest.mark.parametrize("shape", ["one", "list", "batch", "token"])
def test_ways(path: str, shape: str) -> None:
    bodies: dict[str, Any] = {
        "one": {**EVENT, "api_key": "K"},
        "list": [{**EVENT, "properties": {"token": "K", "a": 1}}],
        "batch": {"api_key": "K", "batch": [EVENT], "sent_at": "2026-11-21T22:40:00Z"},
        "token": {"token": "K", "batch": [EVENT]},
    }
    told = tell(f"/posthog{path}", bodies[shape])
    assert (told.key, told.said) == ("K", {"status": 1})
    assert [(m.id, m.event, m.properties) for m in told.messages] == [("i1", "e", {"a": 1})]


def test_packings() -> None:
    body = json.dumps({"api_key": "K", "batch": [EVENT]}).encode()
    packed = gzip.compress(body)
    ways = [
        tell("/e/?compression=gzip-js&ver=1.449.2", packed),
        tell("/e/?compression=base64", form(data=base64.b64encode(body).decode())),
        tell("/e/", form(compression="gzip", data=base64.b64encode(packed).decode())),
        tell("/e/", form(data=body.decode())),
        tell("/e/", base64.b64encode(body)),
        tell(f"/e/?data={base64.urlsafe_b64encode(body).decode()}", method="GET"),
    ]
    assert [(told.key, len(told.messages)) for told in ways] == [("K", 1)] * len(ways)
    assert tell("/e/?compression=gzip-js", packed[:-9]).refused == "intake.bad_packing"
    assert tell("/e/", b"").refused == "intake.bad_json"


def test_newer_way() -> None:
    """Each event is told its verdict; what is wanted of the profile stands in the options."""
    events = [
        {**EVENT, "options": {"process_person_profile": False}, "session_id": "s1"},
        {"event": "e", "uuid": "i2", "properties": {}},
    ]
    told = tell("/i/v1/analytics/events", {"batch": events}, authorization="Bearer K")
    assert (told.key, told.faults) == ("K", ["", "intake.no_person"])
    assert told.said == {
        "results": {"i1": {"result": "ok"}, "i2": {"result": "drop", "details": "intake.no_person"}}
    }
    assert told.messages[0].context["session_id"] == "s1"


@pytest.mark.parametrize(
    ("distinct", "properties", "ids"),
    [
        ("u1", {}, [("user_id", "u1")]),
        (UUID, {}, [("user_id", UUID)]),
        (UUID, {"$device_id": UUID}, [("device", UUID)]),
        (UUID, {"$is_identified": False}, [("device", UUID)]),
        (UUID, {"$process_person_profile": False}, [("device", UUID)]),
        ("u1", {"$process_person_profile": False}, [("user_id", "u1")]),
        ("u1", {"$device_id": UUID}, [("user_id", "u1"), ("device", UUID)]),
        ("a1", {"$anon_distinct_id": "a1"}, [("device", "a1")]),
        (42, {}, [("user_id", "42")]),
    ],
)
def test_whose_a_distinct_id_is(
    distinct: Any, properties: dict[str, Any], ids: list[tuple[str, str]]
) -> None:
    assert list(one({**EVENT, "distinct_id": distinct, "properties": properties}).ids) == ids


def test_identifying() -> None:
    known = one({
        "event": "$identify", "distinct_id": "u1",
        "properties": {"$anon_distinct_id": UUID, "$device_id": UUID},
    })  # fmt: skip
    assert (known.kind, known.ids) == ("link", (("user_id", "u1"), ("device", UUID)))
    told = one({
        "event": "$identify", "distinct_id": "u1", "$set": {"Email": "a@b.c"},
        "properties": {"$anon_distinct_id": UUID, "$set_once": {"first": "x", "none": None}},
    })  # fmt: skip
    assert told.kind == "profile"
    assert told.changes == {"set": {"email": "a@b.c"}, "once": {"first": "x"}}
    assert told.ids == (("user_id", "u1"), ("device", UUID), ("email", "a@b.c"))


@pytest.mark.parametrize(
    ("event", "properties", "ids"),
    [
        ("$create_alias", {"alias": "u1"}, [("user_id", "u1"), ("device", "d1")]),
        (
            "$create_alias",
            {"alias": "a1", "$lib": "posthog-node"},
            [("user_id", "d1"), ("device", "a1")],
        ),
        (
            "$create_alias",
            {"alias": "u2", "$device_id": UUID},
            [("user_id", "u2"), ("user_id", "d1"), ("device", UUID)],
        ),
        ("$merge_dangerously", {"alias": "u2"}, [("user_id", "d1"), ("user_id", "u2")]),
    ],
)
def test_links(event: str, properties: dict[str, Any], ids: list[tuple[str, str]]) -> None:
    message = one({"event": event, "distinct_id": "d1", "properties": properties})
    assert (message.kind, list(message.ids)) == ("link", ids)


def test_changes() -> None:
    event = {**EVENT, "properties": {"a": 1, "$set": {"城市": "上海"}, "$unset": ["old"]}}
    told = one(event)
    assert (told.kind, told.properties) == ("event", {"a": 1})
    assert told.changes == {"set": {"城市": "上海"}, "unset": {"old": True}}
    event["properties"]["$process_person_profile"] = False  # type: ignore[index]
    assert one(event).changes == {}
    engage = tell("/posthog/engage/", {"api_key": "K", "$distinct_id": "u1", "$set": {"x": 1}})
    assert [(m.kind, m.changes) for m in engage.messages] == [("profile", {"set": {"x": 1}})]


def test_groups() -> None:
    properties = {"$group_type": "company", "$group_key": 5, "$group_set": {"name": "A"}}
    told = one({"event": "$groupidentify", "distinct_id": "company_5", "properties": properties})
    assert (told.kind, told.group, told.ids) == ("group", ("company", "5"), ())
    page = {**properties, "$device_id": UUID}
    told = one({"event": "$groupidentify", "distinct_id": "u1", "properties": page})
    assert told.ids == (("user_id", "u1"), ("device", UUID))
    member = one({**EVENT, "properties": {"$groups": {"company": "c1"}}})
    assert member.group == ("company", "c1")


def test_page() -> None:
    properties = {
        "$current_url": "https://x.cn/a?utm_campaign=双11", "$referrer": "https://y.cn", "title": "甲",
        "$browser": "Chrome", "$session_id": "s", "$lib": "web", "$lib_version": "1.4", "x": "😀",
    }  # fmt: skip
    told = one({"event": "$pageview", "distinct_id": "u1", "properties": properties})
    assert (told.event, told.properties) == ("page_view", {"x": "😀"})
    assert told.context == {
        "page_url": "https://x.cn/a?utm_campaign=双11", "page_path": "/a", "page_title": "甲",
        "referrer": "https://y.cn", "utm_campaign": "双11", "session_id": "s", "browser": "Chrome",
        "library": "web", "library_version": "1.4",
    }  # fmt: skip


def test_times() -> None:
    told = one({**EVENT, "timestamp": "2026-11-20T10:00:00Z"}, sent_at="2026-11-20T10:00:05Z")
    assert told.at == RECEIVED - 5_000_000
    assert one({**EVENT, "offset": 1500}).at == RECEIVED - 1_500_000
    assert one(EVENT).at is None


def test_what_holds_no_messages() -> None:
    for path in ("/flags/?v=4", "/decide/?v=3"):
        told = tell(path, {"api_key": "K", "distinct_id": "u1"})
        assert (told.key, told.items) == ("K", [])
        assert (told.said["flags"], told.said["errorsWhileComputingFlags"]) == ({}, False)
    assert tell("/s/", gzip.compress(b'{"api_key":"K"}')).items == []
    assert tell("/s/", b"whatever").reply.status == 200
    config = tell("/array/phc_1/config", method="GET")
    assert (config.key, config.said["supportedCompression"]) == ("phc_1", ["gzip", "gzip-js"])
    script = tell("/array/phc_1/config.js", method="GET")
    assert script.reply.type.startswith("text/javascript")
    assert b'"phc_1"' in script.reply.body
