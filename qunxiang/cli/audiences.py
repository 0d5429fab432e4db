"""Commands on audiences: count, save, list, members, why, portrait, compare, history, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from qunxiang.app import House, Questions, Rosters
from qunxiang.audiences import AudienceDefinition
from qunxiang.cli.context import AsOf, Json, house, read_instant, screen
from qunxiang.cli.output import Screen, out, write_json
from qunxiang.engine import Bits
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.insights import Numbers, Portrait
from qunxiang.language import Reason, Step, describe, write
from qunxiang.sources import write_csv, write_xlsx

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="人群 Audiences: groups of people by a rule."
)
RuleArgument = Annotated[str, typer.Argument(help="A rule, or @NAME for a saved audience.")]
_COUNTED = (("人数", "Count"), ("进", "In"), ("出", "Out"))
Columns = Annotated[
    list[str] | None, typer.Option("--column", "-c", help="A field or tag to show; repeatable.")
]


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.add_typer(app, name="audience")


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
        shown, lang = screen(context, opened), context.obj.lang
        out.print(
            f"[bold]{found.count:,}[/] / {found.total:,}  [dim]{describe(checked, opened.schema(), lang)}[/]"
        )
        rows = [(s.alone, s.so_far, write(s.rule, lang)) for s in found.steps.parts]
        if rows:
            heads = (("单独", "alone"), ("累计", "so far"), ("条件", "condition"))
            shown.table("", heads, rows)
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
            counts = (last.count, last.entered, last.left, last.as_of) if last else (None,) * 4
            keys = ("name", "count", "entered", "left", "as_of", "rule")
            rows.append(
                dict(zip(keys, (audience.name, *counts, write(audience.rule)), strict=True))
            )
        if as_json:
            write_json(rows)
        else:
            shown = screen(context, opened)
            heads = (("名称", "Name"), *_COUNTED, ("截至", "As of"), ("规则", "Rule"))
            rows = [r | {"as_of": shown.time(r["as_of"])} for r in rows]
            shown.table("", heads, [tuple(r.values()) for r in rows])


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
            cells = [tuple(r.values()) for r in rows.to_pylist()]
            screen(context, opened).table("", rows.column_names, cells)


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
            _show_reason(reason, screen(context, opened), 0)


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "path": reason.path,
        "text": write(reason.rule),
        "holds": reason.holds,
        "value": reason.value,
        "parts": [_reason(p) for p in reason.parts],
    }


def _show_reason(reason: Reason, shown: Screen, depth: int) -> None:
    mark = "[green]✓[/]" if reason.holds else "[red]✗[/]"
    value = "" if reason.parts else f"  [dim]= {shown.cell(reason.value)}[/]"
    out.print("  " * depth + f"{mark} {write(reason.rule, shown.lang)}{value}")
    for part in reason.parts:
        _show_reason(part, shown, depth + 1)


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
            _show_portrait(drawn, screen(context, opened))


def _show_portrait(drawn: list[Portrait], shown: Screen) -> None:
    for one in drawn:
        if one.shares:
            rows = [
                (s.value, s.count, f"{s.share:.1%}", f"{s.share_all:.1%}", _tgi(s.tgi))
                for s in one.shares[:8]
            ]
            heads = (("值", "Value"), ("人数", "Count"), ("占比", "Share"), ("总体", "All"), "TGI")
            shown.table(f"{one.name}  {one.coverage:.0%}", heads, rows)
    numbers = [
        (
            p.name,
            p.numbers.mean,
            p.numbers.mean_all,
            _tgi(p.numbers.tgi),
            _median(p.numbers),
        )
        for p in drawn
        if p.numbers
    ]
    if numbers:
        heads = (
            ("数值", "Number"),
            ("均值", "Mean"),
            ("总体均值", "All"),
            "TGI",
            ("中位数", "Median"),
        )
        shown.table("", heads, numbers)


def _tgi(value: float | None) -> int | None:
    return None if value is None else round(value)


def _median(numbers: Numbers | None) -> float | None:
    return numbers.quantiles[2] if numbers is not None and numbers.quantiles else None


def _mean(numbers: Numbers | None) -> float | None:
    return None if numbers is None else numbers.mean


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
        counts, both = [group.count() for group in groups], (groups[0] & groups[1]).count()
        if as_json:
            body = {"counts": counts, "both": both, "one": drawn[0], "other": drawn[1]}
            write_json(body)
            return
        shown = screen(context, opened)
        heads = (("组", "Group"), ("人数", "People"), ("规则", "Rule"))
        both_words = shown.pick(("同时属于", "both"))
        shown.table("", heads, [(1, counts[0], one), (2, counts[1], other), (both_words, both, "")])
        _show_pair(drawn[0], drawn[1], shown)


def _pair_up(left: Portrait, right: Portrait) -> list[tuple[Any, ...]]:
    """Return the values that are common in either group, with the shares and TGI in both."""
    mine, theirs = ({s.value: s for s in p.shares} for p in (left, right))
    ranked = sorted((*left.shares, *right.shares), key=lambda s: -s.share)
    rows: list[tuple[Any, ...]] = []
    for value in list(dict.fromkeys(s.value for s in ranked))[:8]:
        both = (mine.get(value), theirs.get(value))
        shares = (None if s is None else f"{s.share:.1%}" for s in both)
        rows.append((value, *shares, *(None if s is None else _tgi(s.tgi) for s in both)))
    return rows


def _show_pair(one: list[Portrait], other: list[Portrait], shown: Screen) -> None:
    numbers: list[tuple[Any, ...]] = []
    for left, right in zip(one, other, strict=True):
        rows = _pair_up(left, right)
        if rows:
            shown.table(left.name, (("值", "Value"), "1", "2", "TGI 1", "TGI 2"), rows)
        if left.numbers or right.numbers:
            sides = (left.numbers, right.numbers)
            numbers.append((left.name, *map(_mean, sides), *map(_median, sides)))
    if numbers:
        heads = (
            ("数值", "Number"),
            ("均值 1", "Mean 1"),
            ("均值 2", "Mean 2"),
            ("中位数 1", "Median 1"),
            ("中位数 2", "Median 2"),
        )
        shown.table("", heads, numbers)


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
            shown = screen(context, opened)
            heads = (("截至", "As of"), ("版本", "Version"), *_COUNTED)
            cells = [(shown.time(r.as_of), r.version, r.count, r.entered, r.left) for r in rows]
            shown.table(name, heads, cells)


@app.command()
def moves(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The audience's name.")],
    after: Annotated[int, typer.Option("--after", help="The number of the last move known.")] = 0,
    as_json: Json = False,
) -> None:
    """Show who entered and left an audience as it was noticed, live or at a refresh."""
    with house(context, as_json=as_json) as opened:
        rows = Rosters(opened, HOUSEHOLDER).moves(name, after)
        if as_json:
            write_json(rows)
        else:
            shown = screen(context, opened)
            heads = (("编号", "No."), ("时间", "At"), ("进入", "Entered"), ("离开", "Left"))
            cells = [(r.number, shown.cell(r.at), r.entered_count, r.left_count) for r in rows]
            shown.table(name, heads, cells)


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
