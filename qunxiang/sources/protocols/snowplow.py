"""Snowplow's tracker protocol: `tp2` by POST, `/i` by GET, and events that describe themselves."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie

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
    open_envelope,
    tell,
)
from qunxiang.sources.protocols.replies import refuse_json, reply_gif, reply_text
from qunxiang.sources.protocols.snowplow_events import name_event, translate_event
from qunxiang.sources.protocols.values import as_text
from qunxiang.sources.protocols.wire import Item, Reading, Reply, Request, parse_form

LARGEST = 1024 * KILOBYTE  # bytes of one event
_TP2 = "/com.snowplowanalytics.snowplow/tp2"
_IGLU = "/com.snowplowanalytics.iglu/v1"
_GET = "/i"
_COOKIE = "sp"
_YEAR = 31_536_000  # seconds


class _Event(msgspec.Struct):
    aid: str | None = None


_event = msgspec.json.Decoder(_Event).decode


class Snowplow:
    """Speaks the protocol of Snowplow's trackers."""

    name = "snowplow"
    paths = (_TP2, _IGLU, _GET)
    judged = False

    def read(self, request: Request) -> Reading:
        """Find the key (`key` in the query, a header, or the app's id) and the events.

        Trackers know no key; the app's id (`aid`) serves as one.
        """
        path = find_path(request, self.name)
        if path == _GET:
            items = [Item(raw=msgspec.json.encode(parse_form(request.query)))]
        elif path == _IGLU:
            items = [Item(raw=_describe(request))]
        else:
            items = open_envelope(open_body(request), "data").items
        name_items(items, name_event, LARGEST)
        key = find_key(request, names=("key",)) or "".join(_find_app(i.raw) for i in items[:1])
        network = "" if _is_anonymous(request) else _read_cookie(request)
        about = tell(agent=find_agent(request), network=network)
        return Reading(key=key, items=items, about=about)

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one event."""
        return translate_event(raw, about, received)

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say ok, or show a picture; give a browser a cookie, unless it wants none."""
        said = reply_gif() if request.method == "GET" else reply_text("ok")
        if _is_anonymous(request):
            return said
        network = _read_cookie(request) or _make_cookie(request)
        cookie = f"{_COOKIE}={network}; Max-Age={_YEAR}; Path=/; HttpOnly; SameSite=Lax"
        return msgspec.structs.replace(said, headers=(*said.headers, ("Set-Cookie", cookie)))

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with the code and message; trackers look at the status alone."""
        return refuse_json(error)


def _describe(request: Request) -> bytes:
    """Return as an event what describes itself: its schema in the query, its data in query or body."""
    fields = parse_form(request.query)
    schema, text = fields.pop("schema", ""), open_body(request)
    app, key = fields.pop("aid", None), fields.pop("key", None)
    event: dict[str, object] = {"e": "ue", "aid": app or key, "eid": fields.pop("eid", None)}
    names = ("uid", "duid")
    event |= {name: fields.pop(name) for name in names if name in fields}
    if not schema and text:
        event["ue_pr"] = text.decode("utf-8", "replace")
    else:
        data = msgspec.Raw(_checked(text)) if text else fields
        event["ue_pr"] = msgspec.json.encode({"schema": schema, "data": data}).decode()
    return msgspec.json.encode(event)


def _checked(text: bytes) -> bytes:
    """Return a JSON text with broken characters replaced; what else is wrong, translation finds."""
    return text.decode("utf-8", "replace").encode()


def _find_app(raw: bytes) -> str:
    try:
        return as_text(_event(raw).aid)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ""


def _is_anonymous(request: Request) -> bool:
    return "sp-anonymous" in request.headers


def _read_cookie(request: Request) -> str:
    """Return the id that a browser was given earlier; who never brings it back is not known by it."""
    try:
        cookie = SimpleCookie(request.headers.get("cookie", "")).get(_COOKIE)
    except CookieError:
        return ""
    value = cookie.value if cookie is not None else ""
    return value if len(value) == len(str(uuid.UUID(int=0))) and value.isascii() else ""


def _make_cookie(request: Request) -> str:
    """Return an id for a browser, from the request: a reply keeps no state and casts no dice."""
    seed = repr(
        (request.received, request.address, request.query, request.headers.get("user-agent"))
    )
    digest = hashlib.blake2b(seed.encode() + request.body, digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4))
