"""Requests to other machines, guarded: a stranger's address cannot make us ask our own network.

A host is resolved once, every address it has must be of the public internet, and the connection
goes to the address that was looked at. Nothing is taken from the environment, and a redirect is
followed on the same host alone.
"""

from __future__ import annotations

import ipaddress
import random
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from qunxiang import clock
from qunxiang.errors import QunxiangError

_ATTEMPTS = 5
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 120.0
_MOST_BYTES = 64 << 20
_REDIRECTS = 3
_TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
_AGAIN = frozenset({429, 500, 502, 503, 504})
_JITTER = random.SystemRandom()
# IPv6 addresses that stand for IPv4 ones, which Python takes for public.
_TRANSLATED = tuple(
    ipaddress.ip_network(n)
    for n in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96", "::ffff:0:0:0/96", "::/96", "192.0.0.0/24")
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """What was answered."""

    body: bytes
    headers: Mapping[str, str]
    url: str


def is_public(address: str) -> bool:
    """Say whether an address is one of the public internet, and not another in disguise."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if parsed.is_multicast or not parsed.is_global:
        return False
    return not any(parsed in n for n in _TRANSLATED if n.version == parsed.version)


def resolve(host: str, port: int, *, private: bool) -> str:
    """Return the address to connect to.

    Raises:
        QunxiangError: sources.private_address; sources.unreachable, where there is no such host.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise QunxiangError("sources.unreachable", where=host, reason=str(error)) from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not private and not is_public(address):
            raise QunxiangError("sources.private_address", where=host, address=address)
    return addresses[0]


class _Pinned(httpx2.BaseTransport):
    """Connects to the address that was looked at, under the name that was asked for."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._inner = httpx2.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        address = resolve(host, port, private=self._private)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class Outbound:
    """A client for one host: bounded in time, size and tries.

    Args:
        headers: what every request says.
        private: whether addresses of private networks, and requests without TLS, are allowed.
        wait: told how many seconds to wait before another try; for tests.
    """

    def __init__(
        self,
        headers: Mapping[str, str],
        *,
        private: bool,
        wait: Callable[[float], None] | None = None,
    ) -> None:
        self._private = private
        self._wait = wait or time.sleep
        self._client = httpx2.Client(
            transport=_Pinned(private=private),
            headers={"User-Agent": "qunxiang", "Accept": "application/json", **headers},
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=False,
        )

    def get(self, url: str, params: Mapping[str, Any] | None = None) -> Page:
        """Return a page; asked again a few times where the server is busy or the line breaks.

        Raises:
            QunxiangError: sources.unreachable, sources.refused, sources.private_address,
                sources.page_too_large.
        """
        target = httpx2.URL(url)
        target = target.copy_merge_params(dict(params)) if params else target
        if target.scheme != "https" and not self._private:
            raise QunxiangError("sources.not_encrypted", where=_plain(target))
        for attempt in range(1, _ATTEMPTS + 1):
            last = attempt == _ATTEMPTS
            try:
                answer = self._once(target)
            except httpx2.TransportError as error:
                if last:
                    reason = str(error) or type(error).__name__
                    raise QunxiangError(
                        "sources.unreachable", where=_plain(target), reason=reason
                    ) from error
                self._wait(_backoff(attempt))
                continue
            if answer.status_code < 400:
                return Page(answer.content, answer.headers, str(target))
            if last or answer.status_code not in _AGAIN:
                raise QunxiangError(
                    "sources.refused", where=_plain(target), status=answer.status_code
                )
            self._wait(_told_wait(answer) or _backoff(attempt))
        raise AssertionError  # the last attempt has returned or raised

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _once(self, target: httpx2.URL) -> httpx2.Response:
        """Ask, and follow redirects that stay on the host."""
        at = target
        for _ in range(_REDIRECTS + 1):
            answer = self._read(at)
            if not answer.is_redirect:
                return answer
            to = at.join(answer.headers.get("Location", ""))
            if (to.scheme, to.host, to.port) != (target.scheme, target.host, target.port):
                raise QunxiangError("sources.redirected", where=_plain(target), to=_plain(to))
            at = to
        raise QunxiangError("sources.redirected", where=_plain(target), to=_plain(at))

    def _read(self, url: httpx2.URL) -> httpx2.Response:
        with self._client.stream("GET", url) as answer:
            parts, size = list[bytes](), 0
            for part in answer.iter_bytes():
                size += len(part)
                if size > _MOST_BYTES:
                    raise QunxiangError(
                        "sources.page_too_large", where=_plain(url), limit_mb=_MOST_BYTES >> 20
                    )
                parts.append(part)
        # What was read is whole and unpacked; these headers spoke of it as it came.
        told = {k: v for k, v in answer.headers.items() if k.lower() not in _OF_THE_LINE}
        return httpx2.Response(answer.status_code, headers=told, content=b"".join(parts))


_OF_THE_LINE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def _plain(url: httpx2.URL) -> str:
    """Return an address without what was asked, which may hold a token."""
    return f"{url.scheme}://{url.host}{f':{url.port}' if url.port else ''}{url.path}"


def _backoff(attempt: int) -> float:
    return min(_FIRST_WAIT * 2 ** (attempt - 1), _LONGEST_WAIT) * _JITTER.uniform(0.5, 1.5)


def _told_wait(answer: httpx2.Response) -> float | None:
    """Return the seconds a server asked us to wait, None if it did not say."""
    said = answer.headers.get("Retry-After", "").strip()
    if not said:
        return None
    if said.isdecimal():
        seconds = float(said)
    else:
        try:
            seconds = (parsedate_to_datetime(said) - clock.now()).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), _LONGEST_WAIT)
