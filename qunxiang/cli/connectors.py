"""Commands on connectors: add, list, test, pull, remove; and the exports that are known."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from qunxiang.app import Pulls, Refresh, retire_definition, save_definition
from qunxiang.catalog import read_definition
from qunxiang.cli.context import Json, house, progress, screen
from qunxiang.cli.output import Screen, out, write_json
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import ConnectorDefinition, list_templates

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="连接器 Connectors: places that rows are pulled from, again and again.",
)
Connector = Annotated[str, typer.Argument(help="The connector's name.")]
_SHOWN = 5


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.add_typer(app, name="connector")
    line.command("templates")(show_templates)


@app.command()
def add(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    connector: Connector,
    file: Annotated[
        Path | None, typer.Option("--file", help="A JSON or TOML file that describes it.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--type", help="database, files, rest, folder or sftp.")
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="postgresql, mysql, mariadb, sqlite or sqlserver.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Where it listens.")] = None,
    port: Annotated[int | None, typer.Option(help="On which port.")] = None,
    database: Annotated[
        str | None, typer.Option(help="The database's name; of SQLite its file.")
    ] = None,
    user: Annotated[str | None, typer.Option(help="Who signs in.")] = None,
    secret: Annotated[
        str | None, typer.Option(help="The name under which the password is kept.")
    ] = None,
    table: Annotated[str | None, typer.Option(help="The table to read, or else --query.")] = None,
    query: Annotated[str | None, typer.Option(help="A query to read.")] = None,
    url: Annotated[str | None, typer.Option(help="Of a REST interface, its first page.")] = None,
    path: Annotated[str | None, typer.Option(help="A folder, or files as in data/*.csv.")] = None,
    rows: Annotated[
        str | None, typer.Option("--as", help="What each row is: customers, orders …")
    ] = None,
    mapping: Annotated[str | None, typer.Option(help="A saved mapping's name.")] = None,
    cursor: Annotated[
        str | None, typer.Option(help="A column that grows with every change.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="The column that names a row.")] = None,
    detect_deletions: Annotated[
        bool, typer.Option("--detect-deletions", help="Take out rows that are gone.")
    ] = False,
    more: Annotated[
        list[str] | None,
        typer.Option("--set", help="Anything else, as in reads.pattern=*.csv; repeatable."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Save a connector, from a file or from what the options say."""
    told = {
        "reads.type": kind,
        "reads.system": system,
        "reads.host": host,
        "reads.port": port,
        "reads.database": database,
        "reads.user": user,
        "reads.secret": secret,
        "reads.table": table,
        "reads.query": query,
        "reads.url": url,
        "reads.path": path,
        "rows": rows,
        "mapping": mapping,
        "cursor": cursor,
        "key": key,
        "detect_deletions": detect_deletions or None,
    }
    with house(context, as_json=as_json) as opened:
        body = {} if file is None else _read(file)
        for place, value in {**told, **_pairs(more or [])}.items():
            if value is not None:
                _set(body, place, value)
        definition = read_definition(ConnectorDefinition, body | {"name": connector})
        version = save_definition(opened, HOUSEHOLDER, definition)
        saved = {"name": connector, "version": version}
        write_json(saved) if as_json else out.print(f"{connector} v{version}")


def _read(file: Path) -> dict[str, Any]:
    try:
        raw = file.read_bytes()
        found = tomllib.loads(raw.decode()) if file.suffix == ".toml" else orjson.loads(raw)
    except (OSError, ValueError) as error:
        raise QunxiangError("cli.bad_connector", where=str(file), reason=str(error)) from error
    if not isinstance(found, dict):
        raise QunxiangError("cli.bad_connector", where=str(file), reason="not an object")
    return found


def _pairs(more: list[str]) -> dict[str, Any]:
    out_: dict[str, Any] = {}
    for one in more:
        place, equals, value = one.partition("=")
        if not equals:
            raise QunxiangError("cli.bad_connector", where=one, reason=one)
        try:
            out_[place] = orjson.loads(value)
        except ValueError:
            out_[place] = value
    return out_


def _set(body: dict[str, Any], place: str, value: Any) -> None:
    *above, last = place.split(".")
    for step in above:
        body = body.setdefault(step, {})
    body[last] = value


@app.command("list")
def show_all(context: typer.Context, as_json: Json = False) -> None:
    """List the connectors and how far each has come."""
    with house(context, as_json=as_json) as opened:
        states = Pulls(opened).states()
        if as_json:
            write_json(states)
            return
        shown = screen(context, opened)
        heads = (
            ("名称", "Name"),
            ("类型", "Type"),
            ("导入", "Imports"),
            ("行", "Rows"),
            ("游标", "Cursor"),
            ("最近拉取", "Pulled"),
        )
        rows = [
            (
                s.definition.name,
                s.definition.reads.type,
                s.imports,
                s.rows,
                s.cursor or "—",
                shown.time(s.pulled_at) if s.pulled_at else "—",
            )
            for s in states
        ]
        shown.table("", heads, rows)


@app.command("test")
def try_out(context: typer.Context, connector: Connector, as_json: Json = False) -> None:
    """Connect, and show the columns, what they mean and the first rows; nothing is saved."""
    with house(context, as_json=as_json) as opened:
        definition = opened.catalog.get(ConnectorDefinition, connector)
        tried = Pulls(opened).try_out(definition, HOUSEHOLDER)
        sample = tried.look.sample
        if as_json:
            rows = sample.slice(0, _SHOWN).to_pylist()
            write_json({"mapping": tried.look.mapping, "rows": rows, "files": tried.files})
            return
        for name in tried.files:
            out.print(name)
        heads = (("列", "Column"), ("含义", "Means"), ("依据", "Because"), ("样例", "Samples"))
        told = [
            (
                column.column,
                column.to or "—",
                column.because,
                " | ".join(v for v in _cells(sample, column.column) if v)[:60],
            )
            for column in tried.look.mapping.columns
        ]
        title = f"{tried.look.mapping.name} → {tried.look.mapping.rows}"
        screen(context, opened).table(title, heads, told)


def _cells(sample: Any, column: str) -> list[str | None]:
    known = column in sample.schema.names
    return sample.column(column).slice(0, _SHOWN).to_pylist() if known else []


@app.command("pull")
def pull(
    context: typer.Context,
    connector: Connector,
    anew: Annotated[bool, typer.Option("--anew", help="Read everything again.")] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Refresh right after.")] = False,
    as_json: Json = False,
) -> None:
    """Land what is new since the last pull."""
    with house(context, as_json=as_json) as opened:
        with progress(connector, quiet=as_json) as tell:
            done = Pulls(opened).pull(connector, HOUSEHOLDER, anew=anew, tell=tell)
            refreshed = Refresh(opened, tell=tell).run() if refresh and done.changed else None
        if as_json:
            write_json(done)
            return
        shown = screen(context, opened)
        rows = sum(o.landed.rows for o in done.outcomes if o.landed is not None and not o.repeated)
        shown.say(
            f"读到 {done.met:,} 行,落地 {rows:,} 行,撤下 {done.withdrawn:,} 行。",
            f"{done.met:,} rows read, {rows:,} landed, {done.withdrawn:,} withdrawn.",
        )
        if refreshed is not None:
            _say_people(shown, refreshed.people)


def _say_people(shown: Screen, people: int) -> None:
    shown.say(f"{people:,} 人", f"{people:,} people")


@app.command("remove")
def remove(context: typer.Context, connector: Connector, as_json: Json = False) -> None:
    """Take a connector out of force; what it brought stays."""
    with house(context, as_json=as_json) as opened:
        definition = opened.catalog.get(ConnectorDefinition, connector)
        retire_definition(opened, HOUSEHOLDER, definition)
        write_json({"name": connector}) if as_json else out.print(connector)


def show_templates(context: typer.Context, as_json: Json = False) -> None:
    """List the exports whose columns are known by the system that writes them."""
    with house(context, as_json=as_json) as opened:
        found = list_templates()
        if as_json:
            write_json([t.model_dump() for t in found])
            return
        shown = screen(context, opened)
        heads = (("名称", "Name"), ("导出", "Export"), ("行", "Rows"), ("列数", "Columns"))
        rows = [(t.name, shown.pick((t.zh, t.en)), t.rows, len(t.columns)) for t in found]
        shown.table("", heads, rows)
