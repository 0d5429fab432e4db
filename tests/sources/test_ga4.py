"""Google Analytics 4: the Measurement Protocol, its limits, and the tag."""

from __future__ import annotations

from typing import Any

import pytest

from qunxiang.sources import Message
from tests.sources.speaking import tell

PATH = "/mp/collect?measurement_id=G-1&api_secret=K"
DEBUG = PATH.replace("/mp", "/debug/mp")


def send(*events: Any, path: str = PATH, **besides: Any) -> Any:
    return tell(path, {"client_id": "c1", "user_id": "u1", "events": list(events), **besides})


def test_event() -> None:
    told = send(
        {
            "name": "purchase",
            "params": {
                "value": 39.9, "currency": "CNY", "transaction_id": "o1", "session_id": 17,
                "items": [{"item_id": "咖啡☕", "price": 39.9}],
                "page_location": "https://x.cn/付?utm_source=wx",
            },
        },
        timestamp_micros="1795300797228000",
        user_properties={"City": {"value": "上海"}, "plan": {"value": None}},
        device={"category": "mobile", "operating_system": "iOS"},
        user_location={"country_id": "CN"},
    )  # fmt: skip
    assert (told.key, told.reply.status, told.reply.body) == ("K", 204, b"")
    assert told.messages == [
        Message(
            kind="event",
            at=1795300797228000,
            ids=(("user_id", "u1"), ("device", "c1")),
            event="purchase",
            properties={
                "value": 39.9, "currency": "CNY", "transaction_id": "o1", "session_id": 17,
                "items": [{"item_id": "咖啡☕", "price": 39.9}],
                "page_location": "https://x.cn/付?utm_source=wx",
            },
            context={
                "page_url": "https://x.cn/付?utm_source=wx", "page_path": "/付",
                "utm_source": "wx", "session_id": "17", "os": "iOS", "device_type": "mobile",
                "country": "CN",
            },
            changes={"set": {"city": "上海"}, "unset": {"plan": True}},
        )
    ]  # fmt: skip


def test_apps() -> None:
    event = {
        "name": "screen_view",
        "params": {"screen_name": "首页"},
        "timestamp_micros": 1795300797000000,
    }
    told = tell(
        "/mp/collect?firebase_app_id=1:2&api_secret=K&app_instance_id=a1", {"events": [event]}
    )
    message = told.messages[0]
    assert (message.ids, message.context) == ((("device", "a1"),), {"screen": "首页"})
    assert message.at == 1795300797000000


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"name": ""}, "intake.no_event"),
        ({"name": "1st"}, "intake.bad_name"),
        ({"name": "a b"}, "intake.bad_name"),
        ({"name": "ga_x"}, "intake.bad_name"),
        ({"name": "x" * 41}, "intake.bad_name"),
        ({"name": "x", "params": {"firebase_x": 1}}, "intake.bad_name"),
        ({"name": "x", "params": {"p" * 41: 1}}, "intake.bad_name"),
        ({"name": "x", "params": {"p": "v" * 501}}, "intake.bad_value"),
        ({"name": "x", "params": {"page_location": "v" * 1001}}, "intake.bad_value"),
        ({"name": "x", "params": {f"p{n}": n for n in range(26)}}, "intake.too_many"),
        ({"name": "x", "params": 5}, "intake.bad_value"),
        ({"name": "x", "timestamp_micros": "?"}, "intake.bad_time"),
    ],
)
def test_limits(event: dict[str, Any], code: str) -> None:
    assert send(event, {"name": "fine"}).faults == [code, ""]


def test_limits_of_requests() -> None:
    assert send(*[{"name": "x"}] * 26).faults == [""] * 25 + ["intake.too_many"]
    assert send({"name": "x"}, user_properties={"a": {"value": "v" * 37}}).faults == [
        "intake.bad_value"
    ]
    assert send({"name": "x", "params": {"p": "v" * 133_200}}).refused == "intake.too_large"
    assert tell(PATH, {"client_id": "c1"}).refused == "intake.bad_value"
    assert tell(PATH, {"events": [{"name": "x"}]}).faults == ["intake.no_person"]


def test_debugging() -> None:
    told = send({"name": "fine"}, {"name": "1st"}, path=DEBUG)
    assert (told.key, told.items) == ("K", [])
    complaint = told.said["validationMessages"][0]
    assert (complaint["fieldPath"], complaint["validationCode"]) == ("events[1]", "NAME_INVALID")
    assert send({"name": "fine"}, path=DEBUG).said == {"validationMessages": []}
    assert tell(DEBUG, b"{").said["validationMessages"][0]["validationCode"] == "VALUE_INVALID"


def test_tag() -> None:
    query = (
        "v=2&tid=G-1&cid=c1&uid=u1&sid=99&ul=zh-cn&dl=https%3A%2F%2Fx.cn%2Fa&dt=%E7%94%B2"
        "&en=view_item&ep.color=red&epn.value=3&up.city=%E4%B8%8A%E6%B5%B7&upn.age=30"
        "&pr1=idsku1~nm%E8%8C%B6~pr9.5~qt2&_p=1&_dbg=1"
    )
    told = tell(f"/g/collect?{query}", method="GET", user_agent="Mozilla/5.0 (X)")
    assert (told.key, told.reply.status) == ("G-1", 204)
    message = told.messages[0]
    assert (message.event, message.ids) == ("view_item", (("user_id", "u1"), ("device", "c1")))
    assert message.properties == {
        "page_location": "https://x.cn/a", "page_title": "甲", "language": "zh-cn",
        "session_id": "99", "color": "red", "value": 3,
        "items": [{"item_id": "sku1", "item_name": "茶", "price": 9.5, "quantity": 2}],
    }  # fmt: skip
    assert message.changes == {"set": {"city": "上海", "age": 30}}
    assert message.context == {
        "page_url": "https://x.cn/a", "page_path": "/a", "page_title": "甲", "language": "zh-cn",
        "session_id": "99", "user_agent": "Mozilla/5.0 (X)",
    }  # fmt: skip


def test_tag_with_several_events() -> None:
    body = "en=page_view&_et=5\r\nen=scroll&epn.percent_scrolled=90&dl=https%3A%2F%2Fx.cn%2Fb"
    told = tell("/g/collect?v=2&tid=G-1&cid=c1&dl=https%3A%2F%2Fx.cn%2Fa", body.encode())
    assert [(m.event, m.context["page_path"]) for m in told.messages] == [
        ("page_view", "/a"),
        ("scroll", "/b"),
    ]
    assert told.messages[1].properties["percent_scrolled"] == 90
