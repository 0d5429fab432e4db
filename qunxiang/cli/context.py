"""What every command shares: the open workspace, instants, whether to write JSON, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from qunxiang.app import House
from qunxiang.cli.output import Screen, err, write_problem
from qunxiang.cli.terminal import Terminal
from qunxiang.errors import QunxiangError

Json = Annotated[bool, typer.Option("--json", help="Write JSON for scripts.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="The instant to ask for, as 2026-01-31 or 2026-01-31T10:00."),
]


@contextmanager
def house(
    context: typer.Context, *, as_json: bool = False, rule: str | None = None
) -> Generator[House]:
    """Open the workspace for a command, and write any error as a person can use it."""
    mine: Terminal = context.obj
    try:
        with House(mine.folder) as opened:
            yield opened
    except QunxiangError as error:
        write_problem(error, mine.lang, as_json=as_json, rule=rule)
        raise typer.Exit(_exit_code(error)) from error


def screen(context: typer.Context, opened: House) -> Screen:
    """Return how answers are shown: the language asked for, the workspace's time zone."""
    mine: Terminal = context.obj
    return Screen(mine.lang, opened.settings.time_zone)


def _exit_code(error: QunxiangError) -> int:
    return 2 if 400 <= error.status < 500 else 1


def read_instant(text: str | None, zone: str) -> datetime | None:
    """Return the instant a person wrote; a day alone is its end, so that the day counts."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise QunxiangError("cli.bad_instant", text=text) from error
    if len(text) == 10:
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


@contextmanager
def progress(label: str, *, quiet: bool) -> Generator[Callable[[str, int], None]]:
    """Show what is going on, on standard error; `tell(step, rows)` moves it on."""
    if quiet or not sys.stderr.isatty():
        yield lambda _step, _rows: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(label, total=None, done="")
        rows = {"n": 0, "step": ""}

        def tell(step: str, more: int) -> None:
            if step != rows["step"]:
                rows.update(n=0, step=step)
            rows["n"] = int(rows["n"]) + more
            shown: dict[str, Any] = {"done": f"{rows['n']:,}" if rows["n"] else ""}
            bar.update(task, description=f"{label} {step}", **shown)

        yield tell
