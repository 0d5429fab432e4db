"""HTTP/1.1 on one connection: requests are read, and answered in the order in which they came."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import httptools

from qunxiang.intake.answers import refuse_status, write
from qunxiang.intake.heads import Head, Heads
from qunxiang.sources import Request

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


@dataclass(frozen=True)
class Bounds:
    """How much a request may hold, bytes; `unread` is what is let pass after a refusal."""

    body: int = 10 << 20
    unpacked: int = 20 << 20
    unread: int = 256 << 20


@dataclass
class Hall:
    """What the connections of a server have in common.

    Attributes:
        bounds: how much a request may hold.
        handle: told a request, and where its answer goes once there is one.
        heads: of requests that were read lately.
        connections: those that are open.
    """

    bounds: Bounds
    handle: Callable[[Request, Callable[[bytes], None]], None]
    heads: Heads = field(default_factory=Heads)
    connections: set[Connection] = field(init=False)

    def __post_init__(self) -> None:
        self.connections = set()


class Slot:
    """The place of one answer in the order of its connection."""

    __slots__ = ("answer", "keep")

    def __init__(self, *, keep: bool) -> None:
        self.answer: bytes | None = None
        self.keep = keep


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._parser = httptools.HttpRequestParser(self)
        self._slots: deque[Slot] = deque()
        self._transport: asyncio.Transport | None = None
        self._address = ""
        self._since = time.monotonic()
        self._busy = False  # a request has begun to arrive
        self._first = b""  # the data it begins with
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
        self._hall.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        """Forget it; what it sent and is not durable yet will be all the same."""
        self._transport = None
        self._hall.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._over:
            self._unread += len(data)
            if self._unread > self._hall.bounds.unread and self._transport is not None:
                self._transport.abort()
            return
        self._since = time.monotonic()
        if not self._busy:
            data = self._take_known(data)
            if not data:
                return
            self._first = data
        self._busy = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail(400)
        except httptools.HttpParserError:
            self._fail(self._wrong or 400)

    def _take_known(self, data: bytes) -> bytes:
        """Decide about requests that are here in whole and whose heads are known; return the rest."""
        while known := self._hall.heads.find(data):
            head, begin = known
            end = begin + head.length
            if end > len(data):
                break
            self._ask(head, data[begin:end], keep=True)
            data = data[end:]
        return data

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
        """A request begins, be it behind another in the same data."""
        self._busy = True
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
        if length.isdigit() and int(length) > self._hall.bounds.body:
            self._refuse(413)
        if self._headers.get("expect", "").lower() == "100-continue" and self._transport:
            self._transport.write(_CONTINUE)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body_bytes += len(body)
        if self._body_bytes > self._hall.bounds.body:
            self._refuse(413)
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Decide about the request."""
        self._busy = False
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        path, _, query = self._url.partition(b"?")
        head = Head(
            method=self._parser.get_method().decode(),
            path=path.decode("latin-1").rstrip("/") or "/",
            query=query.decode("latin-1"),
            headers=self._headers,
            length=len(body),
        )
        keep = self._parser.should_keep_alive()
        first, self._first = self._first, b""
        if keep and first:
            self._hall.heads.learn(first, head)
        self._ask(head, body, keep=keep)

    def _ask(self, head: Head, body: bytes, *, keep: bool) -> None:
        slot = Slot(keep=keep)
        self._slots.append(slot)
        request = Request(
            method=head.method,
            path=head.path,
            query=head.query,
            headers=head.headers,
            body=body,
            received=time.time_ns() // 1000,
            address=self._address,
        )
        self._hall.handle(request, partial(self._answer, slot))

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
