"""The calls of the Segment spec, as Segment, RudderStack and Jitsu speak it: identify, track and so on."""

from __future__ import annotations

from typing import Any

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message, correct
from qunxiang.sources.protocols.envelopes import (
    KILOBYTE,
    Envelope,
    find_agent,
    find_key,
    name_items,
    open_envelope,
    tell,
)
from qunxiang.sources.protocols.surroundings import surround
from qunxiang.sources.protocols.traits import find_contacts, name_fields, write_changes
from qunxiang.sources.protocols.values import (
    as_list,
    as_object,
    as_text,
    list_ids,
    take_object,
    take_sent,
    take_time,
)
from qunxiang.sources.protocols.wire import Reading, Request, parse_object

LARGEST = 32 * KILOBYTE  # bytes of one call
_BESIDES = ("writeKey", "sentAt", "context")

# Types of `context.externalIds`, and what they are here. Ids of other systems are nobody's.
_EXTERNAL = {
    "user_id": "user_id",
    "email": "email",
    "phone": "phone",
    "openid": "openid",
    "unionid": "unionid",
    "anonymous_id": "device",
    "android.id": "device",
    "android.idfa": "device",
    "ios.id": "device",
    "ios.idfa": "device",
}

_PLAIN = {
    "ip": "ip",
    "userAgent": "user_agent",
    "locale": "language",
    "timezone": "time_zone",
    "sessionId": "session_id",
}
_INSIDE = {
    "page": {
        "url": "page_url", "path": "page_path", "title": "page_title", "referrer": "referrer",
    },
    "campaign": {
        "name": "utm_campaign", "source": "utm_source", "medium": "utm_medium",
        "term": "utm_term", "content": "utm_content",
    },
    "os": {"name": "os", "version": "os_version"},
    "device": {"type": "device_type", "model": "device_model", "manufacturer": "device_brand"},
    "app": {"name": "app_name", "version": "app_version"},
    "library": {"name": "library", "version": "library_version"},
    "location": {"country": "country", "region": "province", "city": "city"},
}  # fmt: skip


class _Call(msgspec.Struct, rename="camel"):
    message_id: str | int | float | None = None


_call = msgspec.json.Decoder(_Call).decode


def name_call(raw: bytes) -> str:
    """Return the messageId of a call."""
    return as_text(_call(raw).message_id)


def read_calls(text: bytes, request: Request, call: str = "", anonymous: str = "") -> Reading:
    """Read one call, or a batch of them.

    Args:
        text: the JSON.
        request: what it came in.
        call: what a lone call is if it does not say so itself.
        anonymous: the anonymous id of those that give none.

    Raises:
        QunxiangError: intake.*, if nothing of it can be read.
    """
    envelope: Envelope = open_envelope(text, "batch", _BESIDES)
    said = envelope.said
    key = find_key(request, said.get("writeKey"), names=("writeKey", "write_key"))
    name_items(envelope.items, name_call, LARGEST)
    about = tell(
        type=call,
        sent=None if envelope.lone else take_sent(said.get("sentAt")),
        context=None if envelope.lone else as_object(said.get("context")),
        anonymous=anonymous,
        agent=find_agent(request),
    )
    return Reading(key=key, items=envelope.items, about=about)


def translate_call(raw: bytes, about: bytes, received: int) -> Message:
    """Translate one call.

    Raises:
        QunxiangError: intake.*, if it breaks the spec.
    """
    said = parse_object(raw)
    facts = parse_object(about) if about else {}
    context = {**as_object(facts.get("context")), **as_object(said.get("context"))}
    kind = as_text(said.get("type"), facts.get("type"))
    sent = take_sent(said.get("sentAt"), facts.get("sent"))
    at = correct(take_time(said.get("originalTimestamp"), said.get("timestamp")), sent, received)
    ids = _find_ids(said, context, as_text(facts.get("anonymous")))
    name = as_text(said.get("messageId"))
    match kind:
        case "identify":
            return _identify(Message(kind="profile", id=name, at=at, ids=ids), said, context)
        case "track" | "page" | "screen":
            properties, event = _name_event(kind, said)
            surroundings = _surround(context, properties if kind == "page" else {}, facts)
            if kind == "screen":
                surroundings.setdefault("screen", as_text(said.get("name")))
            _require(ids)
            return Message(
                kind="event", id=name, at=at, ids=ids, event=event, properties=properties,
                context={n: v for n, v in surroundings.items() if v},
            )  # fmt: skip
        case "group":
            return _group(Message(kind="group", id=name, at=at, ids=ids), said)
        case "alias" | "merge":
            return _link(Message(kind="link", id=name, at=at, ids=ids), said)
        case _:
            raise QunxiangError("intake.bad_value", name="type")


def _identify(message: Message, said: dict[str, Any], context: dict[str, Any]) -> Message:
    traits = {**as_object(context.get("traits")), **take_object(said, "traits")}
    changes = write_changes({"set": traits})
    ids = list_ids(*message.ids, *find_contacts(changes.get("set", {})))
    _require(ids)
    return msgspec.structs.replace(message, ids=ids, changes=changes)


def _name_event(kind: str, said: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return an event's properties and name; what a page is called says something, so it stays."""
    properties = take_object(said, "properties")
    if kind == "track":
        event = as_text(said.get("event"))
        if not event:
            raise QunxiangError("intake.no_event")
        return properties, event
    for name in ("name", "category"):
        if as_text(said.get(name)):
            properties.setdefault(name, said[name])
    return properties, f"{kind}_view"


def _group(message: Message, said: dict[str, Any]) -> Message:
    """Say something about a group, and that the person is in it; the spec knows one type only."""
    key = as_text(said.get("groupId"))
    if not key:
        raise QunxiangError("intake.bad_value", name="groupId")
    changes = write_changes({"set": take_object(said, "traits")})
    return msgspec.structs.replace(message, changes=changes, group=("group", key))


def _link(message: Message, said: dict[str, Any]) -> Message:
    """Join ids: the previous one of an alias is anonymous; a merge names its types."""
    pairs: list[tuple[str, object]] = [*message.ids, ("device", said.get("previousId"))]
    for one in map(as_object, as_list(said.get("mergeProperties"))):
        kind = as_text(one.get("type"))
        pairs.append(({"mobile": "phone"}.get(kind) or _EXTERNAL.get(kind, ""), one.get("value")))
    ids = list_ids(*(pair for pair in pairs if pair[0]))
    if len(ids) < 2:
        raise QunxiangError("intake.no_person")
    return msgspec.structs.replace(message, ids=ids)


def _find_ids(
    said: dict[str, Any], context: dict[str, Any], anonymous: str
) -> tuple[tuple[str, str], ...]:
    """Return who is meant: the ids of the call, of the device, and those of other systems."""
    pairs: list[tuple[str, object]] = [
        ("user_id", said.get("userId")),
        ("device", as_text(said.get("anonymousId"), anonymous)),
    ]
    if "device" in context:
        pairs.append(("device", as_object(context["device"]).get("id")))
    for one in map(as_object, as_list(context.get("externalIds"))):
        kind = _EXTERNAL.get(as_text(one.get("type")))
        if kind and as_text(one.get("encoding")) in {"", "none"}:
            pairs.append((kind, one.get("id")))
    if "traits" in context:
        pairs += find_contacts(name_fields(as_object(context["traits"])))
    return list_ids(*pairs)


def _require(ids: tuple[tuple[str, str], ...]) -> None:
    if not ids:
        raise QunxiangError("intake.no_person")


def _surround(
    context: dict[str, Any], page: dict[str, Any], facts: dict[str, Any]
) -> dict[str, str]:
    found: dict[str, object] = {"user_agent": facts.get("agent")}
    for part, plain in _INSIDE["page"].items():
        found[plain] = page.get(part)
    for name, value in context.items():
        if name in _PLAIN:
            if as_text(value):
                found[_PLAIN[name]] = value
        elif name in _INSIDE and isinstance(value, dict):
            for part, plain in _INSIDE[name].items():
                if as_text(value.get(part)):
                    found[plain] = value[part]
    return surround(found)
