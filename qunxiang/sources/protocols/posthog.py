"""PostHog: `/batch`, `/e` and their aliases, and what its clients ask for besides."""

from __future__ import annotations

from collections.abc import Sequence

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
    read_form,
    tell,
    unwrap,
)
from qunxiang.sources.protocols.posthog_events import name_event, translate_event
from qunxiang.sources.protocols.replies import refuse_json, reply_json
from qunxiang.sources.protocols.values import as_text, take_sent
from qunxiang.sources.protocols.wire import REPEAT, Reading, Reply, Request, parse_form

LARGEST = 1024 * KILOBYTE  # bytes of one event
_EVENTS = ("/batch", "/capture", "/e", "/i/v0/e", "/track", "/engage", "/i/v0/ai/batch")
_NEWER = "/i/v1/analytics/events"
_FLAGS = ("/flags", "/decide")
_RECORDINGS = "/s"
_ARRAY = "/array/"


class _Event(msgspec.Struct):
    api_key: str | None = None
    token: str | None = None
    properties: dict[str, msgspec.Raw] | None = None


_event = msgspec.json.Decoder(_Event).decode


class Posthog:
    """Speaks the protocol of PostHog."""

    name = "posthog"
    paths = (*_EVENTS, _NEWER, *_FLAGS, _RECORDINGS, f"{_ARRAY}*")
    judged = False

    def read(self, request: Request) -> Reading:
        """Find the key (`api_key` or `token`, in body, event or query; bearer) and the events.

        Recordings of screens are dropped; questions after flags and settings hold no events.
        """
        path = find_path(request, self.name)
        if path.startswith(_ARRAY):
            return Reading(key=path.removeprefix(_ARRAY).partition("/")[0])
        if path == _RECORDINGS:
            return Reading(key=find_key(request, names=("token", "api_key")))
        text = open_payload(request)
        envelope = open_envelope(text, "batch", ("api_key", "token", "sent_at"))
        said = envelope.said
        inner = next((_find_key(item.raw) for item in envelope.items), "")
        key = find_key(
            request, said.get("api_key"), said.get("token"), inner, names=("api_key", "token")
        )
        if path in _FLAGS:
            return Reading(key=key)
        name_items(envelope.items, name_event, LARGEST)
        sent = said.get("sent_at") or request.headers.get("posthog-request-timestamp")
        about = tell(
            sent=take_sent(sent),
            agent=find_agent(request),
            engage=path == "/engage" or None,
        )
        return Reading(key=key, items=envelope.items, about=about)

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one event."""
        return translate_event(raw, about, received)

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say that it is taken; that there are no flags; what became of each event, if asked."""
        path = find_path(request, self.name)
        if path in _FLAGS:
            return reply_json(_NO_FLAGS)
        if path.startswith(_ARRAY):
            return _reply_settings(path)
        if path == _NEWER:
            items = self.read(request).items
            pairs = zip(items, faults, strict=True)
            return reply_json({"results": {i.id: _judge(code) for i, code in pairs if i.id}})
        return reply_json({"status": 1})

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with the detail that its clients log."""
        return refuse_json(error, status=0, type="validation_error", detail=error.message("en"))


_NO_FLAGS = {
    "flags": {},
    "featureFlags": {},
    "featureFlagPayloads": {},
    "errorsWhileComputingFlags": False,
    "config": {"enable_collect_everything": True},
    "toolbarParams": {},
    "isAuthenticated": False,
    "supportedCompression": ["gzip", "gzip-js"],
    "sessionRecording": False,
}


def open_payload(request: Request) -> bytes:
    """Return the JSON of a request: its body, or the field `data` of a form or query."""
    body = open_body(request)
    if body.startswith((b"{", b"[")):
        return body
    form = read_form(body) if body.startswith(b"data=") or b"&data=" in body else {}
    field = form.get("data") or parse_form(request.query).get("data", "")
    return unwrap(field or body.decode("utf-8", "replace"))


def _find_key(raw: bytes) -> str:
    """Return the key that an event shows itself, as browsers send it."""
    try:
        said = _event(raw)
        inner = msgspec.json.decode((said.properties or {}).get("token", b'""'))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ""
    return as_text(said.api_key, said.token, inner)


def _judge(code: str) -> dict[str, str]:
    return {"result": "ok"} if code in {"", REPEAT} else {"result": "drop", "details": code}


def _reply_settings(path: str) -> Reply:
    """Answer a page that asks what it is to do: to send events, and nothing else."""
    settings = msgspec.json.encode({**_NO_FLAGS, "hasFeatureFlags": False, "surveys": False})
    if not path.endswith(".js"):
        return Reply(body=settings)
    key = msgspec.json.encode(path.removeprefix(_ARRAY).partition("/")[0])
    body = (
        b"(function(){window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{};"
        b"window._POSTHOG_REMOTE_CONFIG[" + key + b"]={config:" + settings + b",siteApps:[]}})();"
    )
    return Reply(body=body, type="text/javascript; charset=utf-8")
