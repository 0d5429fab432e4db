"""A bare peer of the intake: asyncio, httptools and msgspec; it checks types, syncs and answers."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import cast

import httptools
import msgspec
import uvloop

from benchmarks.peers.group_file import GroupFile

_OK = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":true}'


class Event(msgspec.Struct):
    """An event whose properties are validated and never built."""

    event: str
    id: str
    at: str
    ids: dict[str, str]
    properties: msgspec.Raw


_one = msgspec.json.Decoder(Event).decode
_many = msgspec.json.Decoder(list[Event]).decode


class Bare(asyncio.Protocol):
    """One connection."""

    def __init__(self, file: GroupFile) -> None:
        self._file = file
        self._parser = httptools.HttpRequestParser(self)
        self._body = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """Check it and answer once it is durable."""
        body, self._body = self._body, b""
        if body.startswith(b"["):
            _many(body)
        else:
            _one(body)
        self._file.add(body + b"\n").add_done_callback(self._answer)

    def _answer(self, _: object) -> None:
        if self._transport is not None:
            self._transport.write(_OK)


async def main(folder: str) -> None:
    """Listen on a free port, and say which."""
    loop = asyncio.get_running_loop()
    file = GroupFile(Path(folder) / "bare.log")
    server = await loop.create_server(lambda: Bare(file), "127.0.0.1", 0, backlog=2048)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1]))
