"""Serve a workspace over HTTP."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Generator
from typing import Annotated

import typer
import uvicorn

from qunxiang.api import create_app
from qunxiang.app import House, warm_up
from qunxiang.cli.context import house
from qunxiang.cli.intake import listen
from qunxiang.cli.output import err, out
from qunxiang.errors import QunxiangError

_CANNOT_START = 3  # what uvicorn ends with
_SWITCH_SECONDS = 0.0005


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("serve")(serve)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Serve the console and the HTTP API of a workspace until interrupted."""
    with house(context) as opened, taking_beside(opened):
        run_server(opened, host or opened.settings.host, port or opened.settings.port)


def run_server(opened: House, host: str, port: int, *, show: bool = False) -> None:
    """Serve an open workspace, and show it in a browser if told; warm up in the background."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    # Who follows what arrives hands the interpreter over and waits for it back hundreds of times a
    # step; while requests are answered each of these waits lasts as long as this.
    sys.setswitchinterval(_SWITCH_SECONDS)
    address = f"http://{host}:{port}/"
    out.print(f"{address}\n{address}docs")
    app = create_app(opened)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        # Which proxies are believed is a setting; uvicorn would believe any on this machine.
        proxy_headers=False,
    )
    server = Server(config, app.state.leaving)
    if show:
        threading.Thread(target=_show, args=(server, address), name="show", daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(_CANNOT_START)


@contextlib.contextmanager
def taking_beside(opened: House) -> Generator[None]:
    """Take messages of SDKs in a process beside this one, so that neither delays the other."""
    host, port = opened.settings.intake_host, opened.settings.intake_port
    if not port:
        yield
        return
    try:
        listen(host, port).close()
    except QunxiangError as error:
        # The console is of use all the same, as where somebody runs an intake of their own.
        err.print(f"[yellow]![/] {error.message('en')}")
        yield
        return
    out.print(f"http://{host}:{port}/v1/events")
    command = [sys.executable, "-m", "qunxiang", "-w", str(opened.folder), "intake"]
    command += ["--beside", str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:  # noqa: S603 our own command
        try:
            yield
        finally:
            child.terminate()


def _show(server: uvicorn.Server, address: str) -> None:
    while not server.started:
        time.sleep(0.05)
    with contextlib.suppress(webbrowser.Error, OSError):
        browser = webbrowser.get()
        # Without a display only browsers of the terminal are left; they would take this one.
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(address)


class Server(uvicorn.Server):
    """A server whose endless answers end when it is asked to stop; it would wait for them."""

    def __init__(self, config: uvicorn.Config, leaving: threading.Event) -> None:
        super().__init__(config)
        self._leaving = leaving

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell that it leaves, then stop."""
        self._leaving.set()
        await super().shutdown(sockets)
