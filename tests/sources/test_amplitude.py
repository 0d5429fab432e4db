"""Amplitude: events, changes, groups, answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qunxiang.errors import QunxiangError
from qunxiang.sources import BY_NAME, Message
from tests.sources.speaking import RECEIVED, form, request, tell

EVENT = {"event_type": "买", "user_id": "u1", "device_id": "d1", "insert_id": "i1"}


def one(event: dict[str, Any], **besides: Any) -> Message:
    told = tell("/2/httpapi", {"api_key": "K", "events": [event], **besides})
    assert told.faults == [""], told.faults
    return told.messages[0]


def test_event() -> None:
    event = {
        **EVENT, "time": 1795300797000, "session_id": 1795300000000, "ip": "$remote",
        "event_properties": {"size": "大😀", "[Amplitude] Page URL": "https://x.cn/a"},
        "user_properties": {"$set": {"Email": "a@b.c"}, "$setOnce": {"first": "x"}, "plan": "pro"},
        "groups": {"company": ["c1", "c2"]}, "price": 3.5, "productId": "p1", "revenue": None,
        "os_name": "iOS", "region": "上海", "library": "amplitude-js/2.0",
    }  # fmt: skip
    told = one(event, client_upload_time="2026-11-21T22:40:00.500Z")
    assert told == Message(
        kind="event",
        id="i1",
        at=1795300796500000,
        ids=(("user_id", "u1"), ("device", "d1"), ("email", "a@b.c")),
        event="买",
        properties={
            "size": "大😀", "[Amplitude] Page URL": "https://x.cn/a", "price": 3.5,
            "productId": "p1",
        },
        context={
            "page_url": "https://x.cn/a", "page_path": "/a", "session_id": "1795300000000",
            "os": "iOS", "library": "amplitude-js", "library_version": "2.0", "province": "上海",
        },
        changes={"set": {"email": "a@b.c", "plan": "pro"}, "once": {"first": "x"}},
        group=("company", "c1"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ({"$add": {"n": 1}}, {"add": {"n": 1}}),
        ({"$append": {"l": "a"}, "$prepend": {"m": ["b"]}}, {"append": {"l": ["a"], "m": ["b"]}}),
        ({"$preInsert": {"l": "a"}, "$postInsert": {"m": "b"}}, {"union": {"l": ["a"], "m": ["b"]}}),
        ({"$remove": {"l": "a"}}, {"remove": {"l": ["a"]}}),
        ({"$unset": {"n": "-"}}, {"unset": {"n": True}}),
        ({"$clearAll": "-"}, {"delete": {}}),
        ({"a": None}, {"unset": {"a": True}}),
    ],
)  # fmt: skip
def test_changes(said: dict[str, Any], changes: dict[str, Any]) -> None:
    told = one({**EVENT, "event_type": "$identify", "user_properties": said})
    assert (told.kind, told.event, told.changes) == ("profile", "", changes)


def test_groups() -> None:
    event = {
        "event_type": "$groupidentify",
        "groups": {"company": "c1"},
        "group_properties": {"$set": {"name": "A"}},
    }
    told = one(event)
    assert (told.kind, told.group, told.changes) == (
        "group",
        ("company", "c1"),
        {"set": {"name": "A"}},
    )


def test_forms() -> None:
    person = json.dumps([{"user_id": "u1", "user_properties": {"$set": {"city": "上海"}}}])
    told = tell("/identify", form(api_key="K", identification=person))
    assert (told.key, told.messages[0].kind) == ("K", "profile")
    assert told.messages[0].changes == {"set": {"city": "上海"}}
    group = json.dumps({"group_type": "company", "group_value": "c1", "group_properties": {"a": 1}})
    told = tell("/groupidentify", form(api_key="K", identification=group))
    assert (told.messages[0].kind, told.messages[0].group) == ("group", ("company", "c1"))
    assert tell("/identify", form(api_key="K")).refused == "intake.bad_form"


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"event_type": None}, "intake.no_event"),
        ({"user_id": None, "device_id": ""}, "intake.no_person"),
        ({"event_properties": 5}, "intake.bad_value"),
        ({"user_properties": {"$set": 5}}, "intake.bad_value"),
        ({"event_type": "$groupidentify"}, "intake.bad_value"),
        ({"time": "soon"}, "intake.bad_time"),
    ],
)
def test_faults(event: dict[str, Any], code: str) -> None:
    told = tell("/amplitude/batch", {"api_key": "K", "events": [{**EVENT, **event}, EVENT]})
    assert told.faults == [code, ""]
    assert (told.said["code"], told.said["events_ingested"]) == (200, 1)


def test_answers() -> None:
    """The client looks for the code in the body; of a bad key it wants to hear in certain words."""
    asked = request("/2/httpapi", {"api_key": "K", "events": [EVENT, EVENT]})
    speaker = BY_NAME["amplitude"]
    said = json.loads(speaker.reply(asked, ["", "intake.repeat"]).body)
    assert said == {
        "code": 200, "events_ingested": 2, "payload_size_bytes": len(asked.body),
        "server_upload_time": RECEIVED // 1000,
    }  # fmt: skip
    refused = speaker.refuse(asked, QunxiangError("intake.unknown_key"))
    assert refused.status == 400
    assert json.loads(refused.body)["error"].startswith("Invalid API key:")
    busy = speaker.refuse(asked, QunxiangError("intake.overloaded"))
    assert (busy.status, json.loads(busy.body)["code"]) == (503, 503)
