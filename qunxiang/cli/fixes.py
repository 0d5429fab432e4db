"""Commands on what was set aside: groups, fixes tried on them and put in force, and replays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from qunxiang.app import (
    Fixes,
    Preview,
    Refresh,
    describe_fix,
    retire_definition,
)
from qunxiang.catalog import FixDefinition, read_definition
from qunxiang.cleaning import explain
from qunxiang.cli.context import Json, house, progress, screen
from qunxiang.cli.documents import read_document
from qunxiang.cli.output import Screen, out, write_json
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="修正规则 Fixes: how what was set aside is put right, now and from now on.",
)
Fix = Annotated[str, typer.Argument(help="The fix's name.")]
File = Annotated[Path | None, typer.Option("--file", help="A JSON or TOML file that describes it.")]
Of = Annotated[str | None, typer.Option("--source", help="Whose rows.")]
Event = Annotated[str | None, typer.Option("--event", help="Which of them; or customers.")]
Prop = Annotated[str | None, typer.Option("--property", help="Which property of the event.")]
To = Annotated[str | None, typer.Option("--rename", help="The property's name, or the event's.")]
Form = Annotated[
    str | None,
    typer.Option("--cast", help="%d.%m.%Y, unix, unix_ms, decimal_comma or first_number."),
]
Value = Annotated[str | None, typer.Option("--default", help="Where there is none.")]
Values = Annotated[
    list[str] | None, typer.Option("--map", help="As in App=app; repeatable; App= for nothing.")
]
Drop = Annotated[bool, typer.Option("--drop", help="Leave the property out.")]
Take = Annotated[bool, typer.Option("--accept", help="Take it as it is, whatever the plan says.")]
Since = Annotated[str | None, typer.Option("--since", help="The first day of receipt (UTC).")]


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.add_typer(app, name="fix")


@app.command("groups")
def show_groups(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="The source's name; all by default.")] = None,
    as_json: Json = False,
) -> None:
    """List what was set aside, by source, event, column and reason."""
    with house(context, as_json=as_json) as opened:
        groups = Fixes(opened).groups(source)
        if as_json:
            write_json([{"source": g.source, **vars(g.group)} for g in groups])
            return
        shown = screen(context, opened)
        heads = (
            ("来源", "Source"),
            ("事件", "Event"),
            ("列", "Column"),
            ("原因", "Reason"),
            ("数量", "Count"),
            ("自", "First"),
            ("至", "Last"),
        )
        rows = [
            (
                g.source,
                g.group.event,
                g.group.column,
                explain(g.group.code, shown.lang),
                g.group.count,
                str(g.first),
                str(g.last),
            )
            for g in groups
        ]
        shown.table("", heads, rows)


@app.command("preview")
def preview(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    fix: Fix,
    file: File = None,
    source: Of = None,
    event: Event = None,
    prop: Prop = None,
    rename: To = None,
    cast: Form = None,
    default: Value = None,
    map_: Values = None,
    drop: Drop = False,
    accept: Take = False,
    since: Since = None,
    as_json: Json = False,
) -> None:
    """Say what a fix would do with the rows that were set aside; nothing is changed."""
    with house(context, as_json=as_json) as opened:
        told = (rename, cast, default, map_, drop, accept)
        body = _body(file, (source, event, prop, since), told)
        if body:
            definition = read_definition(FixDefinition, body | {"name": fix})
        else:
            definition = opened.catalog.get(FixDefinition, fix)
        said = Fixes(opened).preview(definition, HOUSEHOLDER)
        write_json(_plain(said)) if as_json else _show(screen(context, opened), said)


@app.command("apply")
def apply(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    fix: Fix,
    file: File = None,
    source: Of = None,
    event: Event = None,
    prop: Prop = None,
    rename: To = None,
    cast: Form = None,
    default: Value = None,
    map_: Values = None,
    drop: Drop = False,
    accept: Take = False,
    since: Since = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Refresh right after.")] = False,
    as_json: Json = False,
) -> None:
    """Put a fix in force; the next refresh brings the rows in."""
    with house(context, as_json=as_json) as opened:
        told = (rename, cast, default, map_, drop, accept)
        body = _body(file, (source, event, prop, since), told)
        definition = read_definition(FixDefinition, body | {"name": fix})
        version = Fixes(opened).apply(definition, HOUSEHOLDER)
        if refresh:
            with progress(fix, quiet=as_json) as tell:
                Refresh(opened, tell=tell).run()
        saved = {"name": fix, "version": version}
        write_json(saved) if as_json else out.print(f"{fix} v{version}")


@app.command("list")
def show_all(context: typer.Context, as_json: Json = False) -> None:
    """List the fixes in force."""
    with house(context, as_json=as_json) as opened:
        fixes = list(opened.catalog.all(FixDefinition).values())
        if as_json:
            write_json(fixes)
            return
        heads = (
            ("名称", "Name"),
            ("来源", "Source"),
            ("事件", "Event"),
            ("属性", "Property"),
            ("做法", "Does"),
            ("启用", "In use"),
        )
        rows = [
            (f.name, f.source, f.event, f.property or "", describe_fix(f), "✓" if f.enabled else "")
            for f in fixes
        ]
        screen(context, opened).table("", heads, rows)


@app.command("remove")
def remove(context: typer.Context, fix: Fix, as_json: Json = False) -> None:
    """Take a fix out of force; at the next refresh its rows are set aside again."""
    with house(context, as_json=as_json) as opened:
        definition = opened.catalog.get(FixDefinition, fix)
        retire_definition(opened, HOUSEHOLDER, definition)
        write_json({"name": fix}) if as_json else out.print(fix)


@app.command("replay")
def replay(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The source's name.")],
    as_json: Json = False,
) -> None:
    """Have the next refresh load again what came from a source and was set aside in part."""
    with house(context, as_json=as_json) as opened:
        imports = Fixes(opened).replay(source, HOUSEHOLDER)
        write_json({"imports": imports}) if as_json else out.print(f"{imports}")


def _body(
    file: Path | None,
    scope: tuple[str | None, str | None, str | None, str | None],
    told: tuple[str | None, str | None, str | None, list[str] | None, bool, bool],
) -> dict[str, Any]:
    """Return a fix as the options say it, over what a file says."""
    names = ("source", "event", "property", "since")
    body = {} if file is None else read_document(file)
    body |= {n: v for n, v in zip(names, scope, strict=True) if v is not None}
    does = _does(told, whole=scope[2] is None)
    return body | ({"does": does} if does else {})


def _does(
    told: tuple[str | None, str | None, str | None, list[str] | None, bool, bool], *, whole: bool
) -> dict[str, Any]:
    rename, cast, default, pairs, drop, accept = told
    if rename is not None:
        return {"do": "rename_event" if whole else "rename", "to": rename}
    if cast is not None:
        return {"do": "cast", "format": cast}
    if default is not None:
        return {"do": "default", "value": default}
    if pairs:
        return {"do": "map", "values": dict(_pair(one) for one in pairs)}
    if drop or accept:
        return {"do": "drop" if drop else "accept"}
    return {}


def _pair(one: str) -> tuple[str, str | None]:
    before, equals, after = one.partition("=")
    if not equals:
        raise QunxiangError("cli.bad_document", where="--map", reason=one)
    return before, after or None


def _plain(said: Preview) -> dict[str, Any]:
    failing = [
        {"event": event, "column": column, "code": code, "count": count}
        for (event, column, code), count in said.failing.items()
    ]
    told = {"looked": said.looked, "whole": said.whole, "passing": said.passing}
    return told | {"failing": failing, "examples": said.examples}


def _show(shown: Screen, said: Preview) -> None:
    shown.say(
        f"检查了 {said.looked:,} 行搁置的数据,{said.passing:,} 行将不再有问题。",
        f"Of {said.looked:,} rows that were set aside {said.passing:,} would be whole.",
    )
    heads = (("事件", "Event"), ("列", "Column"), ("修正前", "Before"), ("修正后", "After"))
    rows = [(e.event, e.column, e.before or "—", e.after or "—") for e in said.examples]
    if rows:
        shown.table("", heads, rows)
    heads = (("事件", "Event"), ("列", "Column"), ("仍有问题", "Still wrong"), ("行", "Rows"))
    rows = [
        (event, column, explain(code, shown.lang), count)
        for (event, column, code), count in said.failing.items()
    ]
    if rows:
        shown.table("", heads, rows)
