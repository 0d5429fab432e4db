"""Heads of requests: what a client sends next mostly begins with the very same one, read once.

A head comes in here only after the parser has read it to the letter; a request that begins with the
same bytes then says the same, and only its body is new.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

_END = b"\r\n\r\n"
_LONGEST = 2048  # bytes; browsers send long ones, and send few
_MOST = 4096
# With one of these a body does not simply follow, or the connection does not simply go on.
_UNLIKE = {"transfer-encoding", "expect", "upgrade"}


class Head(msgspec.Struct, frozen=True, gc=False):
    """What stands before the body.

    Attributes:
        method: GET, POST and so on.
        path: without the query, with no slash at its end unless it is all there is.
        query: what follows the question mark, as it came.
        headers: by their lower-case names; of one that comes twice, the last.
        length: of the body, bytes.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    length: int


class Heads:
    """The heads of requests that were read lately."""

    def __init__(self) -> None:
        self._known: dict[bytes, Head] = {}

    def find(self, data: bytes) -> tuple[Head, int] | None:
        """Return the head that data begins with and where its body begins, if it is known."""
        begin = data.find(_END) + len(_END)
        head = self._known.get(data[:begin])
        return None if head is None else (head, begin)

    def learn(self, data: bytes, head: Head) -> None:
        """Remember a head that data began with, if what follows it is told by its length alone."""
        read = data[: data.find(_END) + len(_END)]
        # The parser forgives lines that end, and heads that begin, in another way: they are its alone.
        plain = read[:1].isalpha() and read.count(b"\n") == read.count(b"\r\n")
        whole = read.endswith(_END) and len(read) <= _LONGEST
        if plain and whole and not _UNLIKE & head.headers.keys():
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[read] = head
