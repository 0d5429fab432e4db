"""The command line: `qunxiang -w DIR COMMAND …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qunxiang.cli import audiences, demo, files, jobs, persons, serving, upkeep
from qunxiang.cli.context import Context, guess_lang
from qunxiang.errors import Lang

app = typer.Typer(
    name="qunxiang",
    help="群像 Qunxiang: scattered customer data becomes portraits and audiences.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def choose_workspace(
    context: typer.Context,
    workspace: Annotated[
        Path, typer.Option("-w", "--workspace", help="The workspace's folder.")
    ] = Path("qunxiang-data"),
    lang: Annotated[str, typer.Option("--lang", help="zh or en.")] = "",
) -> None:
    """Choose the workspace and the language of messages."""
    chosen: Lang = "en" if lang == "en" else "zh" if lang == "zh" else guess_lang()
    context.obj = Context(workspace, chosen)


for room in (demo, serving, files, jobs, upkeep, persons):
    room.register(app)
app.add_typer(audiences.app, name="audience")


def main() -> None:
    """Run the command line."""
    app()
