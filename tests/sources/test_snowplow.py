"""Snowplow: trackers' payloads, events that describe themselves, cookies."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from qunxiang.sources import Message
from tests.sources.speaking import RECEIVED, tell

TP2 = "/com.snowplowanalytics.snowplow/tp2"
ACME = "iglu:com.acme/order_paid/jsonschema/1-0-0"


def wrap(name: str, data: Any) -> str:
    schema = f"iglu:com.snowplowanalytics.snowplow/{name}/jsonschema/1-0-0"
    return json.dumps({"schema": schema, "data": data})


def send(*events: Any, **headers: str) -> Any:
    return tell(TP2, {"schema": "x", "data": list(events)}, **headers)


OWN = wrap("unstruct_event", {"schema": ACME, "data": {"金额": 39.9}})


@pytest.mark.parametrize("packed", [False, True])
def test_own_events(*, packed: bool) -> None:
    session = {
        "schema": "iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2",
        "data": {"userId": "app-1", "sessionId": "s1"},
    }
    beside = wrap("contexts", [session, None, 5])
    event = {
        "e": "ue", "eid": "i1", "aid": "K", "uid": "u1", "duid": "d1", "tv": "js-4",
        "dtm": "1795300797252", "stm": "1795300798252", "url": "https://x.cn/a?utm_source=wx",
        "lang": "zh-CN", "tz": "Asia/Shanghai",
    }  # fmt: skip
    if packed:
        event["ue_px"] = base64.urlsafe_b64encode(OWN.encode()).decode().rstrip("=")
        event["cx"] = base64.urlsafe_b64encode(beside.encode()).decode().rstrip("=")
    else:
        event |= {"ue_pr": OWN, "co": beside}
    told = send(event)
    assert (told.key, told.faults, told.reply.body) == ("K", [""], b"ok")
    assert told.messages == [
        Message(
            kind="event",
            id="i1",
            at=RECEIVED - 1_000_000,
            ids=(("user_id", "u1"), ("device", "d1"), ("device", "app-1")),
            event="order_paid",
            properties={"金额": 39.9, "$schema": ACME, "contexts": [session]},
            context={
                "page_url": "https://x.cn/a?utm_source=wx", "page_path": "/a", "utm_source": "wx",
                "language": "zh-CN", "time_zone": "Asia/Shanghai", "session_id": "s1",
                "library": "snowplow", "library_version": "js-4",
            },
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "name", "properties"),
    [
        ({"e": "pv"}, "page_view", {}),
        ({"e": "pp", "pp_may": "9"}, "page_ping", {"pp_may": "9"}),
        ({"e": "se", "se_ca": "店", "se_ac": "买"}, "买", {"category": "店", "action": "买"}),
        ({"e": "tr", "tr_id": "o1", "tr_tt": "9"}, "transaction", {"order_id": "o1", "total": "9"}),
        ({"e": "ti", "ti_sk": "s"}, "transaction_item", {"sku": "s"}),
    ],
)
def test_kinds(event: dict[str, Any], name: str, properties: dict[str, Any]) -> None:
    message = send({**event, "uid": "u1"}).messages[0]
    assert (message.event, message.properties) == (name, properties)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"e": "pv", "uid": None}, "intake.no_person"),
        ({"e": "xx", "uid": "u"}, "intake.bad_value"),
        ({"e": "se", "uid": "u"}, "intake.no_event"),
        ({"e": "ue", "uid": "u"}, "intake.bad_value"),
        ({"e": "ue", "uid": "u", "ue_pr": "{"}, "intake.bad_json"),
        ({"e": "ue", "uid": "u", "ue_pr": "[]"}, "intake.not_an_object"),
        ({"e": "ue", "uid": "u", "ue_px": "!!!"}, "intake.bad_base64"),
        ({"e": "pv", "uid": "u", "cx": "e3"}, "intake.bad_json"),
        ({"e": "pv", "uid": "u", "dtm": "x"}, "intake.bad_time"),
    ],
)
def test_faults(event: dict[str, Any], code: str) -> None:
    assert send(event, {"e": "pv", "uid": "u"}).faults == [code, ""]


def test_true_time() -> None:
    assert send({"e": "pv", "uid": "u", "ttm": "1795300000000", "stm": "1"}).messages[0].at == (
        1795300000000000
    )


def test_get() -> None:
    told = tell("/i?e=pv&uid=u1&aid=K&page=%E9%A6%96%E9%A1%B5%F0%9F%98%80", method="GET")
    assert (told.key, told.reply.type) == ("K", "image/gif")
    assert told.messages[0].context["page_title"] == "首页😀"


def test_a_key_in_the_query_comes_first() -> None:
    event = {"e": "pv", "uid": "u1", "aid": "shop"}
    assert tell(f"{TP2}?key=K", {"data": [event]}).key == "K"
    assert tell(TP2, {"data": [event]}).key == "shop"


def test_iglu() -> None:
    path = f"/com.snowplowanalytics.iglu/v1?schema={ACME}&aid=K&uid=u1"
    posted = tell(path, {"n": 1})
    assert (posted.key, posted.messages[0].event) == ("K", "order_paid")
    assert posted.messages[0].properties == {"n": 1, "$schema": ACME}
    fetched = tell(f"{path}&n=1", method="GET")
    assert fetched.messages[0].properties == {"n": "1", "$schema": ACME}
    whole = tell("/com.snowplowanalytics.iglu/v1?uid=u1", {"schema": ACME, "data": {"n": 1}})
    assert whole.messages[0].properties == {"n": 1, "$schema": ACME}


def test_cookies() -> None:
    """A browser is known by the cookie it brings back, not by the one it was just given."""
    first = send({"e": "pv", "uid": "u1"})
    cookie = dict(first.reply.headers)["Set-Cookie"].partition(";")[0]
    assert first.messages[0].ids == (("user_id", "u1"),)
    second = send({"e": "pv", "uid": "u1"}, cookie=f"a=b; {cookie}")
    assert second.messages[0].ids == (("user_id", "u1"), ("device", cookie.partition("=")[2]))
    assert dict(second.reply.headers)["Set-Cookie"].startswith(cookie)
    hidden = send({"e": "pv", "uid": "u1"}, cookie=cookie, sp_anonymous="*")
    assert hidden.messages[0].ids == (("user_id", "u1"),)
    assert hidden.reply.headers == ()
    torn = send({"e": "pv", "uid": "u1"}, cookie="sp=short; \x01")
    assert torn.messages[0].ids == (("user_id", "u1"),)
