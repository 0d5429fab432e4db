"""The command on data quality: what each source sends of each event."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from qunxiang.app import EventDetail, EventQuality, Quality
from qunxiang.catalog import PlannedProperty
from qunxiang.cleaning import explain
from qunxiang.cli.context import Json, house, screen
from qunxiang.cli.output import Screen, write_json
from qunxiang.governance import HOUSEHOLDER
from qunxiang.insights import explain_anomaly

_EXAMPLES = 3


def register(line: typer.Typer) -> None:
    """Add the command to the command line."""
    line.command("quality")(show)


def show(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="The source's name; all by default.")] = None,
    event: Annotated[str | None, typer.Argument(help="One of its events, in full.")] = None,
    as_json: Json = False,
) -> None:
    """Show what sources send: volume, what was set aside, fill, freshness and odd days."""
    with house(context, as_json=as_json) as opened:
        quality, shown = Quality(opened, HOUSEHOLDER), screen(context, opened)
        if source is not None and event is not None:
            detail = quality.event(source, event)
            write_json(detail) if as_json else _show_event(shown, detail)
            return
        events = quality.events(source)
        write_json(events) if as_json else _show_events(shown, events)


def _show_events(shown: Screen, events: list[EventQuality]) -> None:
    heads = (
        ("来源", "Source"),
        ("事件", "Event"),
        ("行", "Rows"),
        ("搁置", "Set aside"),
        ("填充率", "Fill"),
        ("最近收到", "Received"),
        ("最近发生", "Happened"),
        ("异常", "Odd days"),
    )
    rows = [
        (
            e.source,
            e.event,
            e.rows,
            e.set_aside,
            "—" if e.fill is None else f"{e.fill:.0%}",
            e.freshness.received or "—",
            e.freshness.happened or "—",
            len(e.anomalies) or "",
        )
        for e in events
    ]
    shown.table("", heads, rows)
    _show_anomalies(shown, events)


def _show_anomalies(shown: Screen, events: list[EventQuality]) -> None:
    for one in events:
        for anomaly in one.anomalies:
            why = explain_anomaly(anomaly, shown.lang)
            shown.say(f"{one.source} {one.event}:{why}", f"{one.source} {one.event}: {why}")


def _show_event(shown: Screen, detail: EventDetail) -> None:
    rows = detail.quality.rows
    heads = (
        ("属性", "Property"),
        ("类型", "Type"),
        ("填充率", "Fill"),
        ("不同值", "Distinct"),
        ("样例", "Examples"),
        ("方案", "Plan"),
    )
    told: list[tuple[Any, ...]] = []
    for one in detail.properties:
        seen = one.seen
        told.append(
            (
                one.name,
                "—" if seen is None else seen.value,
                "—" if seen is None or not rows else f"{seen.filled / rows:.0%}",
                "—" if seen is None else seen.distinct,
                "" if seen is None else " | ".join(seen.top[:_EXAMPLES])[:60],
                "" if one.declared is None else _declared(one.declared),
            )
        )
    shown.table(f"{detail.quality.source} {detail.quality.event}", heads, told)
    heads = (("原因", "Reason"), ("列", "Column"), ("数量", "Count"))
    told = [(explain(r.code, shown.lang), r.column, r.count) for r in detail.reasons]
    if told:
        shown.table(("已搁置", "Set aside"), heads, told)
    _show_anomalies(shown, [detail.quality])


def _declared(one: PlannedProperty) -> str:
    """Return what is planned of a property, in short."""
    parts = [one.value or "", "!" if one.required else ""]
    if one.min is not None or one.max is not None:
        low, high = ("" if n is None else f"{n:g}" for n in (one.min, one.max))
        parts.append(f"{low}…{high}")
    parts += [",".join(one.choices)[:40], one.pattern or ""]
    return " ".join(p for p in parts if p)
