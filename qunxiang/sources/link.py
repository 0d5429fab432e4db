"""A connection to a NATS server, for code that waits: a thread of its own keeps it, and comes back to it.

Everything that is asked of it ends within seconds, with an answer or an error of ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable, Coroutine
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from qunxiang.errors import QunxiangError

if TYPE_CHECKING:
    from nats.aio.client import Client

T = TypeVar("T")
_CONNECT_SECONDS = 2.0
ASK_SECONDS = 10.0
_MONITOR = 8222  # where servers tell about themselves, if they are set up to
_LOOK_SECONDS = 2.0


class Link:
    """One connection, made when it is first needed and again whenever it broke."""

    def __init__(self, url: str) -> None:
        self._url = url
        told = urlsplit(url)
        self.where = f"{told.scheme}://{told.hostname}:{told.port or 4222}"  # without a password
        self._turn = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: Client | None = None
        self._thread: threading.Thread | None = None

    def ask(self, work: Callable[[Client], Awaitable[T]], seconds: float = ASK_SECONDS) -> T:
        """Return what comes of some work with the connection.

        Raises:
            QunxiangError: sources.log_away, if the server does not answer; sources.no_nats.
        """
        try:
            import nats.errors  # noqa: PLC0415 the optional part: whoever keeps files needs none of it
        except ImportError as error:
            raise QunxiangError("sources.no_nats") from error

        async def do() -> T:
            async with asyncio.timeout(seconds):
                return await work(await self._connected())

        try:
            return self._run(do(), seconds + _CONNECT_SECONDS)
        except (nats.errors.Error, OSError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise QunxiangError("sources.log_away", server=self.where, reason=reason) from error

    def _run(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        with self._turn:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="nats", daemon=True
                )
                self._thread.start()
        # The work ends by itself before that, unless the connection is closed under it.
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    async def _connected(self) -> Client:
        """Return the connection; what waits for one that broke is told so rather than kept waiting."""
        import nats  # noqa: PLC0415
        import nats.errors  # noqa: PLC0415

        if self._client is not None and not self._client.is_closed:
            if not self._client.is_connected:
                raise nats.errors.ConnectionClosedError
            return self._client

        async def ignore(_error: Exception) -> None:
            """Say nothing: whoever asks is told."""

        self._client = await nats.connect(
            self._url,
            name="qunxiang",
            connect_timeout=_CONNECT_SECONDS,
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.2,
            error_cb=ignore,
        )
        return self._client

    def close(self) -> None:
        """Let go of the connection; the next question makes another."""
        with self._turn:
            loop, client, thread = self._loop, self._client, self._thread
            self._loop = self._client = self._thread = None
        if loop is None or thread is None:
            return

        async def end() -> None:
            if client is not None and not client.is_closed:
                await client.close()

        with contextlib.suppress(Exception):  # a server that is away is let go of all the same
            asyncio.run_coroutine_threadsafe(end(), loop).result(ASK_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def syncs_always(self) -> bool | None:
        """Say whether the server writes to disk before it acknowledges; None if it does not tell.

        Only its monitoring tells, which must be on at the usual port of the same machine.
        """

        async def name(client: Client) -> str:
            await client.flush(2)  # whoever does not answer has nothing to tell
            return str(client._server_info.get("server_id"))  # pyright: ignore[reportPrivateUsage] told nowhere else

        server = self.ask(name)
        host = urlsplit(self._url).hostname or ""
        connection = HTTPConnection(host, _MONITOR, timeout=_LOOK_SECONDS)
        try:
            connection.request("GET", "/varz")
            told = json.loads(connection.getresponse().read())
        except (OSError, HTTPException, ValueError):
            return None
        finally:
            connection.close()
        if told.get("server_id") != server:
            return None  # another server's
        return bool(told.get("jetstream", {}).get("config", {}).get("sync_always"))
