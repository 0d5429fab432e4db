"""Segment and RudderStack: keys, calls, batches, browsers."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from qunxiang.sources import Message
from tests.sources.speaking import RECEIVED, tell

TRACK = {"type": "track", "event": "e", "userId": "u1"}


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        ("/v1/track", {"authorization": basic("KEY:")}, {}),
        ("/v1/track", {"authorization": basic("KEY")}, {}),
        ("/v1/track", {"authorization": basic("KEY:secret").replace("Basic", "basic")}, {}),
        ("/v1/track", {"authorization": "Bearer KEY"}, {}),
        ("/v1/track", {"authorization": "Bearer oauth"}, {"writeKey": "KEY"}),
        ("/v1/track", {"x-write-key": "KEY:secret"}, {}),
        ("/v1/track?writeKey=KEY", {}, {}),
        ("/v1/t", {"content-type": "text/plain"}, {"writeKey": "KEY"}),
        ("/beacon/v1/batch?writeKey=KEY", {"content-type": "text/plain"}, {}),
    ],
)
def test_keys(path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
    assert tell(path, {**TRACK, **body}, **headers).key == "KEY"


def test_a_key_that_is_none() -> None:
    told = tell("/v1/track", TRACK, authorization="Basic !!!")
    assert (told.key, told.faults) == ("", [""])


@pytest.mark.parametrize(
    ("path", "kind", "event"),
    [
        ("identify", "profile", ""), ("i", "profile", ""), ("track", "event", "e"),
        ("t", "event", "e"), ("page", "event", "page_view"), ("p", "event", "page_view"),
        ("screen", "event", "screen_view"), ("s", "event", "screen_view"), ("group", "group", ""),
        ("g", "group", ""), ("alias", "link", ""), ("a", "link", ""), ("batch", "event", "e"),
        ("import", "event", "e"), ("b", "event", "e"),
    ],
)  # fmt: skip
def test_calls(path: str, kind: str, event: str) -> None:
    """A call that stands alone is what its path says, unless it says so itself."""
    call = {"event": "e", "userId": "u1", "groupId": "g", "previousId": "p"}
    body = {"batch": [{**call, "type": "track"}]} if path in {"batch", "b", "import"} else call
    told = tell(f"/v1/{path}", body)
    assert [(m.kind, m.event) for m in told.messages] == [(kind, event)]
    assert told.said == {"success": True}


def test_whole_call() -> None:
    call = {
        "type": "identify",
        "messageId": "m1",
        "userId": 42,
        "anonymousId": None,
        "timestamp": "2026-11-21T22:00:00Z",
        "sentAt": "2026-11-21T22:00:10Z",
        "traits": {
            "email": "a@b.c", "Phone": "+86 138 0013 8000", "firstName": "三", "birthday": "1990-05-01",
            "createdAt": "2020-01-01", "plan": None, "gender": "女",
            "address": {"city": "上海", "state": "上海", "street": "南京路 1", "postalCode": "200000"},
        },
        "context": {
            "device": {"id": "d1", "type": "ios", "model": "iPhone", "manufacturer": "Apple"},
            "externalIds": [
                {"id": "o1", "type": "openid", "collection": "users", "encoding": "none"},
                {"id": "ga", "type": "ga_client_id"}, None, 5,
            ],
        },
    }  # fmt: skip
    assert tell("/v1/identify", call).messages == [
        Message(
            kind="profile",
            id="m1",
            at=RECEIVED - 10_000_000,
            ids=(
                ("user_id", "42"), ("device", "d1"), ("openid", "o1"), ("email", "a@b.c"),
                ("phone", "+86 138 0013 8000"),
            ),
            changes={
                "set": {
                    "email": "a@b.c", "phone": "+86 138 0013 8000", "firstName": "三",
                    "birth_date": "1990-05-01", "registered_at": "2020-01-01", "gender": "女",
                    "city": "上海", "province": "上海", "address": "南京路 1",
                    "postal_code": "200000",
                },
                "unset": {"plan": True},
            },
        )
    ]  # fmt: skip


def test_context() -> None:
    context = {
        "ip": "1.2.3.4", "locale": "zh-CN", "timezone": "Asia/Shanghai", "userAgent": "Mozilla/5.0",
        "page": {"url": "https://x.cn/a?utm_source=wx&utm_medium=m", "title": "标题"},
        "campaign": {"name": "双11", "source": "weibo"}, "os": {"name": "iOS", "version": 17.5},
        "library": {"name": "analytics.js", "version": "2"}, "app": "wrong",
    }  # fmt: skip
    call = {**TRACK, "context": context}
    assert tell("/v1/track", call).messages[0].context == {
        "page_url": "https://x.cn/a?utm_source=wx&utm_medium=m", "page_path": "/a",
        "page_title": "标题", "utm_source": "weibo", "utm_medium": "m", "utm_campaign": "双11",
        "ip": "1.2.3.4", "user_agent": "Mozilla/5.0", "language": "zh-CN",
        "time_zone": "Asia/Shanghai", "os": "iOS", "os_version": "17.5",
        "library": "analytics.js", "library_version": "2",
    }  # fmt: skip


def test_what_a_batch_says_for_all() -> None:
    batch = {
        "batch": [TRACK, {**TRACK, "context": {"ip": "5.6.7.8"}}],
        "context": {"ip": "1.2.3.4", "locale": "zh"},
        "integrations": {"All": True},
        "sentAt": "2026-11-21T22:00:10Z",
    }
    told = tell("/v1/batch", batch, user_agent="Mozilla/5.0 (X)")
    shared = {"language": "zh", "user_agent": "Mozilla/5.0 (X)"}
    assert [m.context for m in told.messages] == [
        {"ip": "1.2.3.4", **shared},
        {"ip": "5.6.7.8", **shared},
    ]
    assert "user_agent" not in tell("/v1/batch", batch, user_agent="python/3").messages[0].context


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ({"type": "track", "userId": "u1"}, "intake.no_event"),
        ({"type": "track", "event": "e"}, "intake.no_person"),
        ({"type": "identify", "traits": {"a": 1}}, "intake.no_person"),
        ({"type": "group", "userId": "u1"}, "intake.bad_value"),
        ({"type": "alias", "userId": "u1"}, "intake.no_person"),
        ({"type": "dance", "userId": "u1"}, "intake.bad_value"),
        ({**TRACK, "properties": [1]}, "intake.bad_value"),
        ({**TRACK, "timestamp": "yesterday"}, "intake.bad_time"),
        ({**TRACK, "timestamp": {}}, "intake.bad_time"),
    ],
)
def test_faults(call: dict[str, Any], fault: str) -> None:
    assert tell("/v1/batch", {"batch": [call, TRACK]}).faults == [fault, ""]


def test_a_clock_that_is_two_days_ahead() -> None:
    batch = {
        "batch": [{**TRACK, "timestamp": "2026-11-23T22:39:00Z"}],
        "sentAt": "2026-11-23T22:40:00Z",
    }
    assert tell("/v1/batch", batch).messages[0].at == RECEIVED - 60_000_000


def test_what_holds_no_messages() -> None:
    told = tell("/segment/v1/projects/KEY/settings", method="GET", host="cdp.example")
    assert (told.key, told.items) == ("KEY", [])
    assert told.said == {
        "integrations": {"Segment.io": {"apiKey": "KEY", "apiHost": "cdp.example/segment/v1"}},
        "plan": {},
    }
    metrics = tell("/v1/m", {"series": [{"type": "Counter"}]})
    assert (metrics.items, metrics.said) == ([], {"success": True})


def test_pixel_of_segment() -> None:
    data = base64.urlsafe_b64encode(json.dumps({**TRACK, "writeKey": "KEY"}).encode()).decode()
    told = tell(f"/v1/pixel/track?data={data.rstrip('=')}", method="GET")
    assert (told.key, told.messages[0].event, told.reply.type) == ("KEY", "e", "image/gif")


def test_refusals_hold_what_clients_look_for() -> None:
    for name in ("segment", "rudderstack"):
        told = tell(f"/{name}/v1/batch", b"{")
        assert told.reply.status == 400
        assert told.said["code"] == "intake.bad_json"
        assert told.said["message"]


# ── RudderStack alone ────────────────────────────────────────────────────────────────────────────
def test_anonymous_id_in_a_header() -> None:
    header = base64.b64encode("匿名1".encode()).decode()
    told = tell(
        "/v1/batch",
        {"batch": [{"type": "track", "event": "e"}, {**TRACK, "anonymousId": "a2"}]},
        anonymousid=header,
    )
    assert told.speaker.name == "rudderstack"
    assert told.reply.body == b"OK"
    assert [m.ids for m in told.messages] == [
        (("device", "匿名1"),),
        (("user_id", "u1"), ("device", "a2")),
    ]
    assert not tell("/v1/track", TRACK, anonymousid="!").messages[0].ids[1:]


def test_merge() -> None:
    pair = [{"type": "email", "value": "a@b.c"}, {"type": "mobile", "value": "138"}]
    told = tell("/rudderstack/v1/merge", {"type": "merge", "mergeProperties": pair})
    assert [(m.kind, m.ids) for m in told.messages] == [
        ("link", (("email", "a@b.c"), ("phone", "138")))
    ]


def test_pixels() -> None:
    query = (
        "writeKey=KEY&anonymousId=a1&event=open&messageId=m1&properties.mail=7"
        "&context.page.url=https%3A%2F%2Fx.cn%2Fa&context.traits.city=%E4%B8%8A%E6%B5%B7"
    )
    told = tell(f"/pixel/v1/track?{query}", method="GET")
    message = told.messages[0]
    assert (told.key, told.reply.type) == ("KEY", "image/gif")
    assert told.reply.body.startswith(b"GIF89a")
    assert (message.id, message.event, message.properties) == ("m1", "open", {"mail": "7"})
    assert message.ids == (("device", "a1"),)
    assert message.context == {"page_url": "https://x.cn/a", "page_path": "/a"}
    page = tell("/pixel/v1/page?writeKey=KEY&userId=u1&name=Home", method="GET").messages[0]
    assert (page.event, page.properties) == ("page_view", {"name": "Home"})
    torn = tell("/pixel/v1/track?userId=u1&event=e&properties=x&properties.a.b=1", method="GET")
    assert torn.faults == ["intake.bad_value"]


def test_settings_of_a_source() -> None:
    told = tell("/rudderstack/sourceConfig/?p=npm&writeKey=KEY", method="GET")
    assert (told.key, told.items) == ("KEY", [])
    source = told.said["source"]
    assert (source["writeKey"], source["enabled"], source["destinations"]) == ("KEY", True, [])
