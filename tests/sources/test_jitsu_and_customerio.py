"""Jitsu, which speaks as Segment does elsewhere, and Customer.io, one message at a time."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from qunxiang.sources import Message
from tests.sources.speaking import tell

SITE = f"Basic {base64.b64encode(b'KEY:secret').decode()}"


@pytest.mark.parametrize("where", ["", "s2s/"])
def test_jitsu(where: str) -> None:
    call = {
        "event": "买",
        "userId": "u1",
        "anonymousId": "a1",
        "messageId": "m1",
        "writeKey": "***",
    }
    told = tell(f"/api/s/{where}track", call, x_write_key="KEY:secret")
    assert (told.speaker.name, told.key, told.said) == ("jitsu", "KEY", {"ok": True})
    message = told.messages[0]
    assert (message.id, message.event, message.ids) == (
        "m1", "买", (("user_id", "u1"), ("device", "a1")),
    )  # fmt: skip


def customer(rest: str, body: Any = b"", method: str = "PUT") -> Any:
    return tell(f"/api/v1/{rest}", body, method=method, authorization=SITE)


def test_the_recorded_request() -> None:
    told = customer("customers/u1", {"email": "x"})
    assert (told.key, told.said) == ("KEY", {})
    assert told.messages == [
        Message(kind="profile", ids=(("user_id", "u1"),), changes={"set": {"email": "x"}})
    ]


@pytest.mark.parametrize(
    ("rest", "body", "method", "message"),
    [
        (
            "customers/a%40b.c",
            {"id": "u1", "created_at": 1500000000, "anonymous_id": "d1", "城市": "上海", "x": None},
            "PUT",
            Message(
                kind="profile",
                ids=(("email", "a@b.c"), ("user_id", "u1"), ("device", "d1")),
                changes={
                    "set": {"registered_at": 1500000000, "城市": "上海"}, "unset": {"x": True},
                },
            ),
        ),
        (
            "customers/u1/events",
            {"name": "买", "id": "m1", "data": {"价": 3}, "timestamp": 1795300797},
            "POST",
            Message(
                kind="event", id="m1", at=1795300797000000, ids=(("user_id", "u1"),), event="买",
                properties={"价": 3},
            ),
        ),
        (
            "customers/u1/events",
            {"name": "https://x.cn/a?utm_source=wx", "type": "page"},
            "POST",
            Message(
                kind="event", ids=(("user_id", "u1"),), event="page_view",
                properties={"name": "https://x.cn/a?utm_source=wx"},
                context={
                    "page_url": "https://x.cn/a?utm_source=wx", "page_path": "/a",
                    "utm_source": "wx",
                },
            ),
        ),
        (
            "events",
            {"name": "e", "anonymous_id": "d1"},
            "POST",
            Message(kind="event", ids=(("device", "d1"),), event="e"),
        ),
        (
            "customers/u1/devices",
            {"device": {"id": "d1", "platform": "ios"}},
            "PUT",
            Message(kind="link", ids=(("user_id", "u1"), ("device", "d1"))),
        ),
        (
            "customers/u1/devices/d1",
            b"",
            "DELETE",
            Message(kind="unlink", ids=(("user_id", "u1"), ("device", "d1"))),
        ),
        (
            "merge_customers",
            {"primary": {"id": "u1"}, "secondary": {"email": "a@b.c"}},
            "POST",
            Message(kind="link", ids=(("user_id", "u1"), ("email", "a@b.c"))),
        ),
        (
            "customers/u1", b"", "DELETE",
            Message(kind="profile", ids=(("user_id", "u1"),), changes={"delete": {}}),
        ),
        (
            "customers/u1/suppress", b"", "POST",
            Message(kind="profile", ids=(("user_id", "u1"),), changes={"delete": {}}),
        ),
        ("customers/u1/unsuppress", b"", "POST", Message(kind="none")),
    ],
)  # fmt: skip
def test_customerio(rest: str, body: Any, method: str, message: Message) -> None:
    told = customer(rest, body, method)
    assert (told.key, told.messages, told.reply.status) == ("KEY", [message], 200)


@pytest.mark.parametrize(
    ("rest", "body", "code"),
    [
        ("customers/u1/events", {"name": ""}, "intake.no_event"),
        ("customers/u1/events", {"name": "e", "data": 5}, "intake.bad_value"),
        ("events", {"name": "e"}, "intake.no_person"),
        ("customers/u1/devices", {}, "intake.no_person"),
        ("merge_customers", {"primary": {"id": "u1"}}, "intake.no_person"),
        ("customers/u1", {"x": ["y" * 8000] * 13}, "intake.too_large"),
    ],
)
def test_faults_of_customerio(rest: str, body: Any, code: str) -> None:
    told = customer(rest, body, "POST")
    assert told.faults == [code]
    assert (told.reply.status, told.said) == (400, {"meta": {"error": code}})


def test_a_broken_body_of_customerio() -> None:
    told = customer("customers/u1", b"{")
    assert told.refused == "intake.bad_json"
    assert told.said["meta"]["error"].endswith("(intake.bad_json)")
