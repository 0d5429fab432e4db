"""Serve a workspace over HTTP."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Annotated

import typer
import uvicorn

from qunxiang.api import create_app
from qunxiang.app import House, warm_up
from qunxiang.cli.context import house
from qunxiang.cli.output import out

_CANNOT_START = 3  # what uvicorn ends with


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("serve")(serve)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Serve the HTTP API of a workspace until interrupted."""
    with house(context) as opened:
        run_server(opened, host or opened.settings.host, port or opened.settings.port)


def run_server(opened: House, host: str, port: int) -> None:
    """Serve an open workspace; the first use after installing warms up in the background."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    out.print(f"http://{host}:{port}/docs")
    # Which proxies are believed is a setting of ours; uvicorn would believe any on this machine.
    app = create_app(opened)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, proxy_headers=False
    )
    server = Server(config, app.state.leaving)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(_CANNOT_START)


class Server(uvicorn.Server):
    """A server whose endless answers end when it is asked to stop; it would wait for them."""

    def __init__(self, config: uvicorn.Config, leaving: threading.Event) -> None:
        super().__init__(config)
        self._leaving = leaving

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell that it leaves, then stop."""
        self._leaving.set()
        await super().shutdown(sockets)
