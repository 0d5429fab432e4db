"""Events of Google Analytics 4: what they mean, the limits they keep, and how the tag spells them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message
from qunxiang.sources.protocols.surroundings import surround
from qunxiang.sources.protocols.traits import find_contacts, write_changes
from qunxiang.sources.protocols.values import (
    as_object,
    as_text,
    list_ids,
    take_object,
    take_time,
)
from qunxiang.sources.protocols.wire import Item, parse_form, parse_object

_NAME = re.compile(r"[a-zA-Z]\w{0,39}")
_RESERVED = ("_", "firebase_", "ga_", "google_")
_ITS_OWN = {"ga_session_id", "ga_session_number", "_dbg", "_et"}  # which the vendor's tags send
_PARAMS = 25
_USER_PROPERTIES = 25
_LONGEST = 500  # characters of a value, as for paying customers
_LONGER = {"page_location": 1000, "page_referrer": 1000, "page_title": 500}
_LONGEST_PROPERTY = 36

# What the tag calls what belongs to the whole page: query names, and names of params.
_PAGE = {
    "dl": "page_location",
    "dr": "page_referrer",
    "dt": "page_title",
    "ul": "language",
    "sid": "session_id",
    "cu": "currency",
}
_ITEM = {
    "id": "item_id",
    "nm": "item_name",
    "br": "item_brand",
    "ca": "item_category",
    "va": "item_variant",
    "pr": "price",
    "qt": "quantity",
    "cp": "coupon",
    "ds": "discount",
    "af": "affiliation",
    "lp": "index",
    "ln": "item_list_name",
    "li": "item_list_id",
}
_NUMBERS = {"price", "quantity", "discount", "index"}
_PRODUCT = re.compile(r"pr\d{1,3}")


def translate_event(raw: bytes, about: bytes) -> Message:
    """Translate one event.

    Raises:
        QunxiangError: intake.*, if it breaks the limits.
    """
    said = parse_object(raw)
    facts = parse_object(about) if about else {}
    event = as_text(said.get("name"))
    if not event:
        raise QunxiangError("intake.no_event")
    if not _NAME.fullmatch(event) or event.startswith(_RESERVED):
        raise QunxiangError("intake.bad_name", name=event[:100])
    params = take_object(said, "params")
    _check(params)
    changes = write_changes({"set": _read_properties(facts)})
    ids = list_ids(
        ("user_id", facts.get("user_id")),
        ("device", facts.get("client_id")),
        ("device", facts.get("app_instance_id")),
        *find_contacts(changes.get("set", {})),
    )
    if not ids:
        raise QunxiangError("intake.no_person")
    return Message(
        kind="event",
        at=take_time(said.get("timestamp_micros"), facts.get("timestamp_micros")),
        ids=ids,
        event=event,
        properties=params,
        context=_surround(params, facts),
        changes=changes,
    )


def _check(params: Mapping[str, Any]) -> None:
    if len(params) > _PARAMS:
        raise QunxiangError("intake.too_many", most=_PARAMS)
    for name, value in params.items():
        if name in _ITS_OWN:
            continue
        if not _NAME.fullmatch(name) or name.startswith(_RESERVED):
            raise QunxiangError("intake.bad_name", name=name[:100])
        if isinstance(value, str) and len(value) > _LONGER.get(name, _LONGEST):
            raise QunxiangError("intake.bad_value", name=name)


def _read_properties(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the person's properties, out of their wrapping `{"value": …}`."""
    found = take_object(facts, "user_properties")
    if len(found) > _USER_PROPERTIES:
        raise QunxiangError("intake.too_many", most=_USER_PROPERTIES)
    plain = {n: v.get("value") if isinstance(v, dict) else v for n, v in found.items()}
    for name, value in plain.items():
        if isinstance(value, str) and len(value) > _LONGEST_PROPERTY:
            raise QunxiangError("intake.bad_value", name=name)
    return plain


def _surround(params: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, str]:
    device, place = as_object(facts.get("device")), as_object(facts.get("user_location"))
    return surround({
        "page_url": params.get("page_location"),
        "page_title": params.get("page_title"),
        "referrer": params.get("page_referrer"),
        "screen": as_text(params.get("screen_name"), params.get("firebase_screen")),
        "utm_source": params.get("source"),
        "utm_medium": params.get("medium"),
        "utm_campaign": params.get("campaign"),
        "utm_term": params.get("term"),
        "utm_content": params.get("content"),
        "ip": facts.get("ip_override"),
        "user_agent": facts.get("agent"),
        "language": as_text(params.get("language"), device.get("language")),
        "session_id": as_text(params.get("session_id"), params.get("ga_session_id")),
        "os": device.get("operating_system"),
        "os_version": device.get("operating_system_version"),
        "device_type": device.get("category"),
        "device_model": device.get("model"),
        "device_brand": device.get("brand"),
        "browser": device.get("browser"),
        "country": place.get("country_id"),
        "province": place.get("region_id"),
        "city": place.get("city"),
    })  # fmt: skip


def read_tag(query: str, body: str) -> tuple[list[Item], dict[str, Any]]:
    """Read what the tag of a page sends: one event in the query, or one in each line of the body.

    Returns:
        The events, written as those of the Measurement Protocol; what holds for all of them.

    Raises:
        QunxiangError: intake.bad_form.
    """
    whole = parse_form(query)
    lines = [parse_form(line) for line in body.splitlines() if line.strip()] or [{}]
    page = {plain: whole[name] for name, plain in _PAGE.items() if name in whole}
    items: list[Item] = []
    for line in lines:
        params: dict[str, Any] = dict(page)
        params |= _read_params({**_keep(whole, ("ep.", "epn.")), **whole_products(whole), **line})
        event = {"name": line.get("en") or whole.get("en", ""), "params": params}
        items.append(Item(raw=msgspec.json.encode(event)))
    user: dict[str, Any] = {}
    for fields in (whole, *lines):
        user |= {n[3:]: v for n, v in fields.items() if n.startswith("up.")}
        user |= {n[4:]: _number(v) for n, v in fields.items() if n.startswith("upn.")}
    facts = {
        "client_id": whole.get("cid"),
        "user_id": whole.get("uid"),
        "user_properties": {name: {"value": value} for name, value in user.items()},
    }
    return items, facts


def _keep(fields: Mapping[str, str], starts: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name.startswith(starts)}


def whole_products(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that are products: `pr1`, `pr2` and so on."""
    return {name: value for name, value in fields.items() if _PRODUCT.fullmatch(name)}


def _read_params(fields: Mapping[str, str]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    items: list[dict[str, Any]] = []
    for name, value in fields.items():
        if name.startswith("ep."):
            params[name[3:]] = value
        elif name.startswith("epn."):
            params[name[4:]] = _number(value)
        elif name in {"dl", "dt", "dr", "cu"}:
            params[_PAGE[name]] = value
        elif _PRODUCT.fullmatch(name):
            items.append(_read_product(value))
    if items:
        params["items"] = items
    return params


def _read_product(value: str) -> dict[str, Any]:
    """Read a product: parts between `~`, each with two letters before it that say what it is."""
    item: dict[str, Any] = {}
    for part in value.split("~"):
        name = _ITEM.get(part[:2])
        if name is not None:
            item[name] = _number(part[2:]) if name in _NUMBERS else part[2:]
    return item


def _number(value: str) -> float | int | str:
    try:
        number = float(value)
    except ValueError:
        return value
    if number != number or number in (float("inf"), float("-inf")):
        return value
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


_EXACT = 2**53
