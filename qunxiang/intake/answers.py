"""Answers as they go over the wire, whatever the protocol inside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from qunxiang.errors import QunxiangError
from qunxiang.sources import Reply

_PHRASES = {
    200: "OK", 204: "No Content", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 413: "Content Too Large", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error",
    503: "Service Unavailable", 507: "Insufficient Storage",
}  # fmt: skip


def write(reply: Reply, more: tuple[tuple[str, str], ...] = ()) -> bytes:
    """Return a reply as it goes over the wire."""
    headers = (*reply.headers, *more)
    return _write_head(reply.status, len(reply.body), reply.type, headers) + reply.body


@lru_cache(512)
def _write_head(status: int, size: int, kind: str, headers: tuple[tuple[str, str], ...]) -> bytes:
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}", f"Content-Length: {size}"]
    if size:
        lines.append(f"Content-Type: {kind}")
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def allow_origin(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Let any page send: no cookie decides anything here, and a key may be bound to its origins."""
    asked = headers.get("access-control-request-headers", "")
    allowed = (
        ("Access-Control-Allow-Origin", headers["origin"]),
        ("Access-Control-Allow-Credentials", "true"),
        ("Vary", "Origin"),
    )
    return (*allowed, ("Access-Control-Allow-Headers", asked)) if asked else allowed


def refuse_status(status: int) -> Reply:
    """Return what is answered to what cannot be read; the connection ends with it."""
    body = b'{"error":"%s"}' % _PHRASES[status].lower().encode()
    return Reply(status=status, body=body, headers=(("Connection", "close"),))


def refuse_plainly(error: QunxiangError) -> Reply:
    """Return what is answered before it is known in which protocol to speak."""
    return Reply(status=error.status, body=b'{"error":"%s"}' % error.code.encode())
