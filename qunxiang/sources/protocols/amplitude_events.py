"""Events of Amplitude, and what they change of people and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Change, Message, correct
from qunxiang.sources.protocols.surroundings import surround
from qunxiang.sources.protocols.traits import find_contacts, write_changes
from qunxiang.sources.protocols.values import (
    as_list,
    as_object,
    as_text,
    list_ids,
    take_object,
    take_sent,
    take_time,
)
from qunxiang.sources.protocols.wire import parse_object

_EVENTS = {"[Amplitude] Page Viewed": "page_view", "[Amplitude] Screen Viewed": "screen_view"}
_CHANGES: dict[str, Change] = {
    "$set": "set",
    "$setOnce": "once",
    "$add": "add",
    "$append": "append",
    "$prepend": "append",
    "$preInsert": "union",
    "$postInsert": "union",
    "$remove": "remove",
    "$unset": "unset",
}
_CLEAR = "$clearAll"
_REVENUE = ("price", "quantity", "revenue", "productId", "revenueType", "currency")
_PAGE = {
    "[Amplitude] Page URL": "page_url",
    "[Amplitude] Page Location": "page_url",
    "[Amplitude] Page Path": "page_path",
    "[Amplitude] Page Title": "page_title",
    "referrer": "referrer",
    "[Amplitude] Screen Name": "screen",
}
_SURROUNDINGS = {
    "language": "language",
    "session_id": "session_id",
    "os_name": "os",
    "os_version": "os_version",
    "platform": "device_type",
    "device_model": "device_model",
    "device_brand": "device_brand",
    "device_manufacturer": "device_brand",
    "version_name": "app_version",
    "app_version": "app_version",
    "user_agent": "user_agent",
    "country": "country",
    "region": "province",
    "city": "city",
    "ip": "ip",
}
_NONE = {"ip": "$remote", "session_id": "-1"}  # values that say nothing


class _Name(msgspec.Struct):
    insert_id: str | None = None


_name = msgspec.json.Decoder(_Name).decode


def name_event(raw: bytes) -> str:
    """Return the insert id of an event."""
    return as_text(_name(raw).insert_id)


def translate_event(raw: bytes, about: bytes, received: int) -> Message:
    """Translate one event.

    Raises:
        QunxiangError: intake.*, if it breaks the rules.
    """
    said = parse_object(raw)
    facts = parse_object(about) if about else {}
    event = as_text(facts.get("type"), said.get("event_type"))
    if not event:
        raise QunxiangError("intake.no_event")
    at = correct(take_time(said.get("time")), take_sent(facts.get("sent")), received)
    message = Message(kind="event", id=as_text(said.get("insert_id")), at=at)
    ids = list_ids(("user_id", said.get("user_id")), ("device", said.get("device_id")))
    if event == "$groupidentify":
        return _group(msgspec.structs.replace(message, ids=ids), said)
    changes = _find_changes(take_object(said, "user_properties"))
    if not ids:
        raise QunxiangError("intake.no_person")
    ids = list_ids(*ids, *find_contacts(changes.get("set", {})))
    message = msgspec.structs.replace(message, ids=ids, changes=changes)
    if event == "$identify":
        return msgspec.structs.replace(message, kind="profile")
    properties = take_object(said, "event_properties")
    for name in _REVENUE:
        if said.get(name) is not None:
            properties.setdefault(name, said[name])
    return msgspec.structs.replace(
        message,
        event=_EVENTS.get(event, event),
        properties=properties,
        context=_surround(said, properties, facts),
        group=_find_group(said),
    )


def _find_changes(properties: dict[str, Any]) -> dict[Change, dict[str, Any]]:
    """Return what becomes of fields; what stands there without an operation is set."""
    found: dict[Change, dict[str, Any]] = {"set": {}}
    for name, value in properties.items():
        how = _CHANGES.get(name)
        if name == _CLEAR:
            found["delete"] = {}
        elif how is None:
            found["set"][name] = value
        elif not isinstance(value, dict):
            raise QunxiangError("intake.bad_value", name=name)
        else:
            found[how] = {**found.get(how, {}), **as_object(value)}
    return write_changes(found)


def _group(message: Message, said: dict[str, Any]) -> Message:
    group = _find_group(said)
    if group is None:
        raise QunxiangError("intake.bad_value", name="groups")
    changes = _find_changes(take_object(said, "group_properties"))
    return msgspec.structs.replace(message, kind="group", changes=changes, group=group)


def _find_group(said: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the first group that is named; one of a type may come as a list."""
    named = [(as_text(said.get("group_type")), as_text(said.get("group_value")))]
    for kind, keys in as_object(said.get("groups")).items():
        named += [(kind, as_text(key)) for key in as_list(keys)]
    return next((pair for pair in named if all(pair)), None)


def _surround(
    said: Mapping[str, Any], properties: Mapping[str, Any], facts: Mapping[str, Any]
) -> dict[str, str]:
    found: dict[str, object] = {}
    for source, names in ((said, _SURROUNDINGS), (properties, _PAGE)):
        for name, plain in names.items():
            value = as_text(source.get(name))
            if value and value != _NONE.get(name):
                found.setdefault(plain, value)
    found.setdefault("user_agent", facts.get("agent"))
    library, _, version = as_text(said.get("library")).partition("/")
    found |= {"library": library, "library_version": version}
    found |= {n: properties[n] for n in properties if n.startswith("utm_")}
    return surround(found)
