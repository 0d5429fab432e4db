"""Many clients that send events over HTTP as fast as they are answered, or at a pace."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from typing import cast

import orjson
import uvloop

_MARK = b"0000000000000000"


@dataclass
class Load:
    """What is sent, and what came of it.

    Args:
        port: where to.
        key: the write key.
        batch: events in a request.
        seconds: for how long.
        pace: requests a second in all; 0 for as many as are answered.
        prefix: eight letters that set these events' ids apart from others'.
    """

    port: int
    key: str
    batch: int
    seconds: float
    pace: float
    prefix: str
    waits: list[float] = field(default_factory=list[float])
    failures: int = 0


def _parts(load: Load) -> list[bytes]:
    """Return the pieces of a request between which the ids go."""
    event = {
        "event": "view_item",
        "id": _MARK.decode(),
        "at": "2026-11-22T10:00:00.000Z",
        "ids": {"user_id": "u-1048576", "device": "d-8f14e45f-ceea-467f"},
        "properties": {
            "product": "SKU-0091",
            "category": "面部护理",
            "price": 299.0,
            "page": "/p/91",
        },
    }
    one = orjson.dumps(event)
    body = one if load.batch == 1 else b"[" + b",".join([one] * load.batch) + b"]"
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Write-Key: {load.key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head.encode() + body).split(_MARK)


class Client(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, load: Load, parts: list[bytes], number: int, done: asyncio.Event) -> None:
        self._load = load
        self._parts = parts
        self._next = number << 32
        self._done = done
        self._transport: asyncio.Transport | None = None
        self._heard = b""
        self._sent = 0.0
        self._until = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._until = time.perf_counter() + self._load.seconds
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        parts, prefix, number = self._parts, self._load.prefix.encode(), self._next
        self._next += len(parts)
        out = [parts[0]]
        for place, part in enumerate(parts[1:]):
            out += (b"%s%08x" % (prefix, (number + place) & 0xFFFFFFFF), part)
        self._sent = time.perf_counter()
        self._transport.write(b"".join(out))

    def data_received(self, data: bytes) -> None:
        """Hear an answer; ask again."""
        self._heard += data
        head, found, body = self._heard.partition(b"\r\n\r\n")
        if not found:
            return
        low = head.lower()
        at = low.index(b"content-length:") + 15
        if len(body) < int(low[at:].split(b"\r\n", 1)[0]):
            return
        now = time.perf_counter()
        self._load.waits.append(now - self._sent)
        self._load.failures += not head.startswith(b"HTTP/1.1 200")
        self._heard = b""
        if now >= self._until:
            self._done.set()
            return
        pause = self._pause(now)
        if pause > 0:
            asyncio.get_running_loop().call_later(pause, self._send)
        else:
            self._send()

    def _pause(self, now: float) -> float:
        if not self._load.pace:
            return 0.0
        return self._sent + CONNECTIONS / self._load.pace - now


CONNECTIONS = 64


async def run(load: Load, connections: int) -> None:
    """Let so many clients send."""
    loop = asyncio.get_running_loop()
    parts = _parts(load)
    waiting: list[asyncio.Event] = []
    for number in range(connections):
        done = asyncio.Event()
        waiting.append(done)
        prefix = f"{number:04x}"
        mine = Load(
            load.port, load.key, load.batch, load.seconds, load.pace, load.prefix[:4] + prefix,
            load.waits,
        )  # fmt: skip
        await loop.create_connection(
            lambda mine=mine, number=number, done=done: Client(mine, parts, number, done),
            "127.0.0.1",
            load.port,
        )
    await asyncio.gather(*(done.wait() for done in waiting))


def main() -> None:
    """Send as the words say: port, key, batch, seconds, connections, pace, prefix; print what came."""
    port, key, batch, seconds, connections, pace, prefix = sys.argv[1:]
    load = Load(int(port), key, int(batch), float(seconds), float(pace), prefix)
    global CONNECTIONS  # noqa: PLW0603 a program of one task
    CONNECTIONS = int(connections)
    began = time.perf_counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(load, int(connections)))
    wall = time.perf_counter() - began
    waits = sorted(load.waits)
    print(
        orjson.dumps(
            {
                "wall": wall,
                "events": len(waits) * load.batch,
                "p50": waits[len(waits) // 2],
                "p99": waits[int(len(waits) * 0.99)],
            }
        ).decode()
    )


if __name__ == "__main__":
    main()
