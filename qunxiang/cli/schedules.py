"""Commands on what runs by itself, and on the secrets that connectors use."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from qunxiang.app import Jobs, ScheduleDefinition, Schedules, retire_definition, save_definition
from qunxiang.catalog import read_definition
from qunxiang.cli.context import Json, house, screen
from qunxiang.cli.output import out, write_json
from qunxiang.governance import HOUSEHOLDER

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="定时任务 Schedules: pulls and refreshes that run by themselves while `serve` runs.",
)
keys = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="密码 Secrets: passwords and tokens that connectors use, kept sealed.",
)
Schedule = Annotated[str, typer.Argument(help="The schedule's name.")]
SecretName = Annotated[str, typer.Argument(help="The secret's name.")]


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.add_typer(app, name="schedule")
    line.add_typer(keys, name="secret")


@app.command()
def add(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    schedule: Schedule,
    runs: Annotated[str, typer.Argument(help="A connector's name, or refresh.")],
    cron: Annotated[str, typer.Argument(help="As in '30 2 * * *': minute, hour, day, month, day.")],
    zone: Annotated[str | None, typer.Option(help="The time zone it is read in.")] = None,
    catch_up: Annotated[
        str, typer.Option(help="Of times that were missed: skip, once or all.")
    ] = "once",
    overlap: Annotated[
        str, typer.Option(help="While the last run is under way: skip or wait.")
    ] = "skip",
    then_refresh: Annotated[
        bool, typer.Option("--then-refresh", help="Refresh if a pull brought something.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a pull or a refresh run by itself, and show its next five times."""
    body: dict[str, Any] = {
        "name": schedule,
        "runs": runs,
        "cron": cron,
        "zone": zone,
        "catch_up": catch_up,
        "overlap": overlap,
        "then_refresh": then_refresh,
    }
    with house(context, as_json=as_json) as opened:
        save_definition(opened, HOUSEHOLDER, read_definition(ScheduleDefinition, body))
    _show(context, schedule, as_json=as_json)


@app.command("list")
def show_all(context: typer.Context, as_json: Json = False) -> None:
    """List what runs by itself, with the last run of each and the next five."""
    _show(context, None, as_json=as_json)


@app.command("remove")
def remove(context: typer.Context, schedule: Schedule, as_json: Json = False) -> None:
    """Take a schedule out of force."""
    with house(context, as_json=as_json) as opened:
        definition = opened.catalog.get(ScheduleDefinition, schedule)
        retire_definition(opened, HOUSEHOLDER, definition)
        write_json({"name": schedule}) if as_json else out.print(schedule)


def _show(context: typer.Context, name: str | None, *, as_json: bool) -> None:
    with house(context, as_json=as_json) as opened:
        states = Schedules(opened, Jobs(opened)).states()
        states = [s for s in states if name in {None, s.definition.name}]
        if as_json:
            write_json(states)
            return
        shown = screen(context, opened)
        heads = (
            ("名称", "Name"),
            ("运行", "Runs"),
            ("时间", "Cron"),
            ("时区", "Zone"),
            ("上次", "Last"),
            ("接下来", "Next"),
        )
        rows = [
            (
                s.definition.name,
                s.definition.runs,
                s.definition.cron,
                s.zone,
                f"{shown.time(s.last.due)} {s.last.fate}" if s.last else "—",
                "\n".join(shown.time(moment.isoformat()) for moment in s.next) or "—",
            )
            for s in states
        ]
        shown.table("", heads, rows)


@keys.command("set")
def put(context: typer.Context, secret: SecretName, as_json: Json = False) -> None:
    """Keep a secret, asked for without showing it, or read from standard input."""
    typed = sys.stdin.isatty()
    value = typer.prompt(secret, hide_input=True) if typed else sys.stdin.read().rstrip("\n")
    with house(context, as_json=as_json) as opened:
        opened.keychain.put(secret, value, HOUSEHOLDER)
        opened.audit.note(HOUSEHOLDER.name, "set secret", name=secret)
        write_json({"name": secret}) if as_json else out.print(secret)


@keys.command("list")
def show_keys(context: typer.Context, as_json: Json = False) -> None:
    """List the names of the secrets, never the secrets."""
    with house(context, as_json=as_json) as opened:
        kept = opened.keychain.all()
        if as_json:
            write_json(kept)
            return
        shown = screen(context, opened)
        heads = (("名称", "Name"), ("谁", "Who"), ("时间", "At"))
        shown.table("", heads, [(k.name, k.author, shown.time(k.at)) for k in kept])


@keys.command("remove")
def drop(context: typer.Context, secret: SecretName, as_json: Json = False) -> None:
    """Forget a secret."""
    with house(context, as_json=as_json) as opened:
        opened.keychain.drop(secret, HOUSEHOLDER)
        opened.audit.note(HOUSEHOLDER.name, "drop secret", name=secret)
        write_json({"name": secret}) if as_json else out.print(secret)
