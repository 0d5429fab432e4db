"""The protocols that are spoken, and which one a request is meant for.

A path may begin with the name of the protocol: `/segment/v1/batch`. Without it, a path that several
protocols use is told apart by what the request says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.protocols.amplitude import Amplitude
from qunxiang.sources.protocols.customerio import Customerio
from qunxiang.sources.protocols.envelopes import open_body
from qunxiang.sources.protocols.ga4 import Ga4
from qunxiang.sources.protocols.hook import Hook
from qunxiang.sources.protocols.jitsu import Jitsu
from qunxiang.sources.protocols.mixpanel import Mixpanel
from qunxiang.sources.protocols.plain import Plain
from qunxiang.sources.protocols.posthog import Posthog, open_payload
from qunxiang.sources.protocols.rudderstack import Rudderstack
from qunxiang.sources.protocols.segment import Segment
from qunxiang.sources.protocols.sensors import Sensors
from qunxiang.sources.protocols.snowplow import Snowplow
from qunxiang.sources.protocols.wire import Request, Speaker

# Of two that a request may be meant for, the first one here that says yes to it takes it; of those
# that cannot tell, the first.
SPOKEN: tuple[Speaker, ...] = (
    Plain(),
    Segment(),
    Rudderstack(),
    Sensors(),
    Mixpanel(),
    Posthog(),
    Amplitude(),
    Ga4(),
    Snowplow(),
    Jitsu(),
    Customerio(),
)
# Web hooks have paths of their own, and are found by their definitions.
BY_NAME: dict[str, Speaker] = {speaker.name: speaker for speaker in (*SPOKEN, Hook())}
_EXACT: dict[str, list[Speaker]] = {}
_BEGINNINGS: list[tuple[str, Speaker]] = []
for _speaker in SPOKEN:
    for _path in _speaker.paths:
        if _path.endswith("*"):
            _BEGINNINGS.append((_path[:-1], _speaker))
        else:
            _EXACT.setdefault(_path, []).append(_speaker)

_RUDDER = re.compile(rb'"name"\s*:\s*"(RudderLabs|@rudderstack/|com\.rudderstack|rudder-)')


def find_speaker(request: Request) -> Speaker | None:
    """Return the protocol that answers a request; None if none does."""
    found = _find_all(request.path.rstrip("/"))
    if len(found) < 2:
        return found[0] if found else None
    return next((one for one in found if _means(one, request)), found[0])


@lru_cache(1024)
def _find_all(path: str) -> list[Speaker]:
    """Return those that answer a path, or the one whose name it begins with."""
    first, _, rest = path[1:].partition("/")
    chosen = BY_NAME.get(first)
    if chosen is not None and chosen in _find(f"/{rest}"):
        return [chosen]
    return _find(path)


def _find(path: str) -> list[Speaker]:
    """Return those that answer a path as it stands."""
    return _EXACT.get(path) or [one for start, one in _BEGINNINGS if path.startswith(start)]


def _means(speaker: Speaker, request: Request) -> bool:
    evidence = _EVIDENCE.get(speaker.name)
    return evidence is not None and evidence(request)


def _is_rudder(request: Request) -> bool:
    """Tell by its header, or by the library; Segment's answer suits every other client."""
    return "anonymousid" in request.headers or _RUDDER.search(request.body) is not None


def _is_posthog(request: Request) -> bool:
    """Tell by the client, or by how it shows its key; Mixpanel's clients show a plain `token`."""
    if request.headers.get("user-agent", "").startswith("posthog"):
        return True
    if request.path.rstrip("/") == "/batch":
        return False
    try:
        return _POSTHOG_KEY.search(open_payload(request)) is not None
    except QunxiangError:
        return False


class _Lists(msgspec.Struct):
    batch: msgspec.Raw = msgspec.Raw()
    events: msgspec.Raw = msgspec.Raw()


_lists = msgspec.json.Decoder(_Lists).decode


def _is_amplitude(request: Request) -> bool:
    """Tell by the name of the list: PostHog's is called `batch`."""
    try:
        lists = _lists(open_body(request))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return b'"batch"' not in request.body  # broken; its protocol will say so
    except QunxiangError:
        return False
    return bool(lists.events) and not lists.batch


_POSTHOG_KEY = re.compile(rb'"api_key"\s*:|"token"\s*:\s*"phc_')
_EVIDENCE: dict[str, Callable[[Request], bool]] = {
    "rudderstack": _is_rudder,
    "posthog": _is_posthog,
    "amplitude": _is_amplitude,
}
