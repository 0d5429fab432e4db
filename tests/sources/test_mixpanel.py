"""Mixpanel: forms, lists and lines; changes; answers."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from qunxiang.sources import Message
from tests.sources.speaking import form, tell

EVENT = {
    "event": "买",
    "properties": {"token": "K", "distinct_id": "u1", "$insert_id": "i1", "time": 1795300797.5, "a": "😀"},
}  # fmt: skip
SAME = Message(
    kind="event",
    id="i1",
    at=1795300797500000,
    ids=(("user_id", "u1"),),
    event="买",
    properties={"a": "😀"},
)


def change(**said: Any) -> Any:
    record = {"$token": "K", "$distinct_id": "u1", **{f"${n}": v for n, v in said.items()}}
    return tell("/engage", [record])


def test_ways() -> None:
    text = json.dumps(EVENT)
    packed = base64.b64encode(text.encode()).decode()
    ways = [
        tell("/track", form(data=text, verbose="1")),
        tell("/track", form(data=packed)),
        tell(f"/track?data={packed.replace('+', '%2B')}&verbose=1", method="GET"),
        tell("/track?ip=1", [EVENT]),
        tell("/track", EVENT),
        tell("/import?strict=1", [EVENT]),
        tell("/import", f"{text}\n".encode()),
    ]
    assert [(told.key, told.messages) for told in ways] == [("K", [SAME])] * len(ways)
    lines = tell("/import", f"{text}\n{{torn}}\n\n{text}\n".encode())
    assert lines.faults == ["", "intake.bad_json", ""]
    assert tell("/import", b"{torn\n}").refused == "intake.bad_json"
    assert tell("/import", f"{text}\r\n{text}".encode()).messages == [SAME, SAME]
    pretty = tell("/track", json.dumps(EVENT, indent=1).encode())
    assert pretty.messages == [SAME]


def test_emoji_as_the_browser_client_writes_them() -> None:
    # Recorded from mixpanel-browser 2.83.0: two halves of three bytes each, then base64.
    text = json.dumps(EVENT, ensure_ascii=False)
    halves = text.replace("😀", "\ud83d\ude00").encode("utf-8", "surrogatepass")
    assert b"\xed\xa0\xbd\xed\xb8\x80" in halves
    told = tell("/track/?verbose=1&ip=1", form(data=base64.b64encode(halves).decode()))
    assert (told.messages, told.faults) == ([SAME], [""])
    alone = text.replace("😀", "한\ud83d").encode("utf-8", "surrogatepass")
    torn = tell("/track/", form(data=base64.b64encode(alone).decode()))
    assert torn.faults == ["intake.bad_text"]


def test_answers() -> None:
    good = json.dumps(EVENT)
    assert tell("/track", form(data=good)).reply.body == b"1"
    assert tell("/track", form(data=good, verbose="1")).said == {"status": 1, "error": None}
    assert tell("/track", form(data=good, img="1")).reply.type == "image/gif"
    assert tell("/import", [EVENT]).said == {
        "code": 200, "num_records_imported": 1, "status": "OK",
    }  # fmt: skip
    nobody = {"event": "e", "properties": {"token": "K"}}
    alone = tell("/track", form(data=json.dumps(nobody), verbose="1"))
    assert alone.said == {"status": 0, "error": "intake.no_person"}
    beside = tell("/track", form(data=json.dumps([nobody, EVENT]), verbose="1"))
    assert (beside.faults, beside.said["status"]) == (["intake.no_person", ""], 1)
    assert tell("/track", form(x="1")).said["status"] == 0


def test_keys() -> None:
    bare = {"event": "e", "properties": {"distinct_id": "u1"}}
    secret = base64.b64encode(b"K:").decode()
    assert tell("/import", [bare], authorization=f"Basic {secret}").key == "K"
    assert tell("/import", [EVENT], authorization="Basic eDo=").key == "K"
    assert tell("/track?token=K", [bare]).key == "K"
    assert tell("/track", [bare]).key == ""


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ({"set": {"$email": "x", "$city": "上海", "A": None}}, {"set": {"email": "x", "city": "上海"}, "unset": {"A": True}}),
        ({"set_once": {"first": 1}}, {"once": {"first": 1}}),
        ({"add": {"n": -1}}, {"add": {"n": -1}}),
        ({"append": {"l": "a"}}, {"append": {"l": ["a"]}}),
        ({"union": {"l": ["a"]}}, {"union": {"l": ["a"]}}),
        ({"remove": {"l": "a"}}, {"remove": {"l": ["a"]}}),
        ({"unset": ["n"]}, {"unset": {"n": True}}),
        ({"delete": ""}, {"delete": {}}),
    ],
)  # fmt: skip
def test_changes(said: dict[str, Any], changes: dict[str, Any]) -> None:
    told = change(**said)
    assert (told.key, told.faults) == ("K", [""])
    message = told.messages[0]
    assert (message.kind, message.ids, message.changes) == (
        "profile",
        (("user_id", "u1"),),
        changes,
    )


def test_changes_of_nothing() -> None:
    assert change().faults == ["intake.no_event"]
    assert change(set=5).faults == ["intake.bad_value"]
    assert change(set={"a": 1}, distinct_id=None).faults == ["intake.no_person"]


def test_groups() -> None:
    record = {"$token": "K", "$group_key": "company", "$group_id": "c1", "$set": {"name": "A"}}
    message = tell("/groups", [record]).messages[0]
    assert (message.kind, message.group, message.changes) == (
        "group", ("company", "c1"), {"set": {"name": "A"}},
    )  # fmt: skip
    assert tell("/groups", [{"$token": "K", "$set": {"a": 1}}]).faults == ["intake.bad_value"]


@pytest.mark.parametrize(
    ("event", "properties", "ids"),
    [
        ("$create_alias", {"distinct_id": "d1", "alias": "u1"}, [("user_id", "u1"), ("device", "d1")]),
        ("$merge", {"$distinct_ids": ["u1", "$device:d1"]}, [("user_id", "u1"), ("device", "d1")]),
        ("$identify", {"$identified_id": "u1", "$anon_id": "d1"}, [("user_id", "u1"), ("device", "d1")]),
    ],
)  # fmt: skip
def test_links(event: str, properties: dict[str, Any], ids: list[tuple[str, str]]) -> None:
    message = tell("/track", [{"event": event, "properties": properties}]).messages[0]
    assert (message.kind, list(message.ids)) == ("link", ids)


@pytest.mark.parametrize(
    ("properties", "ids"),
    [
        ({"distinct_id": "$device:d1", "$device_id": "d1"}, [("device", "d1")]),
        ({"distinct_id": "u1", "$user_id": "u1", "$device_id": "d1"}, [("user_id", "u1"), ("device", "d1")]),
    ],
)  # fmt: skip
def test_whose_a_distinct_id_is(properties: dict[str, Any], ids: list[tuple[str, str]]) -> None:
    message = tell("/track", [{"event": "e", "properties": properties}]).messages[0]
    assert (list(message.ids), message.properties) == (ids, {})


def test_page() -> None:
    properties = {
        "distinct_id": "u1",
        "$current_url": "https://x.cn/a",
        "mp_lib": "web",
        "$os": "iOS",
    }
    message = tell("/track", [{"event": "$mp_web_page_view", "properties": properties}]).messages[0]
    assert (message.event, message.properties) == ("page_view", {})
    assert message.context == {
        "page_url": "https://x.cn/a", "page_path": "/a", "library": "web", "os": "iOS",
    }  # fmt: skip
