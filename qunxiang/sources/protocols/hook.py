"""What web hooks say: a JSON body, and the meaning that its hook's definition gives it.

The meaning lies beside the message in the log (`about`), as of its receipt: what a hook becomes later
changes nothing of what it brought, and its messages can be read when it is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
import xxhash

from qunxiang.errors import QunxiangError
from qunxiang.sources.hooks import HookDefinition
from qunxiang.sources.messages import Change, Message
from qunxiang.sources.protocols.plain import Plain
from qunxiang.sources.protocols.times import read_time
from qunxiang.sources.protocols.values import as_text
from qunxiang.sources.protocols.wire import (
    Item,
    Reading,
    Reply,
    Request,
    parse,
    parse_object,
)

NAME = "hook"
_TOP = "$."
_MOST_RECORDS = 10_000
_KEPT_BYTES = 1 << 20  # of a body that cannot be read
_PLAIN = Plain()


class Meaning(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a hook's records mean, as it lies beside them; see HookDefinition.

    `said` is the event's name as a header gave it, `named` the id that a header gave the request.
    """

    hook: str = ""
    listed: bool = False
    kind: str = "event"
    event: str = ""
    event_path: str = ""
    events: dict[str, str] = {}
    at: str = ""
    zone: str = "UTC"
    id: str = ""
    ids: dict[str, str] = {}
    properties: dict[str, str] = {}
    all_under: str = ""
    fields: dict[str, str] = {}
    said: str = ""
    named: str = ""


class _Listed(msgspec.Struct):
    """A record of a list, with what else of the body is meant, by its path, and its place."""

    record: msgspec.Raw
    top: dict[str, Any] = {}
    place: int = 0


_meaning = msgspec.json.Decoder(Meaning).decode
_listed = msgspec.json.Decoder(_Listed).decode
_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_NOTHING = (b"null", b"")  # senders leave an empty list out


class Hook:
    """Speaks for web hooks: finds messages by a definition, and translates those of any of them."""

    name = NAME
    paths = ()
    judged = False

    def __init__(self, definition: HookDefinition | None = None) -> None:
        self._definition = definition

    def read(self, request: Request) -> Reading:
        """Find the records; a body that cannot be read is one message that cannot be used."""
        hook = self._definition
        if hook is None:
            raise QunxiangError("intake.no_hook", name="")
        about = msgspec.json.encode(_mean(hook, request.headers))
        try:
            items = _split(hook, request.body)
        except QunxiangError as error:
            items = [Item(raw=request.body[:_KEPT_BYTES], fault=error.code)]
        return Reading(items=items, about=about)

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate a record by the meaning beside it."""
        means = _meaning(about)
        top: Mapping[str, Any] = {}
        named = means.named
        if means.listed:
            whole = _open(raw)
            raw, top = bytes(whole.record), whole.top
            named = f"{named}#{whole.place}" if named and whole.place else named
        record = parse_object(raw)

        def find(path: str) -> Any:
            if means.listed and path.startswith(_TOP):
                return top.get(path)
            return find_value(record, path)

        event = _event_of(means, find)
        if event is None:
            return Message(kind="none")
        ids = tuple(
            (kind, text) for kind, path in means.ids.items() if (text := as_text(find(path)))
        )
        if not ids:
            raise QunxiangError("intake.no_person")
        fields = {n: v for n, path in means.fields.items() if (v := find(path)) is not None}
        changes: dict[Change, dict[str, Any]] = {"set": fields} if fields else {}
        return Message(
            kind="profile" if means.kind == "profile" else "event",
            id=as_text(find(means.id)) if means.id else named or xxhash.xxh3_128_hexdigest(raw),
            at=_time_of(find(means.at), means.zone) if means.at else None,
            ids=ids,
            event=event,
            properties=_properties_of(means, find, record),
            changes=changes,
        )

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say how many were taken, as our own protocol does."""
        return _PLAIN.reply(request, faults)

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with a problem document."""
        return _PLAIN.refuse(request, error)


def find_value(document: Any, path: str) -> Any:
    """Return what stands at a dotted path; a number counts the elements of a list. None for nothing."""
    if path == "$":
        return document
    for step in path.removeprefix(_TOP).split("."):
        if isinstance(document, dict):
            document = cast("dict[str, Any]", document).get(step)
        elif isinstance(document, list) and step.isdecimal():
            elements = cast("list[Any]", document)
            document = elements[int(step)] if int(step) < len(elements) else None
        else:
            return None
    return document


def _mean(hook: HookDefinition, headers: Mapping[str, str]) -> Meaning:
    return Meaning(
        hook=hook.name,
        listed=bool(hook.records),
        kind=hook.kind,
        event=hook.event,
        event_path=hook.event_path,
        events=hook.events,
        at=hook.at,
        zone=hook.zone,
        id=hook.id,
        ids=hook.ids,
        properties=hook.properties,
        all_under=hook.all_under,
        fields=hook.fields,
        said=headers.get(hook.event_header.lower(), "") if hook.event_header else "",
        named=headers.get(hook.id_header.lower(), "") if hook.id_header else "",
    )


def _split(hook: HookDefinition, body: bytes) -> list[Item]:
    """Return the records of a body, each with what it is read with.

    Raises:
        QunxiangError: intake.bad_json and the like; intake.no_records, if there is no list where the
            definition says; intake.too_many.
    """
    document = parse(body)
    if not hook.records:
        return [Item(raw=body)]
    raws = _raws_at(body, hook.records)
    if len(raws) > _MOST_RECORDS:
        raise QunxiangError("intake.too_many", most=_MOST_RECORDS)
    paths = (hook.event_path, hook.at, hook.id, hook.all_under)
    named = (*paths, *hook.ids.values(), *hook.properties.values(), *hook.fields.values())
    top = {path: find_value(document, path) for path in named if path.startswith(_TOP)}
    return [
        Item(raw=msgspec.json.encode(_Listed(record=raw, top=top, place=place)))
        for place, raw in enumerate(raws)
    ]


def _raws_at(body: bytes, path: str) -> list[msgspec.Raw]:
    """Return the elements of the list at a path, each as it came; none where nothing stands.

    Raises:
        QunxiangError: intake.no_records, if something else stands there.
    """
    try:
        here = msgspec.Raw(body)
        for step in path.removeprefix(_TOP).split(".") if path != "$" else ():
            if bytes(here) not in _NOTHING:
                here = _parts(here).get(step, msgspec.Raw(b"null"))
        return [] if bytes(here) in _NOTHING else _raws(here)
    except msgspec.DecodeError as error:
        raise QunxiangError("intake.no_records", path=path) from error


def _open(raw: bytes) -> _Listed:
    try:
        return _listed(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # A body without the list was kept whole, and nothing can be read of it.
        raise QunxiangError("intake.no_records", path="") from error


def _event_of(means: Meaning, find: Any) -> str | None:
    """Return what happened, by our name; empty for a profile, None for what is passed over.

    Raises:
        QunxiangError: intake.no_event.
    """
    if means.kind == "profile":
        return ""
    word = (
        means.event or means.said or (as_text(find(means.event_path)) if means.event_path else "")
    )
    if not word:
        raise QunxiangError("intake.no_event")
    return means.events.get(word, word) or None


def _properties_of(means: Meaning, find: Any, record: dict[str, Any]) -> dict[str, Any]:
    whole = (record if means.all_under == "$" else find(means.all_under)) if means.all_under else {}
    out = dict(cast("dict[str, Any]", whole)) if isinstance(whole, dict) else {}
    out.update({n: v for n, path in means.properties.items() if (v := find(path)) is not None})
    return out


def _time_of(value: object, zone: str) -> int | None:
    """Return a time in microseconds; one that names no zone is of the hook's.

    Raises:
        QunxiangError: intake.bad_time.
    """
    if isinstance(value, str) and zone != "UTC":
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            return read_time(value)
        if found.tzinfo is None:
            moment = found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
            return round(moment.timestamp() * 1_000_000)
    if isinstance(value, dict | list):
        raise QunxiangError("intake.bad_time", value=type(value).__name__)
    return read_time(value)
