"""Segment's HTTP tracking API: `/v1/track` and its sisters, `/v1/t` of browsers, `/v1/batch`."""

from __future__ import annotations

from collections.abc import Sequence

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message
from qunxiang.sources.protocols.calls import read_calls, translate_call
from qunxiang.sources.protocols.envelopes import find_key, find_path, open_body, unwrap
from qunxiang.sources.protocols.replies import refuse_json, reply_gif, reply_json
from qunxiang.sources.protocols.wire import Reading, Reply, Request, parse_form

CALLS = {
    "identify": "identify",
    "i": "identify",
    "track": "track",
    "t": "track",
    "page": "page",
    "p": "page",
    "screen": "screen",
    "s": "screen",
    "group": "group",
    "g": "group",
    "alias": "alias",
    "a": "alias",
    "batch": "",
    "b": "",
    "import": "",
}
_METRICS = "/v1/m"
_SETTINGS = "/v1/projects/"
_PIXEL = "/v1/pixel/"


class Segment:
    """Speaks the protocol of Segment."""

    name = "segment"
    paths = (*(f"/v1/{call}" for call in CALLS), _METRICS, f"{_SETTINGS}*", f"{_PIXEL}*")
    judged = False

    def read(self, request: Request) -> Reading:
        """Find the key (Basic, bearer, `writeKey` in body or query) and the calls."""
        path = find_path(request, self.name)
        if path.startswith(_SETTINGS):
            return Reading(key=path.removeprefix(_SETTINGS).partition("/")[0])
        if path == _METRICS:
            return Reading(key=find_key(request, names=("writeKey",)))
        text = open_body(request)
        if path.startswith(_PIXEL):
            text = unwrap(parse_form(request.query).get("data", ""))
        return read_calls(text, request, CALLS.get(path.rpartition("/")[2], ""))

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one call."""
        return translate_call(raw, about, received)

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say that it is taken; tell browsers where to send, if they ask for their settings."""
        path = find_path(request, self.name)
        if path.startswith(_PIXEL):
            return reply_gif()
        if not path.startswith(_SETTINGS):
            return reply_json({"success": True})
        before = request.path.partition(_SETTINGS)[0]
        home = f"{request.headers.get('host', 'localhost')}{before}/v1"
        key = path.removeprefix(_SETTINGS).partition("/")[0]
        return reply_json(
            {"integrations": {"Segment.io": {"apiKey": key, "apiHost": home}}, "plan": {}}
        )

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with the code and message that its clients log."""
        return refuse_json(error, success=False)
