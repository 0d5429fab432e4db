"""HTTP/1.1 over asyncio, as lean as it can be: a request is read, decided, and answered when durable.

Answers go out in the order of the requests of a connection, whichever of them is durable first.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

import httptools
from sqlalchemy.exc import SQLAlchemyError

from qunxiang.errors import QunxiangError
from qunxiang.intake.answers import allow_origin, refuse_plainly, refuse_status, write
from qunxiang.intake.desk import Desk, Taken
from qunxiang.intake.groups import Groups
from qunxiang.sources import Reply, Request, unpack

_HEADER_BYTES = 64 << 10
_IDLE_SECONDS = 75.0
_LINGER_SECONDS = 5.0  # for a client that was refused to end what it sends
_LATE_SECONDS = 30.0  # for a request to arrive in whole, once it has begun
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_COMMON = (
    "Host", "User-Agent", "Accept", "Accept-Encoding", "Content-Type", "Content-Length",
    "Content-Encoding", "Connection", "Authorization", "Origin", "Referer", "X-Write-Key",
)  # fmt: skip
_NAMES = {spelt.encode(): n.lower() for n in _COMMON for spelt in (n, n.lower())}
_PACKED = {"gzip", "deflate", "x-gzip"}
_HEALTH = Reply(body=b'{"status":"ok"}')
_ALLOWED = (
    ("Access-Control-Allow-Methods", "GET, POST, PUT, OPTIONS"),
    ("Access-Control-Max-Age", "86400"),
)


@dataclass(frozen=True)
class Bounds:
    """How much a request may hold, bytes; `unread` is what is let pass after a refusal."""

    body: int = 10 << 20
    unpacked: int = 20 << 20
    unread: int = 256 << 20


class Slot:
    """The place of one answer in the order of its connection."""

    __slots__ = ("answer", "keep")

    def __init__(self, *, keep: bool) -> None:
        self.answer: bytes | None = None
        self.keep = keep


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._parser = httptools.HttpRequestParser(self)
        self._slots: deque[Slot] = deque()
        self._transport: asyncio.Transport | None = None
        self._address = ""
        self._since = time.monotonic()
        self._busy = False  # a request has begun to arrive
        self._paused = False
        self._over = False  # nothing more is read
        self._ending = False  # closed as soon as everything that was asked is answered
        self._unread = 0
        self._begin()

    # ── of the connection ────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        self._front.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        """Forget it; what it sent and is not durable yet will be all the same."""
        self._transport = None
        self._front.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._over:
            self._unread += len(data)
            if self._unread > self._front.bounds.unread and self._transport is not None:
                self._transport.abort()
            return
        self._since = time.monotonic()
        self._busy = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail(400)
        except httptools.HttpParserError:
            self._fail(self._wrong or 400)

    def eof_received(self) -> bool:
        """Stay until a client that will not ask any more has its answers."""
        self._ending = True
        return bool(self._slots)

    def pause_writing(self) -> None:
        """Stop reading from a client that does not read its answers."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on."""
        if self._transport is not None:
            self._transport.resume_reading()

    def check(self, now: float) -> None:
        """Close a connection on which nothing comes, or a request does not come to its end."""
        waits = now - self._since
        if self._transport is None or self._slots:
            return
        if self._over and waits > _LINGER_SECONDS:
            self._transport.abort()
        elif waits > _IDLE_SECONDS or (self._busy and waits > _LATE_SECONDS):
            self._transport.close()

    def finish(self) -> None:
        """Close as soon as everything that was asked is answered."""
        self._over = self._ending = True
        if self._transport is not None and not self._slots:
            self._transport.close()

    # ── of the parser ────────────────────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._header_bytes = 0
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._wrong = 0

    def on_message_begin(self) -> None:
        """A request begins."""
        self._begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        self._url += url
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; of one that comes twice, the last."""
        self._count(len(name) + len(value))
        known = _NAMES.get(name)
        self._headers[known or name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Ask for the body, if the client waits to be asked."""
        length = self._headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._front.bounds.body:
            self._refuse(413)
        if self._headers.get("expect", "").lower() == "100-continue" and self._transport:
            self._transport.write(_CONTINUE)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body_bytes += len(body)
        if self._body_bytes > self._front.bounds.body:
            self._refuse(413)
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Decide about the request."""
        self._busy = False
        slot = Slot(keep=self._parser.should_keep_alive())
        self._slots.append(slot)
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        path, _, query = self._url.partition(b"?")
        request = Request(
            method=self._parser.get_method().decode(),
            path=path.decode("latin-1").rstrip("/") or "/",
            query=query.decode("latin-1"),
            headers=self._headers,
            body=body,
            received=time.time_ns() // 1000,
            address=self._address,
        )
        self._front.handle(request, partial(self._answer, slot))

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > _HEADER_BYTES:
            self._refuse(431)

    def _refuse(self, status: int) -> None:
        self._wrong = status
        message = "too large"
        raise httptools.HttpParserError(message)

    # ── answers ──────────────────────────────────────────────────────────────────────────────────

    def _answer(self, slot: Slot, answer: bytes) -> None:
        slot.answer = answer
        if self._transport is None or self._slots[0] is not slot:
            return
        ready: list[bytes] = []
        keep = True
        while self._slots and self._slots[0].answer is not None:
            first = self._slots.popleft()
            assert first.answer is not None
            ready.append(first.answer)
            keep = keep and first.keep
        self._since = time.monotonic()
        self._transport.write(ready[0] if len(ready) == 1 else b"".join(ready))
        if not keep and self._over and not self._ending:
            # Whoever still sends would not hear the answer if the connection were closed on them.
            self._transport.write_eof()
        elif not keep or (self._ending and not self._slots):
            self._transport.close()

    def _fail(self, status: int) -> None:
        """Answer what cannot be read, after everything before it, and close."""
        slot = Slot(keep=False)
        self._slots.append(slot)
        self._over = True
        self._answer(slot, write(refuse_status(status)))


class Front:
    """What the connections have in common."""

    def __init__(self, desk: Desk, groups: Groups, bounds: Bounds) -> None:
        self.desk = desk
        self.groups = groups
        self.bounds = bounds
        self.connections: set[Connection] = set()

    def handle(self, request: Request, answer: Callable[[bytes], None]) -> None:
        """Decide about a request, and answer it when what is taken of it is durable."""
        headers = request.headers
        allowed = allow_origin(headers) if "origin" in headers else ()
        if request.method == "OPTIONS":
            answer(write(Reply(status=204, headers=(*allowed, *_ALLOWED))))
            return
        if request.path == "/health":
            answer(write(_HEALTH))
            return
        try:
            if headers.get("content-encoding", "").strip().lower() in _PACKED or (
                request.body[:2] == b"\x1f\x8b"
            ):
                request = _unpacked(request, self.bounds.unpacked)
            decided = self.desk.receive(request)
        except QunxiangError as error:
            decided = refuse_plainly(error)
        except Exception as error:  # noqa: BLE001 - one bad request must not take the others with it
            decided = refuse_plainly(QunxiangError("intake.failed", reason=type(error).__name__))
        if isinstance(decided, Reply):
            answer(write(decided, allowed))
            return
        try:
            self.groups.add(decided.arrival, partial(self._done, decided, allowed, answer))
        except QunxiangError as error:
            answer(write(decided.refuse(error), allowed))

    def _done(
        self,
        taken: Taken,
        allowed: tuple[tuple[str, str], ...],
        answer: Callable[[bytes], None],
        error: QunxiangError | None,
    ) -> None:
        if error is not None:
            answer(write(taken.refuse(error), allowed))
            return
        self.desk.remember(taken)
        answer(write(taken.reply(), allowed))


def _unpacked(request: Request, most: int) -> Request:
    return Request(
        method=request.method,
        path=request.path,
        query=request.query,
        headers=request.headers,
        body=unpack(request.body, most),
        received=request.received,
        address=request.address,
    )


async def serve(
    desk: Desk,
    *,
    sockets: list[socket.socket],
    groups: Callable[[asyncio.AbstractEventLoop], Groups],
    bounds: Bounds | None = None,
    ready: Callable[[], None] = lambda: None,
    over: Callable[[], bool] = lambda: False,
) -> None:
    """Take messages until SIGTERM or SIGINT; then answer what was asked, and stop.

    Args:
        desk: decides.
        sockets: where to listen, bound already.
        groups: makes what writes groups, in the loop given.
        bounds: how much a request may hold.
        ready: told when connections are taken.
        over: asked every second or so whether to stop.
    """
    loop = asyncio.get_running_loop()
    writing = groups(loop)
    front = Front(desk, writing, bounds or Bounds())
    leaving = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leaving.set)
    servers = [
        await loop.create_server(lambda: Connection(front), sock=one, backlog=2048)
        for one in sockets
    ]
    ready()
    upkeep = asyncio.create_task(_look_after(front, over, leaving))
    await leaving.wait()
    upkeep.cancel()
    for server in servers:
        server.close()
    for connection in list(front.connections):
        connection.finish()
    for _ in range(500):
        if not front.connections and writing.idle:
            break
        await asyncio.sleep(0.02)
    writing.close()


async def _look_after(front: Front, over: Callable[[], bool], leaving: asyncio.Event) -> None:
    """Read the keys anew and close what is idle, every second or so."""
    while True:
        try:
            pause = front.desk.refresh()
        except (QunxiangError, SQLAlchemyError):
            pause = 1.0  # the state store cannot be read: the keys stay as they were known
        await asyncio.sleep(pause)
        if over():
            leaving.set()
        front.groups.rest()
        now = time.monotonic()
        for connection in list(front.connections):
            connection.check(now)
