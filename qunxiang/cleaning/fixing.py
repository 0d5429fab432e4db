"""Fixes at work: a source's columns of text, put right before the plan and cleaning see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from qunxiang.catalog import FixDefinition
from qunxiang.cleaning.wording import PROPERTY, Told, Words

# In this order: what a thing is called is settled before what it is.
_ORDER = ("rename", "drop", "map", "cast", "default")


def sort_fixes(fixes: Sequence[FixDefinition]) -> list[FixDefinition]:
    """Return fixes of properties in the order in which they are done."""
    mine = [f for f in fixes if f.does.do in _ORDER]
    return sorted(mine, key=lambda f: (_ORDER.index(f.does.do), f.name))


def fix(
    one: FixDefinition,
    frame: pl.DataFrame,
    told: Sequence[Told],
    words: Words,
    prefix: str = PROPERTY,
) -> pl.DataFrame:
    """Return rows of one event with a fix done.

    Args:
        one: the fix, of a property.
        frame: the columns as text.
        told: which of them say something.
        words: the catalog's words for the event's properties.
        prefix: what columns of properties begin with.
    """
    asked = words.all(one.property or "")
    mine = [t.column for t in told if asked & t.words]
    does = one.does
    if does.do == "rename":
        return _rename(frame, mine, _column_of(does.to, told, words, prefix), prefix)
    if does.do == "drop":
        return _without(frame, mine, prefix)
    if does.do == "default":
        column = mine[0] if mine else f"{prefix}{one.property}"
        there = [_blank_as_null(c) for c in (mine or [])]
        return frame.with_columns(pl.coalesce(*there, pl.lit(does.value)).alias(column))
    for column in mine:
        old = pl.col(column)
        if does.do == "map":
            cell = old.str.strip_chars()
            new = cell.replace_strict(
                list(does.values), list(does.values.values()), default=old, return_dtype=pl.String
            )
        elif does.do == "cast":
            new = pl.coalesce(_read(old.str.strip_chars(), does.format), old)
        else:
            continue
        frame = frame.with_columns(new.alias(column))
    return frame


def try_format(form: str) -> None:
    """Write a moment in a form and read it again, to see that it can be.

    Raises:
        ValueError: if it cannot.
    """
    if "%" not in form:
        return
    moment = pl.Series("cell", [dt.datetime(2026, 3, 1, 13, 45, 6, tzinfo=dt.UTC)])
    try:
        written = pl.DataFrame({"cell": moment.dt.strftime(form)})
        read = written.select(_read(pl.col("cell"), form))[:, 0]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise ValueError(str(error).splitlines()[0]) from error
    if not read.str.starts_with("2026-03-01").fill_null(value=False).all():
        raise ValueError(form)


def _column_of(word: str, told: Sequence[Told], words: Words, prefix: str) -> str:
    """Return the column in which something stands, or is to stand."""
    wanted = words.all(word)
    found = next((t.column for t in told if wanted & t.words), None)
    return found or f"{prefix}{words.name(word) or word}"


def _rename(frame: pl.DataFrame, columns: list[str], to: str, prefix: str) -> pl.DataFrame:
    moved = [c for c in columns if c != to]
    if not moved:
        return frame
    first = [to] if to in frame.columns else []
    both = pl.coalesce(*(_blank_as_null(c) for c in (*first, *moved)))
    return _without(frame.with_columns(both.alias(to)), moved, prefix)


def _without(frame: pl.DataFrame, columns: list[str], prefix: str) -> pl.DataFrame:
    if prefix:
        return frame.drop(columns)
    # A file's columns are named by its mapping: they stay, and hold nothing.
    return frame.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in columns)


def _blank_as_null(column: str) -> pl.Expr:
    cell = pl.col(column)
    return pl.when(cell.str.strip_chars() != "").then(cell)


def _read(cell: pl.Expr, form: str) -> pl.Expr:
    """Return cells of a form as cleaning reads them, null where they are not of that form."""
    if form in {"unix", "unix_ms"}:
        unit = "s" if form == "unix" else "ms"
        whole = cell.str.extract(r"^(-?\d+)(?:\.\d+)?$").cast(pl.Int64, strict=False)
        return pl.from_epoch(whole, time_unit=unit).dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
    if form == "decimal_comma":
        number = cell.str.extract(r"^(-?[\d.]+(?:,\d+)?)$")
        return number.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    if form == "first_number":
        return cell.str.extract(r"(-?\d+(?:\.\d+)?)")
    if "%z" in form:
        told = cell.str.to_datetime(form, time_unit="us", strict=False, time_zone="UTC")
        return told.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    if "%H" in form or "%I" in form or "%T" in form:
        told = cell.str.to_datetime(form, time_unit="us", strict=False)
        return told.dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
    return cell.str.to_date(form, strict=False).dt.strftime("%Y-%m-%d")
