"""Amplitude: `/2/httpapi`, `/batch`, `/identify` and `/groupidentify`."""

from __future__ import annotations

from collections.abc import Sequence

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message
from qunxiang.sources.protocols.amplitude_events import name_event, translate_event
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
from qunxiang.sources.protocols.replies import reply_json
from qunxiang.sources.protocols.values import as_text, take_sent
from qunxiang.sources.protocols.wire import REPEAT, Reading, Reply, Request, parse_form

LARGEST = 1024 * KILOBYTE  # bytes of one event
_IDENTIFY = {"/identify": "$identify", "/groupidentify": "$groupidentify"}
_FORBIDDEN = (401, 403)


class Amplitude:
    """Speaks the protocol of Amplitude."""

    name = "amplitude"
    paths = ("/2/httpapi", "/httpapi", "/batch", *_IDENTIFY)
    judged = False

    def read(self, request: Request) -> Reading:
        """Find the key (`api_key` in body, form or query) and the events."""
        text, shown = _open(request)
        envelope = open_envelope(text, "events", ("api_key", "client_upload_time"))
        said = envelope.said
        key = find_key(request, shown, said.get("api_key"), names=("api_key",))
        name_items(envelope.items, name_event, LARGEST)
        about = tell(
            agent=find_agent(request),
            sent=take_sent(said.get("client_upload_time")),
            type=_IDENTIFY.get(find_path(request, self.name)),
        )
        return Reading(key=key, items=envelope.items, about=about)

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one event."""
        return translate_event(raw, about, received)

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say code 200, which its clients look for in the body, and how many were taken."""
        return reply_json({
            "code": 200,
            "events_ingested": faults.count("") + faults.count(REPEAT),
            "payload_size_bytes": len(request.body),
            "server_upload_time": request.received // 1000,
        })  # fmt: skip

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with the code and error that its clients look for.

        A key that is refused is a 400 with these words: clients stop at them, and would go on
        trying at any other.
        """
        if error.status in _FORBIDDEN:
            return reply_json({"code": 400, "error": f"Invalid API key: {error.code}"}, 400)
        told = f"{error.message('en')} ({error.code})"
        return reply_json({"code": error.status, "error": told}, error.status)


def _open(request: Request) -> tuple[bytes, str]:
    """Return the JSON of a request, and the key if a form shows it."""
    body = open_body(request)
    if body.startswith((b"{", b"[")):
        return body, ""
    form = parse_form(request.query) | read_form(body)
    field = form.get("identification") or form.get("event") or form.get("e")
    if not field:
        raise QunxiangError("intake.bad_form")
    return unwrap(field), as_text(form.get("api_key"), form.get("client"))
