"""RudderStack's API: Segment's calls, and its own beacons, pixels and settings of sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message
from qunxiang.sources.protocols.calls import read_calls, translate_call
from qunxiang.sources.protocols.envelopes import find_key, find_path, open_body
from qunxiang.sources.protocols.replies import refuse_json, reply_gif, reply_json, reply_text
from qunxiang.sources.protocols.wire import Reading, Reply, Request, decode_base64, parse_form

_CALLS = ("identify", "track", "page", "screen", "group", "alias", "merge", "batch", "import")
_BEACON = "/beacon/v1/batch"
_PIXEL = "/pixel/v1/"
_SETTINGS = "/sourceConfig"
_NESTED = ("context", "properties", "traits")
_LEVELS = 8  # of a name with dots in a pixel


class Rudderstack:
    """Speaks the protocol of RudderStack."""

    name = "rudderstack"
    paths = (
        *(f"/v1/{call}" for call in _CALLS),
        _BEACON,
        f"{_PIXEL}track",
        f"{_PIXEL}page",
        _SETTINGS,
    )
    judged = False

    def read(self, request: Request) -> Reading:
        """Find the key (Basic, or `writeKey` in body or query) and the calls."""
        path = find_path(request, self.name)
        if path == _SETTINGS:
            return Reading(key=find_key(request, names=("writeKey",)))
        call = path.rpartition("/")[2]
        text = _read_pixel(request.query) if path.startswith(_PIXEL) else open_body(request)
        return read_calls(text, request, "" if call == "batch" else call, _find_anonymous(request))

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one call."""
        return translate_call(raw, about, received)

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say OK; to a browser that asks for its source, that it is on and has no destinations."""
        path = find_path(request, self.name)
        if path.startswith(_PIXEL):
            return reply_gif()
        return _reply_source(request) if path == _SETTINGS else reply_text("OK")

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with the code and message that its clients look for."""
        return refuse_json(error)


def _find_anonymous(request: Request) -> str:
    """Return the anonymous id in the header that browsers add, in base64."""
    shown = request.headers.get("anonymousid", "")
    try:
        return decode_base64(shown.encode("utf-8", "replace")).decode("utf-8")
    except (QunxiangError, UnicodeDecodeError):
        return ""


def _read_pixel(query: str) -> bytes:
    """Return as JSON the call that a query spells with dots: `context.page.url=…`."""
    call: dict[str, Any] = {}
    for name, value in parse_form(query).items():
        if name == "writeKey":
            continue
        *way, last = name.split(".", _LEVELS) if name.startswith(_NESTED) else [name]
        place = call
        for step in way:
            inner = place.setdefault(step, {})
            place = inner if isinstance(inner, dict) else {}
        place.setdefault(last, value)
    return msgspec.json.encode(call)


def _reply_source(request: Request) -> Reply:
    key = find_key(request, names=("writeKey",))
    source = {
        "id": key,
        "name": "qunxiang",
        "writeKey": key,
        "enabled": True,
        "config": {},
        "connections": [],
        "destinations": [],
        "dataplanes": {},
        "workspaceId": "qunxiang",
    }
    return reply_json({"source": source, "updatedAt": "2026-01-01T00:00:00.000Z"})
