"""Commands on manual tags: create, show, set, clear, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qunxiang.app import HandTags, Matches
from qunxiang.cli.context import Json, house, screen
from qunxiang.cli.naming import By, Column, Unknown, show_change
from qunxiang.cli.output import out, write_json
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="手工标签 Manual tags: given to people by hand.",
)
Tag = Annotated[str, typer.Argument(help="The tag's name.")]
Person = Annotated[str, typer.Argument(help="A public id, or any identifier's value.")]


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.add_typer(app, name="tag")


@app.command()
def create(
    context: typer.Context,
    tag: Tag,
    value: Annotated[
        list[str] | None,
        typer.Option("--value", help="A value it may have; repeatable; none for any."),
    ] = None,
    zh: Annotated[str, typer.Option(help="Chinese label.")] = "",
    en: Annotated[str, typer.Option(help="English label.")] = "",
    as_json: Json = False,
) -> None:
    """Make a manual tag."""
    with house(context, as_json=as_json) as opened:
        made = HandTags(opened, HOUSEHOLDER).create(tag, tuple(value or ()), zh=zh, en=en)
        write_json(made) if as_json else out.print(f"{tag} {'、'.join(value or ())}")


@app.command()
def show(
    context: typer.Context,
    tag: Tag,
    person: Annotated[str | None, typer.Argument(help="One person's value alone.")] = None,
    as_json: Json = False,
) -> None:
    """Show a manual tag: how many have each value and every change; or one person's value."""
    with house(context, as_json=as_json) as opened:
        tags, shown = HandTags(opened, HOUSEHOLDER), screen(context, opened)
        if person is not None:
            value = tags.value(tag, opened.identity.find(person))
            body = {"tag": tag, "person": person, "value": value}
            write_json(body) if as_json else out.print(shown.cell(value) or "—")
            return
        state = tags.show(tag)
        if as_json:
            write_json(state)
            return
        heads = (("值", "Value"), ("人数", "People"))
        title = f"{tag} {shown.pick((state.zh, state.en))}".strip()
        shown.table(title, heads, list(state.values.items()))
        rows = [
            (c.number, shown.time(c.at), c.author, c.cause, c.given, c.taken) for c in state.changes
        ]
        changes = (
            "#",
            ("时间", "At"),
            ("谁", "Who"),
            ("来自", "From"),
            ("打上", "Set"),
            ("清除", "Cleared"),
        )
        shown.table("", changes, rows)


@app.command("set")
def give(
    context: typer.Context,
    tag: Tag,
    person: Person,
    value: Annotated[str, typer.Argument(help="The value to give.")],
    as_json: Json = False,
) -> None:
    """Give a person a value of a manual tag."""
    with house(context, as_json=as_json) as opened:
        opened.identity.find(person)
        found = Matches(opened).of_names([person])
        done = HandTags(opened, HOUSEHOLDER).give(tag, found, value)
        show_change(done, found, screen(context, opened), unknown=None, as_json=as_json)


@app.command()
def clear(context: typer.Context, tag: Tag, person: Person, as_json: Json = False) -> None:
    """Take a manual tag off a person."""
    with house(context, as_json=as_json) as opened:
        opened.identity.find(person)
        found = Matches(opened).of_names([person])
        done = HandTags(opened, HOUSEHOLDER).clear(tag, found)
        show_change(done, found, screen(context, opened), unknown=None, as_json=as_json)


@app.command("import")
def import_file(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    tag: Tag,
    file: Annotated[Path, typer.Argument(help="A file with people: CSV, XLSX or any other.")],
    column: Column = None,
    by: By = None,
    value: Annotated[
        str | None, typer.Option("--value", help="One value for everybody in the file.")
    ] = None,
    value_column: Annotated[
        str | None, typer.Option("--value-column", help="The file's column with the values.")
    ] = None,
    unknown: Unknown = None,
    as_json: Json = False,
) -> None:
    """Give a manual tag to the people in a file: one value for all, or each row's own."""
    with house(context, as_json=as_json) as opened:
        tags = HandTags(opened, HOUSEHOLDER)
        if (value is None) == (value_column is None):
            raise QunxiangError("cli.value_or_column")
        also = [] if value_column is None else [value_column]
        found = Matches(opened).of_file(file, column, by=by, also=also)
        if value_column is not None:
            found = tags.judge(tag, found, value_column)
            done = tags.give_from(tag, found, value_column)
        else:
            done = tags.give(tag, found, value or "")
        show_change(done, found, screen(context, opened), unknown=unknown, as_json=as_json)
