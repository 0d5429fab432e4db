"""Commands on where data comes from: sources, and messages as they land."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import Annotated

import orjson
import typer

from qunxiang.app import MOST_SHOWN, Feeds, Landed, Seen, Tail, Wanted
from qunxiang.cli.context import Json, house, screen
from qunxiang.cli.output import Screen, plain, write_json
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER

_LOOK_SECONDS = 0.5
_DAYS = 7
_HEADS = (
    ("来源", "Source"),
    ("方式", "Fed by"),
    ("最近收到", "Last received"),
    ("近 7 天", "Last 7 days"),
    ("行数", "Rows"),
    ("搁置", "Set aside"),
    ("待刷新", "Waiting"),
)
_WAYS = {
    "files": ("文件", "files"),
    "keys": ("SDK", "SDKs"),
    "connectors": ("连接器", "connectors"),
}


def register(line: typer.Typer) -> None:
    """Add the commands to the command line."""
    line.command("sources")(list_sources)
    line.command("tail")(follow)


def list_sources(context: typer.Context, as_json: Json = False) -> None:
    """List where data comes from: what feeds each source, how much came, and when last."""
    with house(context, as_json=as_json) as opened:
        feeds = Feeds(opened).all(_DAYS)
        if as_json:
            write_json(feeds)
            return
        show = screen(context, opened)
        rows = [
            (
                f.name,
                [_WAYS[way][show.lang == "en"] for way in f.ways],
                show.time(f.received_at.isoformat()) if f.received_at else None,
                sum(d.rows for d in f.days),
                f.rows,
                f.set_aside or None,
                f.waiting or None,
            )
            for f in feeds
        ]
        show.table("", _HEADS, rows)


def follow(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    source: Annotated[str, typer.Option(help="Only of this source.")] = "",
    event: Annotated[str, typer.Option(help="Only this event, as its client calls it.")] = "",
    who: Annotated[str, typer.Option(help="Only what names this identifier.")] = "",
    last: Annotated[
        int, typer.Option("-n", "--last", min=0, max=MOST_SHOWN, help="How many to begin with.")
    ] = 10,
    on: Annotated[
        bool, typer.Option("--follow/--no-follow", help="Whether to go on as more lands.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Show the newest messages of SDKs, and more as they land, until interrupted."""
    with house(context, as_json=as_json) as opened, contextlib.suppress(KeyboardInterrupt):
        show = screen(context, opened)
        tail = Tail(opened, HOUSEHOLDER, Wanted(source, event, who))
        _say(show, tail.newest(last), as_json=as_json)
        while on:
            time.sleep(_LOOK_SECONDS)
            _say(show, tail.more(), as_json=as_json)


def _say(show: Screen, seen: Seen, *, as_json: bool) -> None:
    for one in seen.messages:
        if as_json:
            sys.stdout.buffer.write(orjson.dumps(one, default=plain) + b"\n")
        else:
            show.say(*[_line(show, one, english=english) for english in (False, True)])
    if seen.more and not as_json and seen.messages:
        show.say("…… 来得太快,只显示最新的", "… more came than can be shown; these are the newest")
    sys.stdout.flush()


def _line(show: Screen, one: Landed, *, english: bool) -> str:
    lang = "en" if english else "zh"
    who = " ".join(f"{kind}={value}" for kind, value in one.ids)
    parts = [show.time(one.received.isoformat()), one.source, one.event or one.kind or "?", who]
    if one.verdict == "repeat":
        parts.append("(repeat)" if english else "(重复)")
    elif one.fault:
        parts.append(f"✗ {QunxiangError(one.fault).message(lang)} ({one.fault})")
    return "  ".join(show.cell(part) for part in parts if part)
