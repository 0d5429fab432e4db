"""Events of PostHog: what those with a `$` before their names mean, and who is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Change, Kind, Message, correct
from qunxiang.sources.protocols.distinct import tell_apart, tell_previous
from qunxiang.sources.protocols.surroundings import move_reserved, surround
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

_EVENTS = {"$pageview": "page_view", "$screen": "screen_view"}
_PROFILES = {"$set", "$set_once", "$unset", "$identify"}
_LINKS = {"$create_alias", "$merge_dangerously"}
_OPTIONS = {"process_person_profile": "$process_person_profile"}
_SURROUNDINGS = {
    "$current_url": "page_url",
    "$pathname": "page_path",
    "title": "page_title",
    "$referrer": "referrer",
    "$screen_name": "screen",
    "utm_source": "utm_source",
    "utm_medium": "utm_medium",
    "utm_campaign": "utm_campaign",
    "utm_term": "utm_term",
    "utm_content": "utm_content",
    "$ip": "ip",
    "$raw_user_agent": "user_agent",
    "$user_agent": "user_agent",
    "$browser_language": "language",
    "$locale": "language",
    "$timezone": "time_zone",
    "$session_id": "session_id",
    "$os": "os",
    "$os_name": "os",
    "$os_version": "os_version",
    "$device_type": "device_type",
    "$device_model": "device_model",
    "$device_manufacturer": "device_brand",
    "$browser": "browser",
    "$app_name": "app_name",
    "$app_version": "app_version",
    "$lib": "library",
    "$lib_version": "library_version",
    "$geoip_country_name": "country",
    "$geoip_subdivision_1_name": "province",
    "$geoip_city_name": "city",
}


class _Name(msgspec.Struct):
    uuid: str | None = None


_name = msgspec.json.Decoder(_Name).decode


def name_event(raw: bytes) -> str:
    """Return the uuid of an event."""
    return as_text(_name(raw).uuid)


def translate_event(raw: bytes, about: bytes, received: int) -> Message:
    """Translate one event.

    Raises:
        QunxiangError: intake.*, if it breaks the rules.
    """
    said = parse_object(raw)
    facts = parse_object(about) if about else {}
    properties = take_object(said, "properties")
    properties.pop("token", None)
    for option, name in _OPTIONS.items():
        if option in (options := as_object(said.get("options"))):
            properties.setdefault(name, options[option])
    event = as_text(said.get("event")) or ("$set" if facts.get("engage") else "")
    if not event:
        raise QunxiangError("intake.no_event")
    message = Message(
        kind="event", id=as_text(said.get("uuid")), at=_find_time(said, facts, received)
    )
    distinct = as_text(
        said.get("distinct_id"), said.get("$distinct_id"), properties.get("distinct_id")
    )
    if event == "$groupidentify":
        return _group(message, distinct, properties)
    ids = _find_ids(event, distinct, properties)
    if not ids:
        raise QunxiangError("intake.no_person")
    changes = _find_changes(said, properties)
    if properties.get("$process_person_profile") is False:
        changes = {}  # the client asks that no profile be made
    ids = list_ids(*ids, *find_contacts(changes.get("set", {})))
    message = msgspec.structs.replace(message, ids=ids, changes=changes)
    if event in _PROFILES or event in _LINKS:
        return msgspec.structs.replace(message, kind=_choose(event, message))
    found = move_reserved(properties, _SURROUNDINGS)
    found.setdefault("user_agent", facts.get("agent"))
    found.setdefault("session_id", said.get("session_id"))
    return msgspec.structs.replace(
        message,
        event=_EVENTS.get(event, event),
        properties=properties,
        context=surround(found),
        group=_find_group(properties),
    )


def _choose(event: str, message: Message) -> Kind:
    """Return what an identification is: a link, unless it says something about the person."""
    joins = event in _LINKS or (event == "$identify" and len(message.ids) > 1)
    return "link" if joins and not message.changes else "profile"


def _find_time(said: Mapping[str, Any], facts: Mapping[str, Any], received: int) -> int | None:
    """Return when it happened; older clients say how many milliseconds ago."""
    at = take_time(said.get("timestamp"))
    if at is not None:
        return correct(at, take_sent(facts.get("sent"), said.get("sent_at")), received)
    ago = said.get("offset")
    if isinstance(ago, int | float) and not isinstance(ago, bool) and 0 <= ago < _AGES:
        return received - round(ago * 1000)
    return None


_AGES = 10_000_000_000  # milliseconds: what is longer ago is no offset


def _find_ids(
    event: str, distinct: str, properties: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    device = ("device", properties.get("$device_id"))
    if event == "$create_alias":
        other = properties.get("alias")
        if properties.get("$lib") == "posthog-node":  # it names the user first
            return list_ids(("user_id", distinct), tell_previous(other, properties), device)
        alias = ("user_id", other)
        return list_ids(alias, tell_previous(distinct, properties), device)
    if event == "$merge_dangerously":
        return list_ids(("user_id", distinct), ("user_id", properties.get("alias")), device)
    anonymous = as_text(properties.get("$anon_distinct_id"))
    if event == "$identify":
        return list_ids(("user_id", distinct), ("device", anonymous), device)
    if distinct and distinct == anonymous:
        return list_ids(("device", distinct), device)
    return list_ids(tell_apart(distinct, properties), ("device", anonymous), device)


def _find_changes(said: dict[str, Any], properties: dict[str, Any]) -> dict[Change, dict[str, Any]]:
    """Return what is said about the person, wherever it stands, and take it out of the properties."""
    names: dict[str, Change] = {"$set": "set", "$set_once": "once"}
    found: dict[Change, dict[str, Any]] = {}
    for name, how in names.items():
        found[how] = {**take_object(properties, name), **take_object(said, name)}
        properties.pop(name, None)
    unset = [*as_list(properties.pop("$unset", None)), *as_list(said.get("$unset"))]
    found["unset"] = {as_text(name): True for name in unset if as_text(name)}
    return write_changes(found)


def _group(message: Message, distinct: str, properties: dict[str, Any]) -> Message:
    """Say something about a group. Only a browser's distinct id is that of a person."""
    group = (as_text(properties.get("$group_type")), as_text(properties.get("$group_key")))
    if not all(group):
        raise QunxiangError("intake.bad_value", name="$group_key")
    changes = write_changes({"set": take_object(properties, "$group_set")})
    device = as_text(properties.get("$device_id"))
    person = (tell_apart(distinct, properties), ("device", device)) if device else ()
    return msgspec.structs.replace(
        message, kind="group", ids=list_ids(*person), changes=changes, group=group
    )


def _find_group(properties: Mapping[str, Any]) -> tuple[str, str] | None:
    groups = as_object(properties.get("$groups"))
    found = ((kind, as_text(key)) for kind, key in groups.items())
    return next((pair for pair in found if all(pair)), None)
