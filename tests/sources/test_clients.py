"""Real clients against the protocols: each message is read exactly once, and none complains."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from qunxiang.clock import now
from qunxiang.errors import QunxiangError
from qunxiang.sources import Message, Request
from tests.intake.clients import CLIENTS, Expected, summarise
from tests.sources.speaking import answer

KEY = "wk_test"


@dataclass
class Taken:
    """What a server took: messages, and the ids of those it read and refused all the same."""

    messages: list[Message] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    failed: list[Message] = field(default_factory=list)
    fails: int = 0  # of the next requests with messages
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def serving(fails: int = 0) -> Iterator[tuple[str, Taken]]:
    """Serve the protocols on loopback; the first requests with messages fail."""
    taken = Taken(fails=fails)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            size = int(self.headers.get("content-length", 0))
            path, _, query = self.path.partition("?")
            asked = Request(
                method=self.command,
                path=path,
                query=query,
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(size),
                received=round(now().timestamp() * 1_000_000),
                address=self.client_address[0],
            )
            told = answer(asked)
            reply = told.reply
            with taken.lock:
                if told.items and taken.fails:
                    taken.fails -= 1
                    taken.failed += told.messages
                    error = QunxiangError("intake.overloaded")
                    reply = msgspec.structs.replace(told.speaker.refuse(asked, error), status=500)
                else:
                    taken.messages += told.messages
                    taken.faults += [*filter(None, told.faults), *filter(None, [told.refused])]
                    taken.keys.add(told.key)
            self.send_response(reply.status)
            for name, value in (("Content-Type", reply.type), *reply.headers):
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = respond  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", taken
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("fails", [0, 1], ids=["", "after a failure"])
@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_client(name: str, fails: int) -> None:
    client: Callable[[str, str], Expected] = CLIENTS[name]
    with serving(fails) as (url, taken):
        expected = client(url, KEY)
    assert taken.faults == []
    assert taken.keys == {KEY}
    assert Counter(map(summarise, taken.messages)) == expected.said
    ids = {message.id for message in taken.messages if message.id}
    assert ids == expected.ids
    assert bool(taken.failed) == bool(fails)
    assert {message.id for message in taken.failed if message.id} <= ids
