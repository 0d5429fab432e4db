"""Commands on web hooks: add, list, try, what came, remove."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from qunxiang.app import Hooks, retire_definition, save_definition
from qunxiang.catalog import read_definition
from qunxiang.cli.context import Json, house, screen
from qunxiang.cli.documents import read_document
from qunxiang.cli.output import out, write_json
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import HookDefinition

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="回调 Web hooks: what other systems push, how it is signed and what it means.",
)
Hook = Annotated[str, typer.Argument(help="The hook's name.")]


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.add_typer(app, name="hook")


@app.command()
def add(
    context: typer.Context,
    hook: Hook,
    file: Annotated[Path, typer.Option("--file", help="A JSON or TOML file that describes it.")],
    as_json: Json = False,
) -> None:
    """Put a hook in force, and show the path that its sender sends to."""
    with house(context, as_json=as_json) as opened:
        definition = read_definition(HookDefinition, read_document(file) | {"name": hook})
        version = save_definition(opened, HOUSEHOLDER, definition)
        saved = {"name": hook, "version": version, "path": f"/hooks/{hook}"}
        write_json(saved) if as_json else out.print(f"{hook} v{version}  /hooks/{hook}")


@app.command("list")
def show_all(context: typer.Context, as_json: Json = False) -> None:
    """List the hooks: how each is signed, when something last came, and what was refused."""
    with house(context, as_json=as_json) as opened:
        states = Hooks(opened).states(HOUSEHOLDER)
        if as_json:
            write_json(states)
            return
        shown = screen(context, opened)
        heads = (
            ("名称", "Name"),
            ("路径", "Path"),
            ("来源", "Source"),
            ("签名", "Signed"),
            ("最近收到", "Last received"),
            ("已拒收", "Refused"),
        )
        rows = [
            (
                s.definition.name,
                s.path,
                s.definition.origin,
                s.definition.signed.by,
                shown.time(s.received_at.isoformat()) if s.received_at else None,
                sum(one.requests for one in s.refusals) or None,
            )
            for s in states
        ]
        shown.table("", heads, rows)


@app.command("try")
def try_out(
    context: typer.Context,
    hook: Hook,
    body: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A body, as its sender writes it.")
    ],
    header: Annotated[
        list[str] | None,
        typer.Option(help="A header that came with it, as X-Topic=orders/paid; repeatable."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A hook that is not in force yet.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the messages that would come of a body; nothing is kept, no signature is asked for."""
    with house(context, as_json=as_json) as opened:
        if file is None:
            definition = opened.catalog.get(HookDefinition, hook)
        else:
            definition = read_definition(HookDefinition, read_document(file) | {"name": hook})
        headers = {name: value for name, _, value in (h.partition("=") for h in header or ())}
        tried = Hooks(opened).try_out(definition, body.read_bytes(), headers, HOUSEHOLDER)
        if as_json:
            told = [msgspec.to_builtins(one.message) for one in tried]
            write_json(
                [
                    {"message": said, "code": one.fault, "refused": one.refused}
                    for one, said in zip(tried, told, strict=True)
                ]
            )
            return
        shown = screen(context, opened)
        for one in tried:
            said = one.message
            if said is None:
                error = QunxiangError(one.fault)
                marks = [f"✗ {error.message(lang)} ({one.fault})" for lang in ("zh", "en")]
                shown.say(marks[0], marks[1])
                continue
            parts = [said.event or said.kind, *(f"{kind}={value}" for kind, value in said.ids)]
            parts += [f"{name}={value}" for name, value in said.properties.items()]
            changes = (said.changes.get("set") or {}).items()
            parts += [f"@{name}={value}" for name, value in changes]
            if one.refused:
                parts.append(f"✗ {one.refused}")
            out.print("  ".join(shown.cell(part) for part in parts))


@app.command()
def remove(context: typer.Context, hook: Hook, as_json: Json = False) -> None:
    """Take a hook out of force; what it brought stays."""
    with house(context, as_json=as_json) as opened:
        definition = opened.catalog.get(HookDefinition, hook)
        retire_definition(opened, HOUSEHOLDER, definition)
        write_json({"name": hook}) if as_json else out.print(hook)
