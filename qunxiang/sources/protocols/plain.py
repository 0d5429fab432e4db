"""Our own protocol: `POST /v1/events` with one event, a list, or `{"events": […], "sent_at": …}`.

An event is an object:

    {"event": "purchase", "id": "o-1", "at": "2026-11-22T10:00:00+08:00",
     "ids": {"user_id": "u1", "phone": "13800138000"},
     "properties": {"amount": 39.9}, "context": {"page_url": "https://…"},
     "set": {"city": "上海"}, "once": {…}, "add": {"points": 5}, "append": {"interests": ["骑行"]},
     "union": {…}, "remove": {…}, "unset": ["remark"], "delete": true}

Without `event` it says something about the person alone; `type` may be `link` or `unlink`, or
`item`: then `item` is the type and id of a product or the like, and `properties` are its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, cast

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import CONTEXT, Change, Kind, Message, correct
from qunxiang.sources.protocols.envelopes import open_body, open_envelope, tell
from qunxiang.sources.protocols.times import read_time
from qunxiang.sources.protocols.values import as_text, take_time
from qunxiang.sources.protocols.wire import (
    DEPTH,
    REFUSED,
    REPEAT,
    Item,
    Reading,
    Reply,
    Request,
    depth,
    parse_form,
    parse_object,
    split,
)

_BEARER = "Bearer "


class Anything(msgspec.Struct, frozen=True, gc=False):
    """A JSON object whatever is in it: it is read to its end, and nothing of it is built."""


class Event(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One message, checked as far as it must be before it is acknowledged."""

    event: str = ""
    type: Literal["event", "profile", "link", "unlink", "item"] | None = None
    id: str = ""
    at: Any = None
    ids: dict[str, str | int | None] = {}
    properties: Anything = Anything()
    context: Anything = Anything()
    set: msgspec.Raw = msgspec.Raw()
    once: msgspec.Raw = msgspec.Raw()
    add: msgspec.Raw = msgspec.Raw()
    append: msgspec.Raw = msgspec.Raw()
    union: msgspec.Raw = msgspec.Raw()
    remove: msgspec.Raw = msgspec.Raw()
    unset: msgspec.Raw = msgspec.Raw()
    delete: bool = False
    item: tuple[str, str | int] | None = None


class TimedEvent(Event, gc=False):
    """An event whose time is written as most write it; then it need not be read a second time."""

    at: datetime | int | float | None = None


_CONTEXT = frozenset(CONTEXT)
_CHANGES: tuple[Change, ...] = ("set", "once", "add", "append", "union", "remove", "unset")
_event = msgspec.json.Decoder(Event).decode
_timed = msgspec.json.Decoder(TimedEvent).decode
_many = msgspec.json.Decoder(list[TimedEvent]).decode
_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Envelope(msgspec.Struct):
    """Several events, and when they were sent."""

    events: msgspec.Raw = msgspec.Raw()
    sent_at: str | int | float | None = None
    key: str = ""


class Plain:
    """Speaks our own protocol."""

    name = "plain"
    paths = ("/v1/events",)
    judged = True

    def read(self, request: Request) -> Reading:
        """Find the key (bearer token, `X-Write-Key`, or `key` in query or body) and the events."""
        headers = request.headers
        key = headers.get("x-write-key", "")
        bearer = headers.get("authorization", "")
        if not key and bearer.startswith(_BEARER):
            key = bearer.removeprefix(_BEARER).strip()
        if not key and request.query:
            key = parse_form(request.query).get("key", "")
        items, sent, shown = _open(open_body(request))
        about = b"" if sent is None else tell(sent=take_time(sent))
        return Reading(key=key or shown, items=items, about=about)

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one event."""
        said = parse_object(raw)
        sent = parse_object(about).get("sent") if about else None
        ids = tuple(
            (kind, str(v)) for kind, v in said.get("ids", {}).items() if v not in {None, ""}
        )
        event = str(said.get("event", ""))
        kind = said.get("type") or ("event" if event else "profile")
        changes: dict[Change, dict[str, Any]]
        changes = {name: _fields(name, said[name]) for name in _CHANGES if said.get(name)}
        if said.get("delete"):
            changes["delete"] = {}
        context = said.get("context") or {}
        return Message(
            kind=cast("Kind", kind),
            id=said.get("id", ""),
            at=correct(read_time(said.get("at")), sent, received),
            ids=ids,
            event=event,
            properties=said.get("properties") or {},
            context={
                n: str(v) for n, v in context.items() if n in _CONTEXT and v not in (None, "")
            },
            changes=changes,
            group=(str(said["item"][0]), str(said["item"][1])) if kind == "item" else None,
        )

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say how many were taken; with `verbose=1`, what became of each."""
        accepted, repeats = faults.count(""), faults.count(REPEAT)
        others = len(faults) - accepted - repeats
        refused = sum([code.startswith(REFUSED) for code in faults]) if others else 0
        aside = others - refused
        if "verbose=1" not in request.query:
            return _count(accepted, repeats, aside, refused)
        said = _tell(accepted, repeats, aside, refused)
        said["events"] = [_verdict(code) for code in faults]
        return Reply(body=msgspec.json.encode(said))

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with a problem document (RFC 9457)."""
        lang = "zh" if request.headers.get("accept-language", "").startswith("zh") else "en"
        body = msgspec.json.encode(error.problem(lang))
        return Reply(status=error.status, body=body, type="application/problem+json")


def _tell(accepted: int, repeats: int, aside: int, refused: int) -> dict[str, Any]:
    said: dict[str, Any] = {"accepted": accepted, "repeats": repeats, "set_aside": aside}
    if refused:
        said["refused"] = refused
    return said


@lru_cache(1024)
def _count(accepted: int, repeats: int, aside: int, refused: int) -> Reply:
    return Reply(body=msgspec.json.encode(_tell(accepted, repeats, aside, refused)))


def _verdict(code: str) -> dict[str, str]:
    if code == REPEAT:
        return {"verdict": "repeat"}
    if code.startswith(REFUSED):
        code, _, where = code.partition(" ")
        return {"verdict": "refused", "code": code, "where": where}
    return {"verdict": "set aside", "code": code} if code else {"verdict": "accepted"}


def _open(body: bytes) -> tuple[list[Item], object, str]:
    """Return the events of a body, when they were sent, and the key it shows."""
    if body[:1] != b"{" or b'"events"' not in body:
        return _read(body), None, ""
    try:
        envelope = msgspec.json.decode(body, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        loose = open_envelope(body, "events", ("sent_at", "key"))
        items = [one if one.fault else _check(one.raw) for one in loose.items]
        said = {} if loose.lone else loose.said
        return items, said.get("sent_at"), as_text(said.get("key"))
    if not envelope.events:
        return _read(body), None, ""
    return _read(bytes(envelope.events)), envelope.sent_at, envelope.key


def _read(body: bytes) -> list[Item]:
    """Return the events of a body, each with its name, its kind and what is wrong with it."""
    try:
        body.decode()  # which is not looked at inside of properties
        if body[:1] != b"[":
            return [_check(body)]
        return _read_list(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # one of them is no JSON to the letter: the others are to be saved
    return [one if one.fault else _check(one.raw) for one in split(body)]


def _read_list(body: bytes) -> list[Item]:
    """Return the events of a list, read all at once if each is as most are.

    Raises:
        msgspec.DecodeError: if one is no JSON.
    """
    raws = [bytes(raw) for raw in _raws(body)]
    try:
        events = _many(body)
    except msgspec.ValidationError:
        return [_check(raw) for raw in raws]
    return [_judge(raw, event) for raw, event in zip(raws, events, strict=True)]


def _check(raw: bytes) -> Item:
    """Return an event with its name, its kind and what is wrong with it.

    Raises:
        msgspec.DecodeError: if it is no JSON.
    """
    try:
        said = _timed(raw)
    except msgspec.ValidationError:
        msgspec.json.decode(raw)  # what is wrong was found before its end was seen
        try:
            said = _event(raw)
        except msgspec.ValidationError:
            deep = depth(raw) > DEPTH
            return Item(raw=raw, fault="intake.too_deep" if deep else "intake.bad_event")
    return _judge(raw, said)


def _judge(raw: bytes, said: Event) -> Item:
    """Return an event with its name, its kind and what is wrong with what it says."""
    fault = ""
    kind: Kind = said.type or ("event" if said.event else "profile")
    if raw.count(b"{") + raw.count(b"[") > DEPTH and depth(raw) > DEPTH:
        fault = "intake.too_deep"
    elif kind == "item":
        fault = "" if said.item and all(said.item) else "intake.bad_event"
    elif not any(said.ids.values()):
        fault = "intake.no_person"
    elif not said.event and kind in {"event", "profile"} and not _changes(said):
        fault = "intake.no_event"
    elif said.at is not None and not isinstance(said.at, datetime):
        try:
            read_time(said.at)
        except QunxiangError as error:
            fault = error.code
    return Item(raw=raw, id=said.id, kind=kind, fault=fault)


def _fields(change: Change, told: object) -> dict[str, Any]:
    """Return the fields of a change; those to be unset may be a list of names.

    Raises:
        QunxiangError: intake.bad_event.
    """
    if change == "unset" and isinstance(told, list):
        return dict.fromkeys(str(name) for name in cast("list[Any]", told))
    if not isinstance(told, dict):
        raise QunxiangError("intake.bad_event")
    return cast("dict[str, Any]", told)


def _changes(said: Event) -> bool:
    return said.delete or any(getattr(said, name) for name in _CHANGES)
