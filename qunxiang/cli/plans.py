"""Commands on tracking plans: what sources may send."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qunxiang.app import Plans, retire_definition, save_definition
from qunxiang.catalog import PlanDefinition, read_definition
from qunxiang.cleaning import PlanTrial, explain
from qunxiang.cli.context import Json, house, screen
from qunxiang.cli.documents import read_document
from qunxiang.cli.output import Screen, out, write_json
from qunxiang.governance import HOUSEHOLDER

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="埋点方案 Tracking plans: which events sources send, and what each must hold.",
)
Plan = Annotated[str, typer.Argument(help="The plan's name.")]
File = Annotated[Path, typer.Option("--file", help="A JSON or TOML file that describes it.")]


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.add_typer(app, name="plan")


@app.command()
def propose(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The source's name.")],
    as_json: Json = False,
) -> None:
    """Write, as JSON, a plan that what has come from a source keeps to: to be edited and added."""
    with house(context, as_json=as_json) as opened:
        write_json(Plans(opened).propose(source, HOUSEHOLDER))


@app.command()
def add(context: typer.Context, plan: Plan, file: File, as_json: Json = False) -> None:
    """Put a plan in force, for what comes from today on."""
    with house(context, as_json=as_json) as opened:
        definition = read_definition(PlanDefinition, read_document(file) | {"name": plan})
        version = save_definition(opened, HOUSEHOLDER, definition)
        saved = {"name": plan, "version": version}
        write_json(saved) if as_json else out.print(f"{plan} v{version}")


@app.command("list")
def show_all(context: typer.Context, as_json: Json = False) -> None:
    """List the plans in force."""
    with house(context, as_json=as_json) as opened:
        plans = list(opened.catalog.all(PlanDefinition).values())
        if as_json:
            write_json(plans)
            return
        heads = (("名称", "Name"), ("来源", "Sources"), ("自", "Since"), ("事件", "Events"))
        rows = [(p.name, ", ".join(p.sources) or "*", str(p.since), len(p.events)) for p in plans]
        screen(context, opened).table("", heads, rows)


@app.command("test")
def try_out(
    context: typer.Context,
    plan: Plan,
    file: Annotated[
        Path | None, typer.Option("--file", help="A plan that is not in force yet.")
    ] = None,
    days: Annotated[int, typer.Option(help="How many days back.")] = 7,
    as_json: Json = False,
) -> None:
    """Say what a plan would have done to what came within the last days; nothing is changed."""
    with house(context, as_json=as_json) as opened:
        if file is None:
            definition = opened.catalog.get(PlanDefinition, plan)
        else:
            definition = read_definition(PlanDefinition, read_document(file) | {"name": plan})
        trial = Plans(opened).try_out(definition, days, HOUSEHOLDER)
        if as_json:
            write_json(
                {
                    "since": trial.since,
                    "looked": trial.looked,
                    "touched": trial.touched,
                    "whole": trial.whole,
                    "events": trial.events,
                    "broken": trial.broken,
                }
            )
            return
        _show_trial(screen(context, opened), trial)


def _show_trial(shown: Screen, trial: PlanTrial) -> None:
    shown.say(
        f"自 {trial.since} 起检查了 {trial.looked:,} 行,{trial.touched:,} 行会受影响。",
        f"{trial.looked:,} rows were judged since {trial.since}; {trial.touched:,} are touched.",
    )
    heads = (
        ("来源", "Source"),
        ("事件", "Event"),
        ("属性", "Property"),
        ("问题", "What is wrong"),
        ("处理", "Action"),
        ("行", "Rows"),
        ("例子", "Examples"),
    )
    rows = [
        (
            b.source,
            b.event,
            b.property,
            explain(b.code, shown.lang),
            b.action,
            b.rows,
            " · ".join(b.examples),
        )
        for b in trial.broken
    ]
    shown.table("", heads, rows)


@app.command("remove")
def remove(context: typer.Context, plan: Plan, as_json: Json = False) -> None:
    """Take a plan out of force."""
    with house(context, as_json=as_json) as opened:
        definition = opened.catalog.get(PlanDefinition, plan)
        retire_definition(opened, HOUSEHOLDER, definition)
        write_json({"name": plan}) if as_json else out.print(plan)
