"""Take messages of SDKs in a process of its own."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from qunxiang.app import House
from qunxiang.cleaning import options_of
from qunxiang.cli.context import house
from qunxiang.cli.output import err, out
from qunxiang.errors import QunxiangError
from qunxiang.intake import Bounds, Desk, Groups, HookBook, KeyRing, PlanBook, read_scripts, serve
from qunxiang.sources import batch_of

_WAITING_BYTES = 256 << 20
_UNSWEPT = 100_000  # objects made before cycles are looked for
# Where the build puts them; the room they lie in would bring all of its own with it.
_SNIPPETS = Path(__file__).parents[1] / "api" / "console" / "snippet"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("intake")(take)


def take(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    share_port: Annotated[
        bool, typer.Option(help="Take turns with other intakes of this workspace on one port.")
    ] = False,
    beside: Annotated[int, typer.Option(hidden=True, help="End when this process does.")] = 0,
) -> None:
    """Take messages of SDKs until interrupted; beside `serve`, or several on one port."""
    with house(context) as opened:
        settings = opened.settings
        chosen = settings.intake_port if port is None else port
        listening = listen(host or settings.intake_host, chosen, share=share_port)
        run_intake(opened, listening, lambda: bool(beside) and os.getppid() != beside)


def run_intake(
    opened: House, listening: socket.socket, over: Callable[[], bool] = lambda: False
) -> None:
    """Take messages for an open workspace until SIGTERM or SIGINT, or until it is over."""
    settings = opened.settings
    endangered = opened.streams.warn() if settings.stream_url else ""
    if endangered:
        err.print(f"[yellow]![/] {QunxiangError(endangered).message('en')}")
    batch_of([])  # what it needs is loaded before anybody waits for it
    # Requests leave no cycles behind; to look for some among all the libraries takes 0.1 s, in which
    # whoever asks would wait.
    gc.freeze()
    gc.set_threshold(_UNSWEPT)
    host, port = listening.getsockname()[:2]

    def make(loop: asyncio.AbstractEventLoop) -> Groups:
        return Groups(
            opened.stream,
            loop,
            folder=opened.folder,
            min_free_mb=settings.min_free_mb,
            most_waiting=_WAITING_BYTES,
        )

    body = settings.intake_body_mb << 20
    running = serve(
        Desk(
            KeyRing(opened.write_keys),
            PlanBook(opened.catalog, options_of(settings)),
            read_scripts(_SNIPPETS),
            HookBook(opened.catalog, opened.keychain, opened.refusals),
        ),
        sockets=[listening],
        groups=make,
        bounds=Bounds(body, 2 * body),
        ready=lambda: out.print(f"http://{host}:{port}/"),
        over=over,
    )
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(running)
    finally:
        gc.unfreeze()


def listen(host: str, port: int, *, share: bool = False) -> socket.socket:
    """Return a bound socket; shared, several processes take turns on its port.

    Raises:
        QunxiangError: intake.cannot_listen.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if share:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        one.bind((host, port))
        if not share:
            one.listen(2048)  # whoever else wants the port is told at once
    except OSError as error:
        one.close()
        raise QunxiangError(
            "intake.cannot_listen", where=f"{host}:{port}", reason=str(error)
        ) from error
    return one
