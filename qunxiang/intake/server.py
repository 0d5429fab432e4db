"""The intake's server: a request is read, decided, and answered when what is taken is durable."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import Callable
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from qunxiang.errors import QunxiangError
from qunxiang.intake.answers import allow_origin, refuse_plainly, write
from qunxiang.intake.connections import Bounds, Connection, Hall
from qunxiang.intake.desk import Desk, Taken
from qunxiang.intake.groups import Groups
from qunxiang.sources import Reply, Request, unpack

_PACKED = {"gzip", "deflate", "x-gzip"}
_HEALTH = Reply(body=b'{"status":"ok"}')
_ALLOWED = (
    ("Access-Control-Allow-Methods", "GET, POST, PUT, OPTIONS"),
    ("Access-Control-Max-Age", "86400"),
)


class Front:
    """Where requests are handed in: the desk decides, the groups make durable, then it is answered."""

    def __init__(self, desk: Desk, groups: Groups, unpacked: int) -> None:
        self._desk = desk
        self._groups = groups
        self._unpacked = unpacked

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
                request = _unpacked(request, self._unpacked)
            decided = self._desk.receive(request)
        except QunxiangError as error:
            decided = refuse_plainly(error)
        except Exception as error:  # noqa: BLE001 - one bad request must not take the others with it
            decided = refuse_plainly(QunxiangError("intake.failed", reason=type(error).__name__))
        if isinstance(decided, Reply):
            answer(write(decided, allowed))
            return
        try:
            self._groups.add(decided.arrival, partial(self._done, decided, allowed, answer))
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
        self._desk.remember(taken)
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
    bounds = bounds or Bounds()
    hall = Hall(bounds, Front(desk, writing, bounds.unpacked).handle)
    leaving = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leaving.set)
    servers = [
        await loop.create_server(lambda: Connection(hall), sock=one, backlog=2048)
        for one in sockets
    ]
    ready()
    upkeep = asyncio.create_task(_look_after(hall, desk, writing, over, leaving))
    await leaving.wait()
    upkeep.cancel()
    for server in servers:
        server.close()
    for connection in list(hall.connections):
        connection.finish()
    for _ in range(500):
        if not hall.connections and writing.idle:
            break
        await asyncio.sleep(0.02)
    writing.close()


async def _look_after(
    hall: Hall, desk: Desk, groups: Groups, over: Callable[[], bool], leaving: asyncio.Event
) -> None:
    """Read the keys anew and close what is idle, every second or so."""
    while True:
        try:
            pause = desk.refresh()
        except (QunxiangError, SQLAlchemyError):
            pause = 1.0  # the state store cannot be read: the keys stay as they were known
        await asyncio.sleep(pause)
        if over():
            leaving.set()
        groups.rest()
        now = time.monotonic()
        for connection in list(hall.connections):
            connection.check(now)
