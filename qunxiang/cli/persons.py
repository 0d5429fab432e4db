"""Commands on one person: person, export-person, erase."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from qunxiang.app import Persons
from qunxiang.cli.context import Json, house
from qunxiang.cli.output import out, plain, write_json, write_table
from qunxiang.governance import HOUSEHOLDER

Who = Annotated[
    str, typer.Argument(help="A public id, or any identifier's value: a phone, a card …")
]


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
        sources: dict[str, Any] = card["sources"]
        rows = [(n, v, _provenance(sources.get(n, {}))) for n, v in card["values"].items()]
        write_table("画像 Portrait", ("字段 Field", "值 Value", "来源 Source"), rows)
        write_table("标签 Tags", ("标签 Tag", "值 Value"), list(card["tags"].items()))
        events = [(e["at"], e["event"], _details(e)) for e in card["events"][:15]]
        write_table("时间线 Timeline", ("时间 At", "事件 Event", "详情 Details"), events)


def _provenance(source: dict[str, Any]) -> str:
    if not source:
        return ""
    inferred = f" 推断 inferred {source['confidence']:.0%}" if source["inferred"] else ""
    return f"{source['source']}{inferred}"


def _details(event: dict[str, Any]) -> str:
    return " ".join(f"{k}={v}" for k, v in event.items() if k not in {"event", "at", "source"})[:80]


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
        typer.confirm("抹除后无法恢复。继续? There is no undo. Go on?", abort=True)
    with house(context, as_json=as_json) as opened:
        receipt = Persons(opened, HOUSEHOLDER).erase(who)
        if as_json:
            write_json(receipt)
        else:
            write_table(
                "回执 Receipt", ("存储 Store", "移除 Removed"), list(receipt.stores.items())
            )
            out.print(f"复查找到 Found after: {receipt.found_after}")
            for place, count in receipt.left.items():
                out.print(f"  {place}: {count}")
