"""What holds for every protocol: recorded requests, broken ones, and whoever speaks several."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunxiang.errors import QunxiangError
from qunxiang.sources import BY_NAME, CONTEXT, SPOKEN, Request, find_speaker, judge
from tests.sources.speaking import RECEIVED, answer, form, request, tell

HERE = Path(__file__).parent
RECORDED = [
    json.loads(line)
    for line in (HERE / "recorded_requests.jsonl").read_text(encoding="utf-8").splitlines()
]


def as_request(recorded: dict[str, Any]) -> Request:
    headers = {name.lower(): value for name, value in recorded["headers"].items()}
    path, _, query = recorded["path"].partition("?")
    return Request(
        method=recorded["method"],
        path=path.rstrip("/"),
        query=query,
        headers=headers,
        body=recorded["body"].encode(),
        received=RECEIVED,
    )


def test_recorded_requests() -> None:
    """Every request of a real client says what the golden file says, with the key it was given."""
    found = []
    for recorded in RECORDED:
        told = answer(as_request(recorded))
        assert not any(told.faults)
        assert told.reply.status == 200
        said = [msgspec.to_builtins(message) for message in told.messages]
        found.append({"protocol": told.speaker.name, "key": told.key, "messages": said})
    golden = json.loads((HERE / "recorded_messages.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(found)) == golden


# ── one way of sending several messages for each protocol ────────────────────────────────────────
@dataclass(frozen=True)
class Way:
    """How a protocol sends a list: the path, and what stands around the messages."""

    path: str
    wrap: Callable[[bytes], bytes]
    good: Callable[[str, Any], dict[str, Any]]
    most: int = 0
    headers: tuple[tuple[str, str], ...] = ()

    def send(self, *messages: bytes) -> Request:
        body = self.wrap(b"[" + b",".join(messages) + b"]")
        return request(self.path, body, **dict(self.headers))


def inside(name: str, **besides: str) -> Callable[[bytes], bytes]:
    start = "".join(f'"{n}": {json.dumps(v)}, ' for n, v in besides.items())
    return lambda text: b"{" + start.encode() + f'"{name}": '.encode() + text + b"}"


def in_form(name: str, *, packed: bool) -> Callable[[bytes], bytes]:
    def wrap(text: bytes) -> bytes:
        data = base64.b64encode(gzip.compress(text) if packed else text).decode()
        return form(**{name: data, "gzip": str(int(packed))})

    return wrap


def call(event: str, value: Any) -> dict[str, Any]:
    return {
        "type": "track", "event": event, "userId": "u1", "messageId": "m1",
        "properties": {"value": value},
    }  # fmt: skip


WAYS = {
    "plain": Way(
        "/v1/events",
        inside("events", key="KEY"),
        lambda e, v: {"event": e, "id": "m1", "ids": {"user_id": "u1"}, "properties": {"value": v}},
    ),
    "segment": Way("/v1/batch", inside("batch", writeKey="KEY"), call, 32 << 10),
    "rudderstack": Way(
        "/v1/batch", inside("batch"), call, 32 << 10,
        (("authorization", "Basic S0VZOg=="), ("anonymousid", "YQ==")),
    ),
    "sensors": Way(
        "/sa?token=KEY",
        in_form("data_list", packed=True),
        lambda e, v: {
            "type": "track", "event": e, "distinct_id": "u1", "time": 1795300797228,
            "_track_id": 7, "properties": {"value": v, "$is_login_id": True},
        },
        512 << 10,
    ),
    "posthog": Way(
        "/batch/",
        inside("batch", api_key="KEY"),
        lambda e, v: {"event": e, "distinct_id": "u1", "uuid": "m1", "properties": {"value": v}},
        1 << 20,
    ),
    "ga4": Way(
        "/mp/collect?measurement_id=G-1&api_secret=KEY",
        inside("events", client_id="c1", user_id="u1"),
        lambda e, v: {"name": e, "params": {"value": v}},
    ),
    "snowplow": Way(
        "/com.snowplowanalytics.snowplow/tp2?key=KEY",
        inside("data", schema="iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"),
        lambda e, v: {"e": "se", "se_ca": "c", "se_ac": e, "se_va": v, "uid": "u1", "eid": "m1"},
        1 << 20,
    ),
    "mixpanel": Way(
        "/track",
        in_form("data", packed=False),
        lambda e, v: {
            "event": e,
            "properties": {"token": "KEY", "distinct_id": "u1", "$insert_id": "m1", "value": v},
        },
        1 << 20,
    ),
    "amplitude": Way(
        "/2/httpapi",
        inside("events", api_key="KEY"),
        lambda e, v: {
            "event_type": e, "user_id": "u1", "insert_id": "m1", "event_properties": {"value": v},
        },
        1 << 20,
    ),
    "jitsu": Way(
        "/api/s/s2s/batch", inside("batch", writeKey="***"), call, 32 << 10,
        (("x-write-key", "KEY:secret"),),
    ),
}  # fmt: skip
EACH = pytest.mark.parametrize("name", WAYS)
ALONE = {"customerio"}  # which sends one message at a time
STRICT = {"ga4", "sensors"}  # which allow no other names of events than these letters


def test_every_protocol_has_its_way() -> None:
    assert set(WAYS) | ALONE == {speaker.name for speaker in SPOKEN}


def values(told: Any) -> list[Any]:
    return [message.properties["value"] for message in told.messages]


@EACH
def test_the_same_person_and_key(name: str) -> None:
    """A user's id of any protocol is the same identifier; the key is found where it is shown."""
    way = WAYS[name]
    told = answer(way.send(json.dumps(way.good("purchase", "咖啡☕😀")).encode()))
    assert (told.speaker.name, told.key, told.faults) == (name, "KEY", [""])
    message = told.messages[0]
    assert ("user_id", "u1") in message.ids
    assert (message.kind, message.event, message.properties["value"]) == (
        "event", "purchase", "咖啡☕😀",
    )  # fmt: skip
    assert set(message.context) <= set(CONTEXT)
    assert message.id if name != "ga4" else not message.id


@EACH
def test_names_in_any_script(name: str) -> None:
    way = WAYS[name]
    told = answer(way.send(json.dumps(way.good("购买", 1)).encode()))
    if name in STRICT:
        assert told.faults == ["intake.bad_name"]
    else:
        assert told.messages[0].event == "购买"


@EACH
def test_a_broken_message_spoils_no_neighbour(name: str) -> None:
    way = WAYS[name]
    good = json.dumps(way.good("a", 1)).encode()
    hole = json.dumps(way.good("a", "HOLE")).encode()
    broken = (
        hole.replace(b'"HOLE"', b"NaN"),
        hole.replace(b'"HOLE"', b"1e999"),
        hole.replace(b"HOLE", b"\\ud83d"),
        hole.replace(b"HOLE", b"\xff\xfe"),
        b"5",
        b"null",
        b'"text"',
        b"[]",
        hole.replace(b'"HOLE"', b"[" * 40 + b"]" * 40),
    )
    for one in broken:
        if name == "plain" and b"1e999" in one:
            continue  # it looks no further than it must before it answers; the loader finds it
        told = answer(way.send(good, one, good))
        assert [bool(fault) for fault in told.faults] == [False, True, False], one
        assert [m.event for m in told.messages] == ["a", "a"]


@EACH
def test_a_message_that_is_too_large(name: str) -> None:
    way = WAYS[name]
    if not way.most:
        pytest.skip("the vendor limits requests, not messages")
    good = json.dumps(way.good("a", 1)).encode()
    large = json.dumps(way.good("a", ["x" * 8000] * (way.most // 8000 + 1))).encode()
    told = answer(way.send(good, large))
    assert told.faults == ["", "intake.too_large"]


@EACH
@pytest.mark.parametrize(
    "body", [b"{", b"{]", b'{"batch": [', b"[1,", b"\xff\xfe{", b'"', b"data=%"]
)
def test_bodies_that_cannot_be_read(name: str, body: bytes) -> None:
    told = answer(request(f"/{name}{WAYS[name].path}", body))
    assert told.refused.startswith("intake.")
    assert told.reply.status == 400
    assert told.refused in told.reply.body.decode()


@EACH
def test_packed_and_torn(name: str) -> None:
    way = WAYS[name]
    asked = way.send(json.dumps(way.good("a", 1)).encode())
    packed = gzip.compress(asked.body)
    whole = msgspec.structs.replace(asked, body=packed)
    assert [m.event for m in answer(whole).messages] == ["a"]
    torn = msgspec.structs.replace(asked, body=packed[:-12], path=f"/{name}{asked.path}")
    assert answer(torn).refused == "intake.bad_packing"
    if name != "plain":
        # A body that nobody unpacked is unpacked, or refused, by the protocol itself.
        speaker = BY_NAME[name]
        assert speaker.read(whole).items
        with pytest.raises(QunxiangError, match="torn"):
            speaker.read(torn)


@pytest.mark.parametrize("name", ["sensors", "posthog", "mixpanel"])
def test_fields_that_cannot_be_read(name: str) -> None:
    path = f"/{name}{WAYS[name].path}"
    assert tell(path, form(data="!!!")).refused == "intake.bad_base64"
    torn = base64.b64encode(gzip.compress(b'{"a":1}')[:-9]).decode()
    assert tell(path, form(data=torn)).refused == "intake.bad_packing"
    many = "&".join(f"a{n}=1" for n in range(3000)).encode()
    assert tell(path, b"data=e30%3D&" + many).refused == "intake.bad_form"


@EACH
def test_no_key_and_nobody(name: str) -> None:
    """A request without a key has none, and a message that names nobody is set aside."""
    way = WAYS[name]
    said = json.dumps(way.good("a", 1)).replace("KEY", "").replace("u1", "")
    asked = way.send(said.encode())
    bare = msgspec.structs.replace(
        asked,
        query="",
        headers={},
        path=f"/{name}{asked.path}",
        body=asked.body.replace(b"***", b"")
        .replace(b"KEY", b"")
        .replace(b"u1", b"")
        .replace(b"c1", b""),
    )
    told = answer(bare)
    assert told.key == ""
    assert told.faults == ["intake.no_person"]


@EACH
def test_nulls(name: str) -> None:
    """A null where an id or an object is expected says nothing."""
    way = WAYS[name]
    for field in ("anonymousId", "context", "$set", "user_properties", "identities", "co", "duid"):
        if name == "plain" and field != "context":
            continue
        said = {**way.good("a", None), field: None}
        if name == "plain":
            said["context"] = {"ip": None}
        told = answer(way.send(json.dumps(said).encode()))
        assert told.faults == [""]
        assert told.messages[0].properties.get("value") is None


@EACH
def test_a_thousand_at_once(name: str) -> None:
    way = WAYS[name]
    told = answer(way.send(*(json.dumps(way.good("a", n)).encode() for n in range(1000))))
    if name == "ga4":
        assert told.faults == [""] * 25 + ["intake.too_many"] * 975
    else:
        assert values(told) == list(range(1000))


# ── whatever comes, nothing but our own errors ───────────────────────────────────────────────────
NAMES = (
    "type", "event", "userId", "anonymousId", "context", "traits", "properties", "batch", "events",
    "data", "data_list", "timestamp", "sentAt", "sent_at", "time", "distinct_id", "identities",
    "lib", "$set", "$unset", "$groups", "name", "params", "user_properties", "client_id", "e",
    "ue_pr", "co", "schema", "event_type", "groups", "user_id", "page", "url", "externalIds",
    "mergeProperties", "library", "messageId", "uuid", "$distinct_id", "$add", "item_id", "options",
)  # fmt: skip
WORDS = (
    "track", "identify", "group", "alias", "merge", "page", "screen", "$identify", "$create_alias",
    "$groupidentify", "$merge_dangerously", "$merge", "ue", "se", "pv", "profile_set", "item_set",
    "track_id_bind", "profile_append", "https://[x", "2026-13-45", "{", "e30", "iglu:a/b/c/d",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=6),
    max_leaves=30,
)  # fmt: skip
PATHS = [
    f"{before}{path.replace('*', 'x')}"
    for speaker in SPOKEN
    for path in speaker.paths
    for before in (f"/{speaker.name}", "")
]


def speak(asked: Request) -> None:
    """Do all that the intake and the loader do; only our own errors may come of it."""
    speaker = find_speaker(asked)
    assert speaker is not None
    try:
        reading = speaker.read(asked)
    except QunxiangError as error:
        refused = speaker.refuse(asked, error)
        ours = error.code.startswith("intake.")
    else:
        refused, ours = None, True
    assert ours
    if refused is not None:
        assert refused.status >= 200
        return
    judge(speaker, reading, asked.received)
    for item in reading.items:
        assert item.fault.startswith("intake.") or not item.fault
        if item.fault and speaker.judged:
            continue  # its translation counts on what was judged
        try:
            message = speaker.translate(item.raw, reading.about, asked.received)
        except QunxiangError:
            continue
        assert set(message.context) <= set(CONTEXT)
        assert all(isinstance(part, str) and part for pair in message.ids for part in pair)
        msgspec.json.encode(message)
    speaker.reply(asked, [item.fault for item in reading.items])


@settings(max_examples=400)
@given(st.sampled_from(PATHS), JSON, st.sampled_from(["as it is", "form", "packed", "query"]))
def test_any_json(path: str, value: Any, how: str) -> None:
    body, query = json.dumps(value).encode("utf-8", "surrogatepass"), ""
    if how in {"form", "packed"}:
        packed = gzip.compress(body) if how == "packed" else body
        body = form(data=base64.b64encode(packed).decode())
    elif how == "query" and isinstance(value, dict):
        safe = {str(n).encode("utf-8", "replace").decode(): str(v) for n, v in value.items()}
        body, query = b"", "&".join(f"{n}={v}" for n, v in safe.items())
    speak(Request(method="POST", path=path, query=query, body=body, received=RECEIVED))


@settings(max_examples=200)
@given(st.sampled_from(list(WAYS)), st.lists(JSON, max_size=4))
def test_any_messages(name: str, messages: list[Any]) -> None:
    asked = WAYS[name].send(*(json.dumps(one).encode() for one in messages))
    speak(asked)


@settings(max_examples=200)
@given(st.sampled_from(PATHS), st.binary(max_size=60), st.text(max_size=20), st.binary(max_size=30))
def test_any_bytes(path: str, body: bytes, query: str, shown: bytes) -> None:
    headers = {
        "authorization": f"Basic {base64.b64encode(shown).decode()}",
        "anonymousid": shown.decode("latin-1"),
        "cookie": f"sp={shown.decode('latin-1')}",
        "user-agent": "Mozilla/5.0",
    }
    speak(Request(method="GET", path=path, query=query, headers=headers, body=body, received=1))


@settings(max_examples=200)
@given(st.sampled_from([one.name for one in SPOKEN if not one.judged]), JSON, st.binary(max_size=9))
def test_any_message_and_surroundings(name: str, value: Any, torn: bytes) -> None:
    """The loader may meet bytes that a later version reads otherwise."""
    raw = json.dumps(value).encode()
    for about in (b"", b"{}", b'{"sent": "x", "context": 5, "type": 3}', torn):
        with contextlib.suppress(QunxiangError):
            BY_NAME[name].translate(raw, about, RECEIVED)
