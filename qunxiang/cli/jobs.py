"""Commands that look after the background jobs of a served workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from qunxiang.app import Job, Jobs
from qunxiang.cli.context import Json, house, screen
from qunxiang.cli.output import Screen, write_json
from qunxiang.governance import HOUSEHOLDER


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("jobs")(list_jobs)
    app.command("cancel")(cancel)


def list_jobs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
    as_json: Json = False,
) -> None:
    """List the background jobs that were asked for over HTTP, newest first."""
    with house(context, as_json=as_json) as opened:
        _show(Jobs(opened).newest(limit), screen(context, opened), as_json=as_json)


def cancel(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="The job's number.")],
    as_json: Json = False,
) -> None:
    """Ask a background job to stop; what it has not finished takes no effect."""
    with house(context, as_json=as_json) as opened:
        _show([Jobs(opened).cancel(number, HOUSEHOLDER)], screen(context, opened), as_json=as_json)


def _show(jobs: list[Job], shown: Screen, *, as_json: bool) -> None:
    if as_json:
        write_json(jobs)
        return
    rows = [
        (
            *(j.number, j.what, j.asked.get("file", ""), j.status, j.step, j.rows, j.author),
            shown.time(j.at),
        )
        for j in jobs
    ]
    heads = (
        "#",
        ("做什么", "What"),
        ("文件", "File"),
        ("状态", "Status"),
        ("步骤", "Step"),
        ("行", "Rows"),
        ("谁", "Who"),
        ("时间", "At"),
    )
    shown.table("", heads, rows)
