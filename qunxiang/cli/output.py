"""How answers are written: tables for people, JSON for scripts, problems with a remedy."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from qunxiang.errors import Lang, LanguageError, QunxiangError

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, LanguageError):
        return value.problem("en") | {"start": value.start, "end": value.end, "path": value.path}
    if isinstance(value, pa.Table):
        return value.to_pylist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


def write_json(value: Any) -> None:
    """Write a value as JSON on standard output."""
    text = orjson.dumps(
        value, default=plain, option=orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATACLASS
    )
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.flush()


def write_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as a table."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(_cell(v) for v in row))
    out.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value).replace("[", "\\[")


def write_problem(
    error: QunxiangError, lang: Lang, *, as_json: bool, rule: str | None = None
) -> None:
    """Write an error: what, where, and what to do."""
    if as_json:
        write_json(error.problem(lang))
        return
    err.print(f"[bold red]✗[/] {_cell(error.message(lang))}  [dim]({error.code})[/]")
    if isinstance(error, LanguageError) and rule is not None and error.start is not None:
        end = max(error.end or 0, error.start + 1)
        err.print(f"  {_cell(rule)}\n  {' ' * error.start}[red]{'^' * (end - error.start)}[/]")
    elif error.where:
        err.print(f"  [dim]{_cell(error.where)}[/]")
    if isinstance(error, LanguageError) and error.suggestions:
        err.print(f"  ? {_cell(', '.join(error.suggestions))}")
    err.print(f"  → {_cell(error.remedy(lang))}")
