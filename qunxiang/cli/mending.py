"""Commands on messages that were set aside: one of them is looked at, mended, put back, given back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qunxiang.app import Became, Mending, Refresh
from qunxiang.cleaning import explain
from qunxiang.cli.context import Json, house, progress, screen
from qunxiang.cli.output import Screen, out, write_json
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="逐条修正 Messages that were set aside: mended by hand, one by one.",
)
Number = Annotated[int, typer.Argument(help="The message's number, as `list` shows it.")]


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.add_typer(app, name="message")


@app.command("list")
def show_all(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    source: Annotated[str | None, typer.Option("--source", help="Of this source alone.")] = None,
    event: Annotated[str | None, typer.Option("--event", help="Of this event alone.")] = None,
    code: Annotated[str | None, typer.Option("--code", help="For this reason alone.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    mended: Annotated[bool, typer.Option("--mended", help="Those that were mended.")] = False,
    as_json: Json = False,
) -> None:
    """List messages of which something is set aside, newest days first; or those that were mended."""
    with house(context, as_json=as_json) as opened:
        mending, shown = Mending(opened, HOUSEHOLDER), screen(context, opened)
        if mended:
            done = mending.mended()[:limit]
            if as_json:
                write_json(done)
                return
            heads = (("消息", "Message"), ("谁", "Who"), ("何时", "When"), ("原因", "Why"))
            shown.table("", heads, [(str(m.row_no), m.author, m.at[:16], m.why) for m in done])
            return
        waiting = mending.waiting(source, event, code, limit=limit)
        if as_json:
            write_json(waiting)
            return
        heads = (
            ("消息", "Message"),
            ("来源", "Source"),
            ("日期", "Day"),
            ("事件", "Event"),
            ("列", "Column"),
            ("原因", "Reason"),
        )
        rows = [
            (str(w.number), w.source, w.day, f.event, f.column, explain(f.code, shown.lang))
            for w in waiting
            for f in w.faults
        ]
        shown.table("", heads, rows)


@app.command()
def show(context: typer.Context, number: Number, as_json: Json = False) -> None:
    """Show a message as it came, as it was mended if it was, and what becomes of it."""
    with house(context, as_json=as_json) as opened:
        one = Mending(opened, HOUSEHOLDER).open(number)
        if as_json:
            write_json(one)
            return
        shown = screen(context, opened)
        out.print(one.raw, markup=False, soft_wrap=True)
        if one.mend is not None:
            by, why = one.mend.author, one.mend.why
            shown.say(f"由 {by} 修正为({why}):", f"Mended by {by} ({why}) to:")
            out.print(one.mend.raw, markup=False, soft_wrap=True)
        _tell(shown, one.became)


@app.command()
def mend(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    number: Number,
    file: Annotated[Path, typer.Option("--file", help="The message as it is to be, as JSON.")],
    why: Annotated[str, typer.Option("--why", help="What is kept of the reason.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of it, and change nothing.")
    ] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Refresh right after.")] = False,
    as_json: Json = False,
) -> None:
    """Put a mended message in the place of the one that was set aside; what came stays in the log."""
    with house(context, as_json=as_json) as opened:
        mending = Mending(opened, HOUSEHOLDER)
        if not file.is_file():
            raise QunxiangError("sources.missing_file", where=str(file))
        text = file.read_text(encoding="utf-8-sig")
        became = mending.try_out(number, text) if dry_run else mending.mend(number, text, why)
        if refresh and not dry_run:
            with progress(str(number), quiet=as_json) as tell:
                Refresh(opened, tell=tell).run()
        if as_json:
            write_json({"accepted": became.accepted, "rows": became.rows, "faults": became.faults})
            return
        _tell(screen(context, opened), became)


@app.command()
def undo(context: typer.Context, number: Number, as_json: Json = False) -> None:
    """Let a mended message be as it came again, from the next refresh on."""
    with house(context, as_json=as_json) as opened:
        Mending(opened, HOUSEHOLDER).undo(number)
        write_json({"number": number}) if as_json else out.print(str(number))


def _tell(shown: Screen, became: Became) -> None:
    if became.accepted:
        shown.say("没有问题,会全部收下。", "Nothing is wrong with it; all of it is taken.")
    heads = (("事件", "Event"), ("列", "Column"), ("原因", "Reason"), ("值", "Value"))
    rows = [(f.event, f.column, explain(f.code, shown.lang), f.value or "") for f in became.faults]
    if rows:
        shown.table("", heads, rows)
