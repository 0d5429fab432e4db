"""The protocols that are spoken, and which one a request is meant for."""

from __future__ import annotations

from qunxiang.sources.protocols.plain import Plain
from qunxiang.sources.protocols.wire import Request, Speaker

SPOKEN: tuple[Speaker, ...] = (Plain(),)
BY_NAME = {speaker.name: speaker for speaker in SPOKEN}
_BY_PATH = {path: speaker for speaker in SPOKEN for path in speaker.paths}


def find_speaker(request: Request) -> Speaker | None:
    """Return the protocol that answers a request; None if none does."""
    return _BY_PATH.get(request.path)
