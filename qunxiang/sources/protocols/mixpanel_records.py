"""Records of Mixpanel: events, and changes of people and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Change, Message
from qunxiang.sources.protocols.distinct import tell_apart, tell_previous
from qunxiang.sources.protocols.surroundings import move_reserved, surround
from qunxiang.sources.protocols.traits import find_contacts, write_changes
from qunxiang.sources.protocols.values import (
    as_list,
    as_text,
    list_ids,
    take_object,
    take_time,
)
from qunxiang.sources.protocols.wire import parse_object

_EVENTS = {"$mp_web_page_view": "page_view", "$pageview": "page_view", "$screen": "screen_view"}
_LINKS = {"$create_alias", "$identify", "$merge"}
_CHANGES: dict[str, Change] = {
    "$set": "set",
    "$set_once": "once",
    "$add": "add",
    "$append": "append",
    "$union": "union",
    "$remove": "remove",
}
_SURROUNDINGS = {
    "$current_url": "page_url",
    "current_url": "page_url",
    "current_url_path": "page_path",
    "current_page_title": "page_title",
    "$referrer": "referrer",
    "utm_source": "utm_source",
    "utm_medium": "utm_medium",
    "utm_campaign": "utm_campaign",
    "utm_term": "utm_term",
    "utm_content": "utm_content",
    "ip": "ip",
    "$ip": "ip",
    "$os": "os",
    "$os_version": "os_version",
    "$device": "device_type",
    "$model": "device_model",
    "$manufacturer": "device_brand",
    "$brand": "device_brand",
    "$browser": "browser",
    "$app_name": "app_name",
    "$app_version_string": "app_version",
    "mp_lib": "library",
    "$lib_version": "library_version",
    "mp_country_code": "country",
    "$region": "province",
    "$city": "city",
}


class _Inner(msgspec.Struct, rename={"insert_id": "$insert_id"}):
    insert_id: str | None = None


class _Name(msgspec.Struct):
    properties: _Inner | None = None


_name = msgspec.json.Decoder(_Name).decode


def name_record(raw: bytes) -> str:
    """Return the insert id of an event; changes have none."""
    said = _name(raw)
    return as_text(said.properties.insert_id) if said.properties else ""


def translate_record(raw: bytes, about: bytes) -> Message:
    """Translate one record.

    Raises:
        QunxiangError: intake.*, if it breaks the rules.
    """
    said = parse_object(raw)
    facts = parse_object(about) if about else {}
    if "event" in said:
        return _event(said, facts)
    at = take_time(said.get("$time"))
    changes = _find_changes(said)
    if not changes:
        raise QunxiangError("intake.no_event")
    if "$group_key" in said or facts.get("path") == "/groups":
        group = (as_text(said.get("$group_key")), as_text(said.get("$group_id")))
        if not all(group):
            raise QunxiangError("intake.bad_value", name="$group_id")
        return Message(kind="group", at=at, changes=changes, group=group)
    ids = list_ids(
        tell_apart(said.get("$distinct_id"), said),
        ("device", said.get("$device_id")),
    )
    if not ids:
        raise QunxiangError("intake.no_person")
    ids = list_ids(*ids, *find_contacts(changes.get("set", {})))
    return Message(kind="profile", at=at, ids=ids, changes=changes)


def _event(said: dict[str, Any], facts: Mapping[str, Any]) -> Message:
    event = as_text(said.get("event"))
    if not event:
        raise QunxiangError("intake.no_event")
    properties = take_object(said, "properties")
    properties.pop("token", None)
    at = take_time(properties.pop("time", None))
    name = as_text(properties.pop("$insert_id", None))
    if event in _LINKS:
        return _link(Message(kind="link", id=name, at=at), event, properties)
    ids = _find_ids(properties)
    if not ids:
        raise QunxiangError("intake.no_person")
    for known in ("distinct_id", "$user_id", "$device_id"):
        properties.pop(known, None)
    found = move_reserved(properties, _SURROUNDINGS)
    found.setdefault("user_agent", facts.get("agent"))
    return Message(
        kind="event",
        id=name,
        at=at,
        ids=ids,
        event=_EVENTS.get(event, event),
        properties=properties,
        context=surround(found),
    )


def _link(message: Message, event: str, properties: dict[str, Any]) -> Message:
    """Join ids: an alias to the earlier id, an identified user to the anonymous one, two users."""
    distinct = properties.get("distinct_id")
    if event == "$create_alias":
        ids = list_ids(("user_id", properties.get("alias")), tell_previous(distinct, properties))
    elif event == "$merge":
        users = as_list(properties.get("$distinct_ids"))
        ids = list_ids(*(tell_apart(user, properties) for user in users))
    else:
        user = as_text(properties.get("$identified_id"), properties.get("$user_id"), distinct)
        earlier = as_text(properties.get("$anon_id"), properties.get("$anon_distinct_id"))
        ids = list_ids(
            ("user_id", user),
            ("device", earlier.removeprefix("$device:")),
            ("device", properties.get("$device_id")),
        )
    if not ids:
        raise QunxiangError("intake.no_person")
    return msgspec.structs.replace(message, ids=ids)


def _find_ids(properties: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return list_ids(
        ("user_id", properties.get("$user_id")),
        tell_apart(properties.get("distinct_id"), properties),
        ("device", properties.get("$device_id")),
    )


def _find_changes(said: Mapping[str, Any]) -> dict[Change, dict[str, Any]]:
    found: dict[Change, dict[str, Any]] = {
        how: take_object(said, name) for name, how in _CHANGES.items()
    }
    unset = (as_text(name) for name in as_list(said.get("$unset")))
    found["unset"] = {name: True for name in unset if name}
    if "$delete" in said:
        found["delete"] = {}
    return write_changes(found)
