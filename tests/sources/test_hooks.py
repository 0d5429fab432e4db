"""Web hooks: signatures as their senders make them, and what bodies become."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunxiang.catalog import read_definition
from qunxiang.errors import QunxiangError
from qunxiang.sources import BY_NAME, Hook, HookDefinition, Message, Request, verify
from qunxiang.sources.protocols.hook import find_value

NOW = 1_790_000_000
ORDER = {
    "id": 820982911946154508,
    "created_at": "2026-11-22T10:00:00+08:00",
    "customer": {"id": 7, "phone": "13812347001", "city": "杭州"},
    "total_price": "199.00",
    "line_items": [{"sku": "s1", "price": "99.50", "quantity": 2}],
}
MEANS: dict[str, Any] = {
    "event": "purchase",
    "at": "created_at",
    "id": "id",
    "ids": {"user_id": "customer.id", "phone": "customer.phone"},
    "properties": {"order_id": "id", "amount": "total_price", "first_sku": "line_items.0.sku"},
}
TOKEN = {"by": "token", "secrets": ["k"]}


def hook(signed: dict[str, Any] | None = None, **more: Any) -> HookDefinition:
    body = {"name": "shop", "signed": signed or TOKEN, **MEANS, **more}
    return read_definition(HookDefinition, body)


def request(body: bytes, query: str = "", at: int = NOW, **headers: str) -> Request:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Request(
        method="POST", path="/", query=query, headers=named, body=body, received=at * 1_000_000
    )


def mac(secret: str | bytes, body: bytes) -> bytes:
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, body, hashlib.sha256).digest()


def check(signed: dict[str, Any], secrets: list[str], asked: Request) -> str:
    """Return the code by which a request is refused; empty if it is not."""
    try:
        verify(hook(signed).signed, secrets, asked)
    except QunxiangError as error:
        return error.code
    return ""


def read(definition: HookDefinition, body: Any, **headers: str) -> list[Message | str]:
    """Return what comes of a body: messages, and the codes of those that cannot be used."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    reading = Hook(definition).read(request(raw, **headers))
    out: list[Message | str] = []
    for item in reading.items:
        try:
            # The loader knows nothing of the definition: what it means lies beside the message.
            said = BY_NAME["hook"].translate(item.raw, reading.about, NOW)
            out.append(item.fault or said)
        except QunxiangError as error:
            out.append(item.fault or error.code)
    return out


# ── signatures ───────────────────────────────────────────────────────────────────────────────────


def test_the_example_of_github() -> None:
    signed = {"by": "hmac", "header": "X-Hub-Signature-256", "prefix": "sha256=", "secrets": ["k"]}
    # From GitHub's documentation, "Validating webhook deliveries".
    shown = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    asked = request(b"Hello, World!", X_Hub_Signature_256=shown)
    assert not check(signed, ["It's a Secret to Everybody"], asked)
    assert check(signed, ["another"], asked) == "intake.hook_unsigned"
    for wrong in ("", "sha256=", "sha1=00", shown[7:], shown[:-1], shown + "0", "sha256=é"):
        asked = request(b"Hello, World!", X_Hub_Signature_256=wrong)
        assert check(signed, ["It's a Secret to Everybody"], asked) == "intake.hook_unsigned"


def test_the_example_of_standard_webhooks() -> None:
    # From the specification's own libraries.
    secret, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1_614_265_330
    shown = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    body, signed = b'{"test": 2432232314}', {"by": "standard", "secrets": ["k"]}

    def asked(received: int, signature: str = shown) -> Request:
        named = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": str(at)}
        return request(body, "", received, **named, **{"webhook-signature": signature})

    assert not check(signed, [secret], asked(at))
    assert not check(signed, [secret], asked(at + 300, f"v1a,xx v1,AAAA {shown}"))
    assert check(signed, [secret], asked(at + 301)) == "intake.hook_stale"
    assert check(signed, [secret], asked(at - 301)) == "intake.hook_stale"
    assert check(signed, ["whsec_AAAA"], asked(at)) == "intake.hook_unsigned"


def test_times_and_rotation() -> None:
    signed = {"by": "timestamp", "secrets": ["old", "new"]}
    body = b'{"id": "evt_1"}'
    for secret in ("first", "second"):  # both are good while one takes the place of the other
        shown = f"t={NOW},v1={'00' * 32},v1={mac(secret, f'{NOW}.'.encode() + body).hex()},v0=x"
        asked = request(body, Stripe_Signature=shown)
        assert not check(signed, ["first", "second"], asked)
        assert check(signed, ["third"], asked) == "intake.hook_unsigned"
        late = request(body, "", NOW + 400, Stripe_Signature=shown)
        assert check(signed, ["first", "second"], late) == "intake.hook_stale"
        assert not check({**signed, "tolerance_seconds": 600}, ["second", "first"], late)
    # Without the signature the time is nobody's word.
    unsigned = request(body, "", NOW + 400, Stripe_Signature=f"t={NOW},v1={'00' * 32}")
    assert check(signed, ["first"], unsigned) == "intake.hook_unsigned"


def test_tokens() -> None:
    header = {"by": "token", "called": "Authorization", "prefix": "Bearer ", "secrets": ["k"]}
    assert not check(header, ["abc"], request(b"", Authorization="Bearer abc"))
    assert check(header, ["abc"], request(b"", Authorization="abc")) == "intake.hook_unsigned"
    query = {"by": "token", "where": "query", "called": "key", "secrets": ["k"]}
    assert not check(query, ["a b"], request(b"", "x=1&key=a%20b"))
    assert check(query, ["a b"], request(b"", "key=")) == "intake.hook_unsigned"
    assert check(query, [], request(b"", "key=")) == "intake.hook_unsigned"  # none is good


@given(body=st.binary(max_size=80), secret=st.text(min_size=1, max_size=20), at=st.data())
def test_any_other_byte_is_refused(body: bytes, secret: str, at: st.DataObject) -> None:
    signed = {"by": "hmac", "header": "X-Sign", "encoding": "base64", "secrets": ["k"]}
    shown = base64.b64encode(mac(secret, body)).decode()
    assert not check(signed, [secret], request(body, X_Sign=shown))
    place = at.draw(st.integers(0, len(body)))
    other = body[:place] + b"x" + body[place:]
    assert check(signed, [secret], request(other, X_Sign=shown)) == "intake.hook_unsigned"


# ── what bodies become ───────────────────────────────────────────────────────────────────────────


def test_an_order() -> None:
    (said,) = read(hook(), ORDER)
    assert isinstance(said, Message)
    assert said.event == "purchase"
    assert said.id == "820982911946154508"
    assert said.ids == (("user_id", "7"), ("phone", "13812347001"))
    assert said.at == 1_795_312_800_000_000
    assert said.properties == {
        "order_id": 820982911946154508,
        "amount": "199.00",
        "first_sku": "s1",
    }
    assert not said.changes


def test_both_and_everything_under_a_path() -> None:
    more = {"kind": "both", "fields": {"city": "customer.city"}, "all_under": "customer"}
    (said,) = read(hook(**more), ORDER)
    assert isinstance(said, Message)
    assert said.kind == "event"
    assert said.changes == {"set": {"city": "杭州"}}
    assert said.properties["phone"] == "13812347001"


def test_records_of_a_list_with_what_stands_above_them() -> None:
    means = {
        "records": "data.list",
        "event": "",
        "event_path": "type",
        "events": {"paid": "purchase", "ping": ""},
        "ids": {"phone": "who", "user_id": "$.data.account"},
        "id": "",
        "id_header": "X-Delivery",
        "at": "$.sent",
        "zone": "Asia/Shanghai",
        "properties": {"serial": "serial"},
    }
    body = b"""{"sent": "2026-11-22 10:00:00", "data": {"account": "a1", "list": [
      {"type": "paid", "who": "1", "serial": 12345678901234567890123}, {"type": "ping"},
      {"type": "other", "who": "2"}, {"who": "3"}, {"type": "paid", "who": "4"}, 5]}}"""
    first, ping, other, nameless, fourth, none = read(hook(**means), body, X_Delivery="d1")
    assert isinstance(first, Message)
    assert isinstance(other, Message)
    assert isinstance(ping, Message)
    assert isinstance(fourth, Message)
    assert (first.event, first.id, other.event, other.id) == ("purchase", "d1", "other", "d1#2")
    assert first.ids == (("phone", "1"), ("user_id", "a1"))
    assert first.at == 1_795_312_800_000_000
    assert ping.kind == "none"
    assert nameless == "intake.no_event"
    assert none == "intake.not_an_object"
    assert read(hook(**means), b'{"data": {}}') == []
    assert read(hook(**means), b'{"data": null}') == []
    assert read(hook(**means), b'{"data": {"list": {"a": 1}}}') == ["intake.no_records"]
    assert read(hook(**means), b'{"data": 5}') == ["intake.no_records"]


def test_the_same_content_has_the_same_id() -> None:
    means = hook(id="", kind="profile", event="", properties={}, fields={"city": "customer.city"})
    (first,), (again,), (other,) = (read(means, b) for b in (ORDER, ORDER, {**ORDER, "x": 1}))
    assert isinstance(first, Message)
    assert isinstance(again, Message)
    assert isinstance(other, Message)
    assert first.id == again.id != other.id
    assert first.kind == "profile"
    assert first.changes == {"set": {"city": "杭州"}}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "intake.bad_json"),
        (b"a=1&b=2", "intake.bad_json"),
        (b"[" * 40 + b"]" * 40, "intake.too_deep"),
        (b"[1]", "intake.not_an_object"),
        (b'{"customer": 5}', "intake.no_person"),
        (b'{"customer": {"id": 7}, "created_at": {}}', "intake.bad_time"),
    ],
)
def test_what_cannot_be_used_says_why(body: bytes, code: str) -> None:
    assert read(hook(), body) == [code]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"event": ""}, "event"),
        ({"event_path": "type"}, "event"),
        ({"kind": "profile", "fields": {"city": "c"}}, "profile"),
        ({"kind": "both"}, "fields"),
        ({"ids": {}}, "ids"),
        ({"zone": "Mars"}, "zone"),
        ({"properties": {"a b": "c"}}, "properties"),
        ({"signed": {"by": "hmac", "header": "X Y", "secrets": ["k"]}}, "header"),
        ({"signed": {"by": "standard", "secrets": []}}, "secrets"),
    ],
)
def test_definitions_that_cannot_be(wrong: dict[str, Any], field: str) -> None:
    body = {"name": "shop", "signed": TOKEN, **MEANS, **wrong}
    with pytest.raises(QunxiangError) as caught:
        read_definition(HookDefinition, body)
    assert caught.value.code == "catalog.invalid"
    assert field in str(caught.value)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda v: st.lists(v) | st.dictionaries(st.text(max_size=3), v),
    ),
    st.text(max_size=8),
)
def test_any_path_of_anything_is_something_or_nothing(document: Any, path: str) -> None:
    find_value(document, path)
