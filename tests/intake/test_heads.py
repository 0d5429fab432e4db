"""Heads that came before are not parsed again: whatever is sent, the same requests are read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qunxiang.intake.connections import Bounds, Connection, Hall
from qunxiang.sources import Request

BODY = b'{"event":"a","ids":{"user_id":"1"}}'


class Wire(asyncio.Transport):
    """The client's end: what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.out = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.out += bytes(data)

    def write_eof(self) -> None:
        self.out += b"EOF"

    def close(self) -> None:
        self.out += b"CLOSED"


def post(body: bytes = BODY, more: str = "", end: str = "\r\n") -> bytes:
    lines = ["POST /v1/events HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    return end.join([*lines, *([more] if more else []), "", ""]).encode() + body


class Server:
    """A hall whose requests are answered by what they said."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str, bytes]] = []
        self.hall = Hall(Bounds(), self.handle)

    def handle(self, request: Request, answer: Callable[[bytes], None]) -> None:
        color = request.headers.get("x-color", "")
        self.heard.append((request.method, request.path, color, request.body))
        answer(b"<%s>" % request.body)

    def hear(self, *chunks: bytes) -> bytes:
        """Return what a client that sends these chunks on one connection is answered."""
        wire, connection = Wire(), Connection(self.hall)
        connection.connection_made(wire)
        for chunk in chunks:
            connection.data_received(chunk)
        return wire.out


KINDS = [
    post(),
    post(b"second body, longer"),
    post(more="X-Color: red"),
    post(more="x-color: blue"),
    b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    post(b"\r\n\r\n POST / HTTP/1.1\r\n\r\n"),
]
SAID = [
    ("POST", "/v1/events", "", BODY),
    ("POST", "/v1/events", "", b"second body, longer"),
    ("POST", "/v1/events", "red", BODY),
    ("POST", "/v1/events", "blue", BODY),
    ("GET", "/health", "", b""),
    ("POST", "/v1/events", "", b"abc"),
    ("POST", "/v1/events", "", b"\r\n\r\n POST / HTTP/1.1\r\n\r\n"),
]


@given(st.lists(st.integers(0, len(KINDS) - 1), min_size=1, max_size=12), st.integers(0, 1 << 30))
@example([5, 0, 0, 0, 0, 0], 1136865)  # one ends and the next begins in the same data
def test_requests_are_the_same_however_they_are_cut(order: list[int], seed: int) -> None:
    random, server = Random(seed), Server()
    for _ in range(3):  # the second time and the third every head is known
        server.heard.clear()
        sent = b"".join(KINDS[kind] for kind in order)
        cuts = sorted(random.sample(range(len(sent)), k=random.randint(0, 4)))
        chunks = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
        answers = server.hear(*(chunk for chunk in chunks if chunk))
        assert server.heard == [SAID[kind] for kind in order]
        assert answers == b"".join(b"<%s>" % SAID[kind][3] for kind in order)


@pytest.mark.parametrize(
    "odd",
    [
        b"\r\n\r\n" + post(b"first"),  # an empty line before the head
        post(b"x: y\r\n\r\nfirst", end="\n"),  # an empty line of the usual kind within the body
        b"POST /v1/events HTTP/1.1\nContent-Length: 9\n\n1234\r\n\r\n5",
    ],
)
def test_a_head_that_is_written_in_an_unusual_way_stands_for_no_other(odd: bytes) -> None:
    server = Server()
    server.hear(odd)
    server.heard.clear()
    begin = odd[: odd.find(b"\r\n\r\n") + 4]
    other = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    server.hear(begin + other)
    alone = Server()
    alone.hear(begin + other)
    assert server.heard == alone.heard


def test_a_client_that_wants_to_end_is_let_go() -> None:
    server = Server()
    asked = post(more="Connection: close")
    assert server.hear(asked) == server.hear(asked) == b"<%s>CLOSED" % BODY
    # What came before on the connection is known; the end is not.
    assert server.hear(post() + asked) == b"<%s><%s>CLOSED" % (BODY, BODY)


def test_a_body_that_is_too_large_is_refused_again_and_again() -> None:
    server = Server()
    server.hall.bounds = Bounds(body=10)
    for _ in range(2):
        assert b"413" in server.hear(post(b"x" * 11))
        assert server.hear(post(b"x" * 10)) == b"<xxxxxxxxxx>"
