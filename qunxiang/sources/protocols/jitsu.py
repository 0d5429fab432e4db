"""Jitsu: Segment's calls at `/api/s/…` from pages and `/api/s/s2s/…` from servers."""

from __future__ import annotations

from collections.abc import Sequence

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message
from qunxiang.sources.protocols.calls import read_calls, translate_call
from qunxiang.sources.protocols.envelopes import find_path, open_body
from qunxiang.sources.protocols.replies import refuse_json, reply_json
from qunxiang.sources.protocols.wire import Reading, Reply, Request

_CALLS = ("identify", "track", "page", "screen", "group", "alias", "batch", "event")
_WHATEVER = ("batch", "event")  # where each call says itself what it is


class Jitsu:
    """Speaks the protocol of Jitsu."""

    name = "jitsu"
    paths = tuple(f"/api/s/{where}{call}" for where in ("", "s2s/") for call in _CALLS)
    judged = False

    def read(self, request: Request) -> Reading:
        """Find the key (`X-Write-Key`, without its secret; in the body it is masked) and the calls."""
        call = find_path(request, self.name).rpartition("/")[2]
        return read_calls(open_body(request), request, "" if call in _WHATEVER else call)

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one call."""
        return translate_call(raw, about, received)

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say that it is taken."""
        return reply_json({"ok": True})

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with the code and the message."""
        return refuse_json(error, ok=False, error=error.message("en"))
