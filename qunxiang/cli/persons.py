"""Commands on one person: person, export-person, erase."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from qunxiang.app import Persons
from qunxiang.cli.context import Json, house, screen
from qunxiang.cli.output import Screen, out, plain, write_json
from qunxiang.errors import Lang
from qunxiang.governance import HOUSEHOLDER

Who = Annotated[
    str, typer.Argument(help="A public id, or any identifier's value: a phone, a card …")
]


_ASK: dict[Lang, str] = {
    "zh": "抹除后无法恢复。继续?",
    "en": "There is no undo. Go on?",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("person")(show)
    app.command("export-person")(export_person)
    app.command("erase")(erase)


def show(context: typer.Context, who: Who, as_json: Json = False) -> None:
    """Show a person's portrait: values with their sources, tags, newest events."""
    with house(context, as_json=as_json) as opened:
        card = Persons(opened, HOUSEHOLDER).card(who)
        if as_json:
            write_json(card)
            return
        out.print(
            f"[bold]{card['person']}[/]",
            *(f"{i['type']}={i['value']}" for i in card["identifiers"]),
        )
        shown = screen(context, opened)
        sources: dict[str, Any] = card["sources"]
        rows = [(n, v, _provenance(shown, sources.get(n, {}))) for n, v in card["values"].items()]
        value = ("值", "Value")
        shown.table(("画像", "Portrait"), (("字段", "Field"), value, ("来源", "Source")), rows)
        shown.table(("标签", "Tags"), (("标签", "Tag"), value), list(card["tags"].items()))
        events = [(e["at"], e["event"], _details(shown, e)) for e in card["events"][:15]]
        heads = (("时间", "At"), ("事件", "Event"), ("详情", "Details"))
        shown.table(("时间线", "Timeline"), heads, events)


def _provenance(shown: Screen, source: dict[str, Any]) -> str:
    if not source:
        return ""
    sure = f" {shown.pick(('推断', 'inferred'))} {source['confidence']:.0%}"
    return f"{source['source']}{sure if source['inferred'] else ''}"


def _details(shown: Screen, event: dict[str, Any]) -> str:
    told = {k: v for k, v in event.items() if k not in {"event", "at", "source"}}
    return " ".join(f"{k}={shown.cell(v)}" for k, v in told.items())[:80]


def export_person(
    context: typer.Context,
    who: Who,
    to: Annotated[Path, typer.Option("-o", "--to", help="A .json file to write.")],
) -> None:
    """Write everything held about a person to a file."""
    with house(context) as opened:
        package = Persons(opened, HOUSEHOLDER).export(who)
        to.write_bytes(orjson.dumps(package, default=plain, option=orjson.OPT_INDENT_2))
        out.print(f"→ {to}")


def erase(
    context: typer.Context,
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Erase a person from every store, and search again to be sure; there is no undo."""
    if not yes:
        typer.confirm(_ASK[context.obj.lang], abort=True)
    with house(context, as_json=as_json) as opened:
        receipt = Persons(opened, HOUSEHOLDER).erase(who)
        if as_json:
            write_json(receipt)
        else:
            shown = screen(context, opened)
            heads = (("存储", "Store"), ("移除", "Removed"))
            shown.table(("回执", "Receipt"), heads, list(receipt.stores.items()))
            shown.say(f"复查找到:{receipt.found_after}", f"Found after: {receipt.found_after}")
            for place, count in receipt.left.items():
                out.print(f"  {place}: {count}")
