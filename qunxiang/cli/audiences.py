"""Commands on audiences: count, save, list, members, why, portrait, compare, history, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from qunxiang.app import House, Questions
from qunxiang.audiences import AudienceDefinition
from qunxiang.cli.context import AsOf, Json, house, read_instant
from qunxiang.cli.output import out, write_json, write_table
from qunxiang.engine import Bits
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.insights import Portrait
from qunxiang.language import Reason, Step, describe, write
from qunxiang.sources import write_csv, write_xlsx

app = typer.Typer(no_args_is_help=True, help="人群 Audiences: groups of people by a rule.")
RuleArgument = Annotated[str, typer.Argument(help="A rule, or @NAME for a saved audience.")]
Columns = Annotated[
    list[str] | None, typer.Option("--column", "-c", help="A field or tag to show; repeatable.")
]


def _questions(opened: House, as_of: str | None) -> Questions:
    return Questions(opened, HOUSEHOLDER, read_instant(as_of, opened.settings.time_zone))


def _people(asked: Questions, rule: str) -> Bits:
    if rule.startswith("@"):
        return asked.audience(rule[1:])
    return asked.everybody() if rule == "*" else asked.people(rule)


def _said(opened: House, rule: str) -> Any:
    return opened.catalog.get(AudienceDefinition, rule[1:]).rule if rule.startswith("@") else rule


@app.command()
def count(
    context: typer.Context, rule: RuleArgument, as_of: AsOf = None, as_json: Json = False
) -> None:
    """Count who satisfies a rule, and how its conditions narrow."""
    with house(context, as_json=as_json, rule=rule) as opened:
        asked = _questions(opened, as_of)
        found = asked.count(_said(opened, rule))
        checked = found.steps.rule
        if as_json:
            write_json(
                {
                    "count": found.count,
                    "total": found.total,
                    "as_of": found.as_of,
                    "text": write(checked),
                    "steps": _step(found.steps),
                    "warnings": found.warnings,
                }
            )
            return
        lang = context.obj.lang
        out.print(
            f"[bold]{found.count:,}[/] / {found.total:,}  [dim]{describe(checked, opened.schema(), lang)}[/]"
        )
        rows = [(s.alone, s.so_far, write(s.rule, lang)) for s in found.steps.parts]
        if rows:
            heads = ("单独", "累计", "条件") if lang == "zh" else ("alone", "so far", "condition")
            write_table("", heads, rows)
        for warning in found.warnings:
            near = "、".join(warning.suggestions)
            out.print(f"[yellow]![/] {warning.message(lang)} {near}")


def _step(step: Step) -> dict[str, Any]:
    return {
        "path": step.path,
        "text": write(step.rule),
        "alone": step.alone,
        "so_far": step.so_far,
        "parts": [_step(p) for p in step.parts],
    }


@app.command()
def save(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The audience's name.")],
    rule: Annotated[str, typer.Argument(help="Its rule.")],
    zh: Annotated[str, typer.Option(help="Chinese label.")] = "",
    en: Annotated[str, typer.Option(help="English label.")] = "",
    as_json: Json = False,
) -> None:
    """Save a rule under a name; members come with the next refresh."""
    with house(context, as_json=as_json, rule=rule) as opened:
        saved = Questions(opened, HOUSEHOLDER).save_audience(name, rule, zh=zh, en=en)
        write_json(saved) if as_json else out.print(
            f"{saved.name}: {write(saved.rule, context.obj.lang)}"
        )


@app.command("list")
def list_audiences(context: typer.Context, as_json: Json = False) -> None:
    """List the saved audiences with their last count."""
    with house(context, as_json=as_json) as opened:
        rows: list[dict[str, Any]] = []
        for audience in opened.catalog.all(AudienceDefinition).values():
            last = next(iter(opened.audiences.history(audience.name)), None)
            counts = (last.count, last.entered, last.left, last.as_of[:16]) if last else (None,) * 4
            keys = ("name", "count", "entered", "left", "as_of", "rule")
            rows.append(
                dict(zip(keys, (audience.name, *counts, write(audience.rule)), strict=True))
            )
        if as_json:
            write_json(rows)
        else:
            write_table(
                "",
                ("名称 Name", "人数 Count", "进 In", "出 Out", "截至 As of", "规则 Rule"),
                [tuple(r.values()) for r in rows],
            )


@app.command()
def members(
    context: typer.Context,
    rule: RuleArgument,
    column: Columns = None,
    limit: Annotated[int, typer.Option(help="How many to show.")] = 20,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Show who satisfies a rule."""
    with house(context, as_json=as_json, rule=rule) as opened:
        asked = _questions(opened, as_of)
        rows = asked.members(_people(asked, rule), column or [], limit=limit)
        if as_json:
            write_json(rows)
        else:
            write_table("", rows.column_names, [tuple(r.values()) for r in rows.to_pylist()])


@app.command()
def why(
    context: typer.Context,
    rule: RuleArgument,
    person: Annotated[str, typer.Argument(help="A public id, or any identifier's value.")],
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Say, condition by condition, why a person is in or not."""
    with house(context, as_json=as_json, rule=rule) as opened:
        asked = _questions(opened, as_of)
        reason = asked.why(_said(opened, rule), opened.identity.find(person))
        if as_json:
            write_json(_reason(reason))
        else:
            _show_reason(reason, context.obj.lang, 0)


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "path": reason.path,
        "text": write(reason.rule),
        "holds": reason.holds,
        "value": reason.value,
        "parts": [_reason(p) for p in reason.parts],
    }


def _show_reason(reason: Reason, lang: Any, depth: int) -> None:
    mark = "[green]✓[/]" if reason.holds else "[red]✗[/]"
    value = "" if reason.parts else f"  [dim]= {reason.value}[/]"
    out.print("  " * depth + f"{mark} {write(reason.rule, lang)}{value}")
    for part in reason.parts:
        _show_reason(part, lang, depth + 1)


@app.command()
def portrait(
    context: typer.Context,
    rule: RuleArgument,
    column: Columns = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Say what a group is like next to everybody: shares, TGI, distributions. * is everybody."""
    with house(context, as_json=as_json, rule=rule) as opened:
        asked = _questions(opened, as_of)
        drawn = asked.portrait(_people(asked, rule), column or [])
        if as_json:
            write_json(drawn)
        else:
            _show_portrait(drawn)


def _show_portrait(drawn: list[Portrait]) -> None:
    for one in drawn:
        if one.shares:
            rows = [
                (s.value, s.count, f"{s.share:.1%}", f"{s.share_all:.1%}", s.tgi and round(s.tgi))
                for s in one.shares[:8]
            ]
            write_table(
                f"{one.name}  {one.coverage:.0%}",
                ("值 Value", "人数 Count", "占比 Share", "总体 All", "TGI"),
                rows,
            )
    numbers = [
        (
            p.name,
            p.numbers.mean,
            p.numbers.mean_all,
            p.numbers.tgi and round(p.numbers.tgi),
            p.numbers.quantiles[2] if p.numbers.quantiles else None,
        )
        for p in drawn
        if p.numbers
    ]
    if numbers:
        write_table(
            "", ("数值 Number", "均值 Mean", "总体均值 All", "TGI", "中位数 Median"), numbers
        )


@app.command()
def compare(
    context: typer.Context,
    one: RuleArgument,
    other: RuleArgument,
    column: Columns = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Put the portraits of two groups side by side."""
    with house(context, as_json=as_json, rule=one) as opened:
        asked = _questions(opened, as_of)
        groups = [_people(asked, rule) for rule in (one, other)]
        drawn = [asked.portrait(group, column or []) for group in groups]
        if as_json:
            write_json(
                {"one": drawn[0], "other": drawn[1], "both": (groups[0] & groups[1]).count()}
            )
            return
        for left, right in zip(*drawn, strict=True):
            theirs = {s.value: s for s in right.shares}
            rows = [
                (
                    s.value,
                    f"{s.share:.1%}",
                    f"{theirs[s.value].share:.1%}" if s.value in theirs else "",
                    s.tgi and round(s.tgi),
                    theirs[s.value].tgi if s.value in theirs else None,
                )
                for s in left.shares[:8]
            ]
            if rows:
                write_table(left.name, ("值 Value", "1", "2", "TGI 1", "TGI 2"), rows)


@app.command()
def history(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The audience's name.")],
    as_json: Json = False,
) -> None:
    """Show an audience's size at each refresh, and who entered and left."""
    with house(context, as_json=as_json) as opened:
        rows = opened.audiences.history(name)
        if as_json:
            write_json(rows)
        else:
            columns = ("截至 As of", "版本 Version", "人数 Count", "进 In", "出 Out")
            write_table(
                name, columns, [(r.as_of[:16], r.version, r.count, r.entered, r.left) for r in rows]
            )


@app.command()
def export(
    context: typer.Context,
    rule: RuleArgument,
    to: Annotated[Path, typer.Option("-o", "--to", help="A .csv or .xlsx file to write.")],
    column: Columns = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Export who satisfies a rule; cells that look like formulas are written as text."""
    with house(context, as_json=as_json, rule=rule) as opened:
        if to.suffix not in {".csv", ".xlsx"}:
            raise QunxiangError("cli.bad_export", where=str(to))
        asked = _questions(opened, as_of)
        people = _people(asked, rule)
        pages = asked.pages(people, column or ["name", "phone", "email"])
        (write_xlsx if to.suffix == ".xlsx" else write_csv)(pages, to)
        opened.audit.note(
            HOUSEHOLDER.name,
            "export",
            rows=people.count(),
            rule=rule if rule.startswith("@") else "",
        )
        write_json({"rows": people.count(), "file": str(to)}) if as_json else out.print(
            f"{people.count():,} → {to}"
        )
