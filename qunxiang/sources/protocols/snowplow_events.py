"""Events of Snowplow: page views, structured and self-describing ones, and the entities beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message, correct
from qunxiang.sources.protocols.surroundings import surround
from qunxiang.sources.protocols.values import (
    as_list,
    as_object,
    as_text,
    list_ids,
    take_sent,
    take_time,
)
from qunxiang.sources.protocols.wire import decode_base64, parse_object

_EVENTS = {"pv": "page_view", "pp": "page_ping", "tr": "transaction", "ti": "transaction_item"}
_STRUCTURED = {
    "se_ca": "category",
    "se_ac": "action",
    "se_la": "label",
    "se_pr": "property",
    "se_va": "value",
}
# The older events of shops: what stands after `tr_` and `ti_`.
_SHOP = {
    "tr": {
        "id": "order_id", "af": "affiliation", "tt": "total", "tx": "tax", "sh": "shipping",
        "ci": "city", "st": "state", "co": "country", "cu": "currency",
    },
    "ti": {
        "id": "order_id", "sk": "sku", "nm": "name", "ca": "category", "pr": "price",
        "qu": "quantity", "cu": "currency",
    },
}  # fmt: skip
_PINGS = ("pp_mix", "pp_max", "pp_miy", "pp_may")
_PARTS = 4  # of a schema: vendor, name, format, version


class _Name(msgspec.Struct):
    eid: str | None = None


_name = msgspec.json.Decoder(_Name).decode


def name_event(raw: bytes) -> str:
    """Return the eid of an event."""
    return as_text(_name(raw).eid)


def translate_event(raw: bytes, about: bytes, received: int) -> Message:
    """Translate one event.

    Raises:
        QunxiangError: intake.*, if it breaks the protocol.
    """
    said = parse_object(raw)
    facts = parse_object(about) if about else {}
    entities = _read_entities(said)
    event, properties = _read_event(said)
    if entities:
        properties = {**properties, "contexts": entities}
    session = _find_entity(entities, "client_session")
    mobile = _find_entity(entities, "mobile_context")
    ids = list_ids(
        ("user_id", said.get("uid")),
        ("device", said.get("duid")),
        ("device", as_text(said.get("tnuid"), said.get("nuid"), facts.get("network"))),
        ("device", session.get("userId")),
    )
    if not ids:
        raise QunxiangError("intake.no_person")
    return Message(
        kind="event",
        id=as_text(said.get("eid")),
        at=_find_time(said, received),
        ids=ids,
        event=event,
        properties=properties,
        context=surround({
            "page_url": said.get("url"),
            "page_title": said.get("page"),
            "referrer": said.get("refr"),
            "screen": properties.get("name") if event == "screen_view" else None,
            "ip": said.get("ip"),
            "user_agent": as_text(said.get("ua"), facts.get("agent")),
            "language": said.get("lang"),
            "time_zone": said.get("tz"),
            "session_id": as_text(said.get("sid"), session.get("sessionId")),
            "os": mobile.get("osType"),
            "os_version": mobile.get("osVersion"),
            "device_model": mobile.get("deviceModel"),
            "device_brand": mobile.get("deviceManufacturer"),
            "library": "snowplow",
            "library_version": said.get("tv"),
        }),
    )  # fmt: skip


def _find_time(said: Mapping[str, Any], received: int) -> int | None:
    """Return when it happened: the true time as it is, or the device's, corrected."""
    true = take_time(said.get("ttm"))
    if true is not None:
        return true
    return correct(take_time(said.get("dtm")), take_sent(said.get("stm")), received)


def _read_event(said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return an event's name and properties."""
    kind = as_text(said.get("e"))
    if kind == "ue":
        return _read_own(said)
    if kind == "se":
        properties = {n: said[s] for s, n in _STRUCTURED.items() if said.get(s) is not None}
        if not as_text(said.get("se_ac")):
            raise QunxiangError("intake.no_event")
        return as_text(said["se_ac"]), properties
    if kind not in _EVENTS:
        raise QunxiangError("intake.bad_value", name="e")
    names = {f"{kind}_{short}": name for short, name in _SHOP.get(kind, {}).items()}
    names |= dict.fromkeys(_PINGS) if kind == "pp" else {}
    return _EVENTS[kind], {n or s: said[s] for s, n in names.items() if said.get(s) is not None}


def _read_own(said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name and the data of an event that describes itself; the schema stays beside."""
    outer = _read_json(said, "ue_pr", "ue_px")
    inner = as_object(outer.get("data"))
    # An event sent without the wrapping of trackers is its own inside.
    one = inner if "schema" in inner else outer
    schema = as_text(one.get("schema"))
    data = one.get("data")
    if not schema or not isinstance(data, dict | None):
        raise QunxiangError("intake.bad_value", name="ue_pr")
    return _name_schema(schema), {**as_object(data), "$schema": schema}


def _read_entities(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entities that are sent beside an event, each with its schema and data."""
    found = as_list(_read_json(said, "co", "cx").get("data"))
    return [as_object(one) for one in found if isinstance(one, dict)]


def _read_json(said: dict[str, Any], plain: str, packed: str) -> dict[str, Any]:
    """Return the object under one of two names: as JSON, or as JSON in base64."""
    if text := as_text(said.get(plain)):
        return parse_object(text.encode("utf-8", "surrogatepass"))
    if text := as_text(said.get(packed)):
        return parse_object(decode_base64(text.encode("utf-8", "surrogatepass")))
    return {}


def _find_entity(entities: list[dict[str, Any]], name: str) -> dict[str, Any]:
    found = (
        as_object(one.get("data"))
        for one in entities
        if _name_schema(as_text(one.get("schema"))) == name
    )
    return next(found, {})


def _name_schema(schema: str) -> str:
    """Return the name in `iglu:vendor/name/format/version`."""
    parts = schema.removeprefix("iglu:").split("/")
    return parts[1] if len(parts) == _PARTS else schema
