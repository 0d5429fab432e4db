"""Commands on write keys: create, list, revoke."""

from __future__ import annotations

from typing import Annotated

import typer

from qunxiang.cli.context import Json, house, screen
from qunxiang.cli.output import out, write_json
from qunxiang.governance import HOUSEHOLDER, SENDABLE, Sendable, WriteKeyWish

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="写入密钥 Write keys: with which clients send messages.",
)
Name = Annotated[str, typer.Argument(help="What the key is called.")]
_HEADS = (
    ("名称", "Name"),
    ("密钥", "Key"),
    ("来源", "Source"),
    ("可发送", "May send"),
    ("每秒", "A second"),
    ("网页", "Pages"),
    ("别名", "Aliases"),
    ("建于", "Made"),
)


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.add_typer(app, name="key")


@app.command()
def create(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    name: Name,
    source: Annotated[
        str, typer.Option(help="The source its messages are of; the name if none.")
    ] = "",
    kind: Annotated[
        list[str] | None, typer.Option(help="events, people, items; repeatable; all if none.")
    ] = None,
    per_second: Annotated[
        int, typer.Option(min=0, help="Messages a second; 0 for any number.")
    ] = 0,
    origin: Annotated[
        list[str] | None,
        typer.Option(help="A web page it may be used from, as https://shop.example; repeatable."),
    ] = None,
    alias: Annotated[
        list[str] | None,
        typer.Option(help="An app id or project by which it is known, too; repeatable."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a write key and show it, this once."""
    with house(context, as_json=as_json) as opened:
        kinds: list[Sendable] = kind or list(SENDABLE)  # pyright: ignore[reportAssignmentType] the room refuses any other word
        wish = WriteKeyWish(name, source or name, kinds, per_second, origin or (), alias or ())
        secret = opened.write_keys.create(wish, author=HOUSEHOLDER.name)
        opened.audit.note(HOUSEHOLDER.name, "create write key", key=name, source=wish.source)
        write_json({"name": name, "key": secret}) if as_json else out.print(secret)


@app.command("list")
def list_keys(context: typer.Context, as_json: Json = False) -> None:
    """List the write keys, without their secrets."""
    with house(context, as_json=as_json) as opened:
        keys = opened.write_keys.all()
        if as_json:
            write_json(keys)
            return
        show = screen(context, opened)
        rows = [
            (
                k.name,
                f"{k.begins}…",
                k.source,
                list(k.kinds),
                k.per_second or None,
                list(k.origins),
                list(k.aliases),
                show.time(k.at),
            )
            for k in keys
        ]
        show.table("", _HEADS, rows)


@app.command()
def revoke(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Revoke a write key; within two seconds nothing more is taken with it."""
    with house(context, as_json=as_json) as opened:
        opened.write_keys.revoke(name)
        opened.audit.note(HOUSEHOLDER.name, "revoke write key", key=name)
        if as_json:
            write_json({"revoked": name})
            return
        screen(context, opened).say(f"已撤销 {name}", f"{name} is revoked")
