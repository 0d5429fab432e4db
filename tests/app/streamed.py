"""Messages as the intake lands them, without a network."""

from __future__ import annotations

import time
from typing import Any

import orjson

from qunxiang.app import House
from qunxiang.sources import BY_NAME, Arrival, Reading, Request, judge


def land(
    house: House,
    events: Any,
    *,
    source: str = "web",
    received: int | None = None,
    protocol: str = "plain",
    path: str = "/v1/events",
) -> Reading:
    """Land messages durably; return what was read of them."""
    speaker = BY_NAME[protocol]
    at = received if received is not None else time.time_ns() // 1000
    request = Request(method="POST", path=path, body=orjson.dumps(events), received=at)
    reading = speaker.read(request)
    judge(speaker, reading, at)
    arrival = Arrival(
        source=source,
        protocol=protocol,
        about=reading.about,
        received=at,
        items=reading.items,
        faults=[item.fault for item in reading.items],
    )
    house.stream.append([arrival])
    return reading
