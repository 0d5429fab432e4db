"""Command on items: list what clients said of products and the like."""

from __future__ import annotations

from typing import Annotated

import typer

from qunxiang.cli.context import Json, house, screen
from qunxiang.cli.output import write_json

_HEADS = (
    ("类型", "Type"),
    ("编号", "Id"),
    ("时间", "At"),
    ("来源", "Source"),
    ("属性", "Properties"),
)


def register(line: typer.Typer) -> None:
    """Add the command to the command line."""
    line.command("items")(list_items)


def list_items(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option("--type", help="Only items of this type.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 100,
    as_json: Json = False,
) -> None:
    """List what clients said of products and the like, the newest version of each."""
    with house(context, as_json=as_json) as opened:
        items = opened.cleaning.items(kind, limit)
        if as_json:
            write_json(items)
            return
        show = screen(context, opened)
        rows = [(i.type, i.id, show.time(i.at.isoformat()), i.source, i.content) for i in items]
        show.table("", _HEADS, rows)
