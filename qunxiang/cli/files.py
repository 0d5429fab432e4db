"""Commands on files: import, imports, undo, set-aside, mend."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from qunxiang.app import House, Imports, Look, Outcome, Refresh
from qunxiang.catalog import read_definition
from qunxiang.cleaning import explain
from qunxiang.cli.context import Json, house, progress, screen
from qunxiang.cli.output import Screen, out, write_json
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import ColumnMapping, MappingDefinition, ShapeOverrides, write_csv, write_xlsx

FileArgument = Annotated[Path, typer.Argument(help="The file to read.")]
_SAMPLES = 3


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("import")(import_file)
    app.command("imports")(list_imports)
    app.command("undo")(undo)
    app.command("set-aside")(set_aside)
    app.command("mend")(mend)


def import_file(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    file: FileArgument,
    rows: Annotated[
        str, typer.Option("--as", help="What each row is: customers, orders, events, tickets …")
    ],
    mapping: Annotated[
        str | None,
        typer.Option("--mapping", help="A saved mapping's name, or a JSON file with one."),
    ] = None,
    told: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="COLUMN=TARGET, to correct the proposal; COLUMN= leaves it out."
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", help="Where the rows come from; by default the file's name."),
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="If the guess is wrong.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="If the guess is wrong.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Which sheet of a workbook.")] = None,
    header_row: Annotated[
        int | None, typer.Option(help="The header's row, counted from 0; -1 for none.")
    ] = None,
    date_order: Annotated[
        str | None, typer.Option(help="How 05/03/24 is read: dmy, mdy or ymd.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")
    ] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Refresh right after.")] = False,
    as_json: Json = False,
) -> None:
    """Bring a file in: see how it is read and mapped, then land its rows."""
    overrides = ShapeOverrides(
        encoding=encoding, delimiter=delimiter, sheet=sheet, header_row=header_row
    )
    with house(context, as_json=as_json) as opened:
        imports = Imports(opened)
        saved = _read_mapping(opened, mapping)
        look = imports.look(file, rows, source=source, overrides=overrides, mapping=saved)
        look = _correct(look, told or [], date_order)
        if not as_json:
            _show_look(look, screen(context, opened))
        with progress(file.name, quiet=as_json) as tell:
            if dry_run:
                outcome = imports.try_out(file, look)
            else:
                outcome = imports.bring(file, look, HOUSEHOLDER, progress=lambda n: tell("rows", n))
            done = Refresh(opened, tell=tell).run() if refresh and not dry_run else None
        _show_outcome(screen(context, opened), outcome, look, as_json=as_json)
        if done is not None and not as_json:
            screen(context, opened).say(f"{done.people:,} 人", f"{done.people:,} people")


def _read_mapping(opened: House, named: str | None) -> MappingDefinition | None:
    if named is None:
        return None
    path = Path(named)
    if path.suffix == ".json" and path.exists():
        import orjson  # noqa: PLC0415 only this one option reads a document

        return read_definition(MappingDefinition, orjson.loads(path.read_bytes()), where=named)
    return opened.catalog.get(MappingDefinition, named)


def _correct(look: Look, told: list[str], date_order: str | None) -> Look:
    columns = {c.column: c for c in look.mapping.columns}
    for one in told:
        column, equals, target = one.partition("=")
        if not equals or column not in columns:
            raise QunxiangError("cli.bad_map", told=one, columns=", ".join(columns))
        columns[column] = ColumnMapping(column=column, to=target or None)
    used = {c.to for c in columns.values()}
    change: dict[str, Any] = {
        "columns": tuple(columns.values()),
        "new": tuple(f for f in look.mapping.new if f.name in used),
    }
    if date_order is not None:
        change["date_order"] = date_order
    mapping = read_definition(MappingDefinition, look.mapping.model_dump() | change)
    return Look(look.shape, look.sample, mapping, look.known)


def _show_look(look: Look, shown: Screen) -> None:
    shape = look.shape
    text = shape.format == "csv"
    facts = [
        shape.format,
        shape.encoding if text or shape.format in {"json", "jsonl"} else None,
        repr(shape.delimiter) if text else None,
        shape.sheet,
    ]
    out.print(
        "[bold]" + " · ".join(str(f) for f in facts if f) + "[/]",
        *(f"[dim]{n}[/]" for n in shape.notes),
    )
    rows: list[tuple[Any, ...]] = []
    for column in look.mapping.columns:
        known = (
            [v for v in look.sample.column(column.column).slice(0, 200).to_pylist() if v]
            if column.column in look.sample.schema.names
            else []
        )
        rows.append(
            (
                column.column,
                column.to or "—",
                f"{column.confidence:.0%} {column.because}",
                " | ".join(known[:_SAMPLES])[:60],
            )
        )
    heads = (("列", "Column"), ("含义", "Means"), ("依据", "Because"), ("样例", "Samples"))
    shown.table(f"{look.mapping.name} → {look.mapping.rows}", heads, rows)
    for switch in look.mapping.switches:
        test = f"{switch.column} {switch.test} {', '.join(switch.values)}"
        out.print(f"[dim]{test} → {switch.event}[/]")


def _show_outcome(shown: Screen, outcome: Outcome, look: Look, *, as_json: bool) -> None:
    if as_json:
        write_json({"outcome": outcome, "shape": look.shape})
        return
    if outcome.repeated:
        shown.say(
            "这个文件已经导入过,没有任何变化。", "This file was imported before; nothing changed."
        )
    elif outcome.trial is not None:
        _show_trial(shown, outcome)
    elif outcome.landed is not None:
        landed = outcome.landed
        shown.say(
            f"导入 {landed.number}:{landed.rows:,} 行已落地,{landed.bad_rows:,} 行读不出。运行 qunxiang refresh 更新画像。",
            f"Import {landed.number}: {landed.rows:,} rows landed, {landed.bad_rows:,} unreadable. Run qunxiang refresh.",
        )


def _show_trial(shown: Screen, outcome: Outcome) -> None:
    trial = outcome.trial
    assert trial is not None
    names = (
        ("新增", "created"),
        ("更新", "updated"),
        ("不变", "unchanged"),
        ("整行搁置", "rows set aside"),
        ("值搁置", "values set aside"),
    )
    counts = (
        trial.created,
        trial.updated,
        trial.unchanged,
        trial.rows_set_aside,
        trial.values_set_aside,
    )
    shown.table(("试运行", "Dry run"), names, [counts])
    reasons = [(code, n, explain(code, shown.lang)) for code, n in trial.reasons.items()]
    if reasons:
        shown.table("", (("代码", "code"), ("个数", "n"), ("原因", "reason")), reasons)


def list_imports(context: typer.Context, as_json: Json = False) -> None:
    """List the imports, newest first."""
    with house(context, as_json=as_json) as opened:
        rows = opened.sources.all()
        if as_json:
            write_json(rows)
            return
        columns = (
            "#",
            ("状态", "Status"),
            ("文件", "File"),
            ("来源", "Source"),
            ("映射", "Mapping"),
            ("行", "Rows"),
            ("读不出", "Bad"),
            ("时间", "At"),
        )
        shown = screen(context, opened)
        shown.table(
            "",
            columns,
            [
                (
                    *(r.number, r.status, r.file, r.source, r.mapping, r.rows, r.bad_rows),
                    shown.time(r.at),
                )
                for r in rows
            ],
        )


def undo(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="The import's number.")],
    as_json: Json = False,
) -> None:
    """Undo an import; its rows leave at the next refresh."""
    with house(context, as_json=as_json) as opened:
        undone = Imports(opened).undo(number, HOUSEHOLDER)
        if as_json:
            write_json(undone)
        else:
            what = f"{undone.number} {undone.file}"
            screen(context, opened).say(f"已撤销:{what}", f"Undone: {what}")


def set_aside(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="The import's number.")],
    to: Annotated[Path, typer.Option("-o", "--to", help="A .csv or .xlsx file to write.")],
    as_json: Json = False,
) -> None:
    """Download the rows of an import that were set aside, with their reasons, to mend them."""
    with house(context, as_json=as_json) as opened:
        rows = Imports(opened).set_aside(number, context.obj.lang)
        write_xlsx(rows, to) if to.suffix == ".xlsx" else write_csv(rows, to)
        write_json({"rows": rows.num_rows, "file": str(to)}) if as_json else out.print(
            f"{rows.num_rows:,} → {to}"
        )


def mend(context: typer.Context, file: FileArgument, as_json: Json = False) -> None:
    """Bring mended rows back; they take the places of the rows that were set aside."""
    with house(context, as_json=as_json) as opened:
        outcome = Imports(opened).mend(file, HOUSEHOLDER)
        if as_json:
            write_json(outcome)
        else:
            screen(context, opened).say(f"导入 {outcome.number}", f"Import {outcome.number}")
