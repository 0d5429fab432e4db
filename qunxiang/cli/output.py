"""How answers are written: tables for people, JSON for scripts, problems with a remedy."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from qunxiang import clock
from qunxiang.errors import Lang, LanguageError, QunxiangError

out = Console(soft_wrap=True, highlight=False)
Words = str | tuple[str, str]  # Chinese and English

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


@dataclass(frozen=True)
class Screen:
    """Shows answers to a person: in one language, and times in one zone."""

    lang: Lang
    zone: str

    def pick(self, words: Words) -> str:
        """Return the word in the language asked for; one that is the same in both is given once."""
        return words if isinstance(words, str) else words[self.lang == "en"]

    def say(self, zh: str, en: str) -> None:
        """Write a sentence."""
        out.print(self.pick((zh, en)))

    def table(self, title: Words, columns: Sequence[Words], rows: Iterable[Sequence[Any]]) -> None:
        """Write rows as a table."""
        table = Table(title=self.pick(title) or None, title_justify="left", header_style="bold")
        for column in columns:
            table.add_column(self.pick(column))
        for row in rows:
            table.add_row(*(self.cell(v) for v in row))
        out.print(table)

    def time(self, text: str | None) -> str:
        """Return an instant, written as text with its offset, as a local time."""
        return "" if text is None else self.cell(datetime.fromisoformat(text))

    def cell(self, value: Any) -> str:
        """Return a value as a person reads it."""
        if isinstance(value, datetime):
            shown = value if value.tzinfo is None else clock.local(value, self.zone)
            return shown.strftime("%Y-%m-%d %H:%M")
        if isinstance(value, list):
            items: list[Any] = value  # pyright: ignore[reportUnknownVariableType] whatever a column holds
            return "、".join(self.cell(v) for v in items)
        return _cell(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
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
