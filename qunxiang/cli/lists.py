"""Commands on lists: create, add, remove, show, members, all, delete."""

from __future__ import annotations

from typing import Annotated

import typer

from qunxiang.app import Lists, Questions
from qunxiang.catalog import ListDefinition, read_definition
from qunxiang.cli.context import AsOf, Json, house, read_instant, screen
from qunxiang.cli.naming import (
    By,
    Column,
    File,
    People,
    Rule,
    Unknown,
    match,
    needed,
    show_change,
)
from qunxiang.cli.output import write_json
from qunxiang.governance import HOUSEHOLDER

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="名单 Lists: people named by a file, a rule or one by one.",
)
Name = Annotated[str, typer.Argument(help="The list's name.")]
_CHANGES = (
    "#",
    ("时间", "At"),
    ("谁", "Who"),
    ("来自", "From"),
    ("加入", "Added"),
    ("移出", "Removed"),
)


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.add_typer(app, name="list")


@app.command()
def create(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    name: Name,
    file: File = None,
    column: Column = None,
    by: By = None,
    rule: Rule = None,
    zh: Annotated[str, typer.Option(help="Chinese label.")] = "",
    en: Annotated[str, typer.Option(help="English label.")] = "",
    description: Annotated[str, typer.Option(help="What the list is for.")] = "",
    unknown: Unknown = None,
    as_json: Json = False,
) -> None:
    """Make a list: empty, of a file's people, or of those a rule holds for now."""
    with house(context, as_json=as_json, rule=rule) as opened:
        body = {"name": name, "zh": zh, "en": en, "description": description}
        definition = read_definition(ListDefinition, body)
        found = match(opened, None, (file, column, by), rule)
        lists, shown = Lists(opened, HOUSEHOLDER), screen(context, opened)
        lists.create(definition)
        if found is not None:
            done = lists.add(name, found)
            show_change(done, found, shown, unknown=unknown, as_json=as_json)
        elif as_json:
            write_json(lists.show(name))
        else:
            shown.say(f"{name}:空名单。", f"{name}: an empty list.")


@app.command()
def add(  # noqa: PLR0917
    context: typer.Context,
    name: Name,
    people: People = None,
    file: File = None,
    column: Column = None,
    by: By = None,
    rule: Rule = None,
    unknown: Unknown = None,
    as_json: Json = False,
) -> None:
    """Put people on a list."""
    with house(context, as_json=as_json, rule=rule) as opened:
        found = needed(match(opened, people, (file, column, by), rule))
        done = Lists(opened, HOUSEHOLDER).add(name, found)
        show_change(done, found, screen(context, opened), unknown=unknown, as_json=as_json)


@app.command()
def remove(  # noqa: PLR0917
    context: typer.Context,
    name: Name,
    people: People = None,
    file: File = None,
    column: Column = None,
    by: By = None,
    rule: Rule = None,
    unknown: Unknown = None,
    as_json: Json = False,
) -> None:
    """Take people off a list."""
    with house(context, as_json=as_json, rule=rule) as opened:
        found = needed(match(opened, people, (file, column, by), rule))
        done = Lists(opened, HOUSEHOLDER).remove(name, found)
        show_change(done, found, screen(context, opened), unknown=unknown, as_json=as_json)


@app.command()
def show(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Show a list: how many are on it, and every change."""
    with house(context, as_json=as_json) as opened:
        state, shown = Lists(opened, HOUSEHOLDER).show(name), screen(context, opened)
        if as_json:
            write_json(state)
            return
        label = shown.pick((state.zh, state.en))
        shown.say(
            f"[bold]{name}[/] {label} {state.count:,} 人",
            f"[bold]{name}[/] {label} {state.count:,} people",
        )
        rows = [
            (c.number, shown.time(c.at), c.author, c.cause, c.given, c.taken) for c in state.changes
        ]
        shown.table(state.description, _CHANGES, rows)


@app.command()
def members(
    context: typer.Context,
    name: Name,
    column: Annotated[
        list[str] | None, typer.Option("--column", "-c", help="A field or tag; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many to show.")] = 20,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Show who is on a list, or was at an earlier moment."""
    with house(context, as_json=as_json) as opened:
        instant = read_instant(as_of, opened.settings.time_zone)
        people = Lists(opened, HOUSEHOLDER).members(name, instant)
        rows = Questions(opened, HOUSEHOLDER).members(people, column or [], limit=limit)
        if as_json:
            write_json(rows)
        else:
            cells = [tuple(r.values()) for r in rows.to_pylist()]
            screen(context, opened).table("", rows.column_names, cells)


@app.command("all")
def show_all(context: typer.Context, as_json: Json = False) -> None:
    """Show every list and how many are on it."""
    with house(context, as_json=as_json) as opened:
        states = Lists(opened, HOUSEHOLDER).all()
        if as_json:
            write_json(states)
            return
        heads = (("名称", "Name"), ("含义", "Meaning"), ("人数", "People"))
        shown = screen(context, opened)
        shown.table("", heads, [(s.name, shown.pick((s.zh, s.en)), s.count) for s in states])


@app.command()
def delete(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Take a list out of force; refused while a tag or audience asks for it."""
    with house(context, as_json=as_json) as opened:
        Lists(opened, HOUSEHOLDER).delete(name)
        if as_json:
            write_json({"deleted": name})
        else:
            screen(context, opened).say(f"已删除:{name}", f"Deleted: {name}")
