"""Records of Sensors Analytics: what they mean, and the rules they keep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Change, Message, correct
from qunxiang.sources.protocols.surroundings import move_reserved, surround
from qunxiang.sources.protocols.traits import find_contacts, write_changes
from qunxiang.sources.protocols.values import (
    as_object,
    as_text,
    list_ids,
    take_object,
    take_sent,
    take_time,
)
from qunxiang.sources.protocols.wire import parse_object

_NAME = re.compile(r"[a-zA-Z_$][a-zA-Z\d_$]{0,99}")
_RESERVED = re.compile(
    r"(?i)distinct_id|original_id|time|properties|id|first_id|second_id|users|events|event"
    r"|event_id|device_id|user_id|date|datetime|(user_group|user_tag).*"
)
_LONGEST = 8191  # characters of a text
_LONGEST_ID = 255

_EVENTS = {
    "$pageview": "page_view",
    "$AppViewScreen": "screen_view",
    "$MPViewScreen": "screen_view",
}
_CHANGES: dict[str, Change] = {
    "profile_set": "set",
    "profile_set_once": "once",
    "profile_increment": "add",
    "profile_append": "append",
    "profile_unset": "unset",
    "profile_delete": "delete",
}
_IDENTITIES = {
    "$identity_login_id": "user_id",
    "$identity_mobile": "phone",
    "$identity_email": "email",
    "$identity_mp_id": "openid",
    "$identity_mp_openid": "openid",
    "$identity_mp_unionid": "unionid",
    "$identity_unionid": "unionid",
}
_SURROUNDINGS = {
    "$url": "page_url",
    "$url_path": "page_path",
    "$title": "page_title",
    "$referrer": "referrer",
    "$screen_name": "screen",
    "$utm_source": "utm_source",
    "$utm_medium": "utm_medium",
    "$utm_campaign": "utm_campaign",
    "$utm_term": "utm_term",
    "$utm_content": "utm_content",
    "$ip": "ip",
    "$user_agent": "user_agent",
    "$browser_language": "language",
    "$event_session_id": "session_id",
    "$os": "os",
    "$os_version": "os_version",
    "$model": "device_model",
    "$brand": "device_brand",
    "$manufacturer": "device_brand",
    "$browser": "browser",
    "$app_name": "app_name",
    "$app_version": "app_version",
    "$lib": "library",
    "$lib_version": "library_version",
    "$country": "country",
    "$province": "province",
    "$city": "city",
}


class _Name(msgspec.Struct, rename={"track": "_track_id"}):
    track: str | int | float | None = None
    time: str | int | float | None = None
    distinct_id: str | int | float | None = None


_name = msgspec.json.Decoder(_Name).decode


def name_record(raw: bytes) -> str:
    """Return what a record is called: its `_track_id`, with its time and whose it is."""
    said = _name(raw)
    return _join(said.track, said.time, said.distinct_id)


def _join(track: object, time: object, distinct: object) -> str:
    number = as_text(track)
    return f"{number}-{as_text(time)}-{as_text(distinct)}" if number else ""


def translate_record(raw: bytes, about: bytes, received: int) -> Message:
    """Translate one record.

    Raises:
        QunxiangError: intake.*, if it breaks the rules.
    """
    said = parse_object(raw)
    facts = parse_object(about) if about else {}
    kind = as_text(said.get("type"))
    properties = take_object(said, "properties")
    time = properties.pop("$time", None)
    for lifted in ("$project", "$token"):
        properties.pop(lifted, None)
    _check_properties(properties)
    message = Message(
        kind="none",
        id=_join(said.get("_track_id"), said.get("time"), said.get("distinct_id")),
        at=_find_time(said, time, received),
    )
    if kind in {"item_set", "item_delete"}:
        return _item(message, kind, said, properties)
    login = properties.pop("$is_login_id", None) is True
    ids = _find_ids(said, kind, login=login)
    if not ids:
        raise QunxiangError("intake.no_person")
    message = msgspec.structs.replace(message, ids=ids)
    return _person(message, kind, said, properties, facts)


def _person(
    message: Message,
    kind: str,
    said: dict[str, Any],
    properties: dict[str, Any],
    facts: Mapping[str, Any],
) -> Message:
    """Translate a record about a person: an event, a change, a bond."""
    change = _CHANGES.get(kind)
    if change is not None:
        kept = {n: v for n, v in properties.items() if v is not None} if change != "unset" else None
        changes = write_changes({change: properties if kept is None else kept})
        contacts = find_contacts(changes.get("set", {}))
        ids = list_ids(*message.ids, *contacts)
        return msgspec.structs.replace(message, kind="profile", ids=ids, changes=changes)
    if kind in {"track_id_bind", "track_id_unbind"}:
        return msgspec.structs.replace(message, kind="link" if kind[9:] == "bind" else "unlink")
    if kind not in {"track", "track_signup"}:
        raise QunxiangError("intake.bad_value", name="type")
    event = as_text(said.get("event")) or ("$SignUp" if kind == "track_signup" else "")
    if not event:
        raise QunxiangError("intake.no_event")
    _check_name(event)
    lib = as_object(said.get("lib"))
    found = {"user_agent": facts.get("agent"), "library": lib.get("$lib")}
    found |= {"library_version": lib.get("$lib_version"), "app_version": lib.get("$app_version")}
    found |= move_reserved(properties, _SURROUNDINGS)
    return msgspec.structs.replace(
        message,
        kind="event",
        event=_EVENTS.get(event, event),
        properties=properties,
        context=surround(found),
    )


def _item(message: Message, kind: str, said: dict[str, Any], properties: dict[str, Any]) -> Message:
    group = (as_text(said.get("item_type")), as_text(said.get("item_id")))
    _check_name(group[0])
    if not 0 < len(group[1]) <= _LONGEST_ID:
        raise QunxiangError("intake.bad_value", name="item_id")
    changes = write_changes({"delete": {}}) if kind == "item_delete" else {}
    return msgspec.structs.replace(
        message, kind="item", group=group, properties=properties, changes=changes
    )


def _find_time(said: dict[str, Any], time: object, received: int) -> int | None:
    """Return when it happened; what is brought in later (`time_free`) is not corrected."""
    at = take_time(time, said.get("time"))
    free = said.get("time_free") is True
    return at if free else correct(at, take_sent(said.get("_flush_time")), received)


def _find_ids(said: dict[str, Any], kind: str, *, login: bool) -> tuple[tuple[str, str], ...]:
    """Return who is meant.

    A distinct id is a user's if it says so, or if it is the login id; else it is a device's. With
    identities it repeats one of them (`key+value`), unless it is a login id itself.
    """
    distinct = as_text(said.get("distinct_id"))
    if len(distinct) > _LONGEST_ID:
        raise QunxiangError("intake.bad_value", name="distinct_id")
    pairs: list[tuple[str, object]] = [("user_id", said.get("login_id"))]
    identities = as_object(said.get("identities"))
    for name, value in identities.items():
        pairs += _identify(name, value)
    name, plus, value = distinct.partition("+")
    if login or kind == "track_signup":
        if not plus or name not in identities:
            pairs.append(("user_id", distinct))
    elif plus and name.startswith("$identity_"):
        pairs += _identify(name, value)
    elif distinct not in {as_text(v) for v in (*identities.values(), said.get("login_id"))}:
        pairs.append(("device", distinct))
    pairs += [("device", said.get("anonymous_id")), ("device", said.get("original_id"))]
    return list_ids(*pairs)


def _identify(name: str, value: object) -> list[tuple[str, object]]:
    """Return an identity as an identifier; one that a company made up keeps its name before it."""
    kind = _IDENTITIES.get(name)
    if kind is not None:
        return [(kind, value)]
    text = as_text(value)
    known = name.startswith("$identity_")
    return [("device", text if known or not text else f"{name}+{text}")]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
        raise QunxiangError("intake.bad_name", name=name[:100])


def _check_properties(properties: Mapping[str, Any]) -> None:
    """Refuse what the vendor refuses: other names, objects, long texts, lists of anything but texts."""
    for name, value in properties.items():
        _check_name(name)
        listed = isinstance(value, list)
        fits = all(isinstance(v, str) for v in value) if listed else not isinstance(value, dict)
        if not fits or (isinstance(value, str) and len(value) > _LONGEST):
            raise QunxiangError("intake.bad_value", name=name)
