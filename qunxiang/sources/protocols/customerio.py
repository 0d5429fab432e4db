"""Customer.io's Track API, version 1: customers, their events and devices, at `/api/v1/…`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message
from qunxiang.sources.protocols.envelopes import (
    KILOBYTE,
    find_agent,
    find_key,
    find_path,
    name_items,
    open_body,
    tell,
)
from qunxiang.sources.protocols.replies import refuse_json, reply_json
from qunxiang.sources.protocols.surroundings import surround
from qunxiang.sources.protocols.traits import find_contacts, write_changes
from qunxiang.sources.protocols.values import (
    as_object,
    as_text,
    list_ids,
    take_object,
    take_time,
)
from qunxiang.sources.protocols.wire import REPEAT, Reading, Reply, Request, parse_object, split

LARGEST = 100 * KILOBYTE  # bytes of one message
_HOME = "/api/v1"
_CUSTOMERS = f"{_HOME}/customers/"
_VIEWS = {"page": "page_view", "screen": "screen_view"}
_OWN = ("anonymous_id", "_update", "cio_id", "id")  # what is no attribute


class _Name(msgspec.Struct):
    id: str | int | float | None = None


_name = msgspec.json.Decoder(_Name).decode


class Customerio:
    """Speaks the protocol of Customer.io."""

    name = "customerio"
    paths = (f"{_CUSTOMERS}*", f"{_HOME}/events", f"{_HOME}/merge_customers")
    judged = False

    def read(self, request: Request) -> Reading:
        """Find the key (the site id of Basic authorization) and the message."""
        about = _find_deed(request.method, find_path(request, self.name))
        items = split(open_body(request) or b"{}")
        name_items(items, _name_event, LARGEST)
        if about["deed"] not in {"event", "anonymous"}:
            for item in items:
                item.id = ""  # the `id` of a customer is not that of the message
        told = tell(**about, agent=find_agent(request))
        return Reading(key=find_key(request), items=items, about=told)

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one message."""
        said = parse_object(raw)
        facts = parse_object(about) if about else {}
        person = _identify(facts.get("customer"))
        match facts.get("deed"):
            case "event" | "anonymous":
                return _event(said, facts, person)
            case "change":
                return _change(said, person)
            case "delete":
                changes = write_changes({"delete": {}})
                return Message(kind="profile", ids=_require(person), changes=changes)
            case "device":
                device = as_text(as_object(said.get("device")).get("id"))
                return Message(kind="link", ids=_require(person, ("device", device)))
            case "no device":
                device = as_text(facts.get("device"))
                return Message(kind="unlink", ids=_require(person, ("device", device)))
            case "merge":
                both = (as_object(said.get(name)) for name in ("primary", "secondary"))
                ids = [_identify(as_text(one.get("id"), one.get("email"))) for one in both]
                return Message(kind="link", ids=_require(*ids))
            case _:
                return Message(kind="none")

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say nothing, in JSON; tell of the fault of a message, as there is but one."""
        wrong = [code for code in faults if code not in {"", REPEAT}]
        if wrong:
            return reply_json({"meta": {"error": wrong[0]}}, 400)
        return reply_json({})

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with the error where its clients look for it."""
        return refuse_json(error, meta={"error": f"{error.message('en')} ({error.code})"})


def _name_event(raw: bytes) -> str:
    return as_text(_name(raw).id)


def _find_deed(method: str, path: str) -> dict[str, str]:
    """Return what a request does, and to whom."""
    if not path.startswith(_CUSTOMERS):
        return {"deed": "anonymous" if path.endswith("/events") else "merge"}
    customer, *rest = path.removeprefix(_CUSTOMERS).split("/")
    deed = {"customer": unquote(customer)}
    match rest:
        case []:
            return {**deed, "deed": "delete" if method == "DELETE" else "change"}
        case ["events"]:
            return {**deed, "deed": "event"}
        case ["devices"]:
            return {**deed, "deed": "device"}
        case ["devices", device]:
            return {**deed, "deed": "no device", "device": unquote(device)}
        case ["suppress"]:
            return {**deed, "deed": "delete"}
        case _:
            return {**deed, "deed": "nothing"}


def _identify(customer: object) -> tuple[str, str]:
    """Return whom an id means: an address its owner, anything else a user."""
    text = as_text(customer)
    return ("email" if "@" in text else "user_id", text)


def _require(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return identifiers, none of which may be missing.

    Raises:
        QunxiangError: intake.no_person.
    """
    ids = list_ids(*pairs)
    if len(ids) < len(pairs):
        raise QunxiangError("intake.no_person")
    return ids


def _change(said: Mapping[str, Any], person: tuple[str, str]) -> Message:
    attributes = {name: value for name, value in said.items() if name not in _OWN}
    changes = write_changes({"set": attributes})
    ids = list_ids(
        person,
        ("user_id", said.get("id") if person[0] != "user_id" else None),
        ("device", said.get("anonymous_id")),
        *find_contacts(changes.get("set", {})),
    )
    return Message(kind="profile", ids=_require(*ids or (person,)), changes=changes)


def _event(said: dict[str, Any], facts: Mapping[str, Any], person: tuple[str, str]) -> Message:
    name, kind = as_text(said.get("name")), as_text(said.get("type"))
    if not name:
        raise QunxiangError("intake.no_event")
    ids = list_ids(person, ("device", said.get("anonymous_id")))
    if not ids:
        raise QunxiangError("intake.no_person")
    properties = take_object(said, "data")
    view = _VIEWS.get(kind)
    if view is not None:
        properties.setdefault("name", name)
    page = name if kind == "page" and "://" in name else properties.get("url")
    return Message(
        kind="event",
        id=as_text(said.get("id")),
        at=take_time(said.get("timestamp")),
        ids=ids,
        event=view or name,
        properties=properties,
        context=surround({
            "page_url": page,
            "screen": name if kind == "screen" else None,
            "user_agent": facts.get("agent"),
        }),
    )  # fmt: skip
