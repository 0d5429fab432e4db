"""Changes: messages that add to a field, or clear it, become rows that say so beside their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import polars as pl

from qunxiang.catalog import ValueType
from qunxiang.cleaning.faults import ROW, list_faults
from qunxiang.cleaning.tables import STORED
from qunxiang.sources import Change, MappingDefinition

ONCE = "@once"  # where rows say that they count only while nothing else is known
CHANGE = "@change"  # where rows say what becomes of the fields: add, append, union, remove …
CLEARED = "@cleared"  # where rows name the columns whose fields they clear
UNLINK = "unlink"  # a row that says only who is not whom
UNFIT = "row.change_not_kept"
# In which order those of one message are done.
IN_TURN: tuple[Change, ...] = (
    "delete", "unset", "set", "once", "add", "append", "union", "remove",
)  # fmt: skip
LISTS: tuple[Change, ...] = ("append", "union", "remove")
_NUMBERS = frozenset({"number", "integer", "money"})
_TAKEN_BY = {"add": _NUMBERS} | {name: frozenset({"texts"}) for name in LISTS}
_BETWEEN = "\n"


def write_change(
    name: Change, fields: Mapping[str, Any], prefix: str
) -> tuple[dict[str, str | None], dict[str, Any]]:
    """Return the marks of a row that brings a change, and the values that stand beside them."""
    if name in {"set", "once"}:
        return {ONCE: "true"} if name == "once" else {}, join_lists(fields)
    if name in LISTS:
        listed = {n: v if isinstance(v, list) else [v] for n, v in fields.items()}
        return {CHANGE: name}, join_lists(listed)
    if name == "unset":
        cleared = _BETWEEN.join(prefix + n for n in fields)
        return {CHANGE: name, CLEARED: cleared}, dict.fromkeys(fields)
    return {CHANGE: name}, dict(fields)


def join_lists(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with lists of words as one text, as a file would write them."""
    out = dict(fields)
    for name, value in fields.items():
        if isinstance(value, list):
            parts = cast("list[Any]", value)
            if not any(isinstance(part, dict | list) for part in parts):
                out[name] = ";".join(str(part) for part in parts)
    return out


def mark_changes(
    frame: pl.DataFrame,
    raw: pl.DataFrame,
    mapping: MappingDefinition,
    types: Mapping[str, ValueType],
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Add the columns `change` and `cleared` to tidy rows; take out what no field of its type can take.

    Args:
        frame: tidy rows of customers.
        raw: the rows they were made of, with CHANGE and perhaps CLEARED.
        mapping: what their columns mean.
        types: of which type each field is.
    """
    frame = frame.with_columns(raw[CHANGE].alias("change"))
    faults: list[pl.DataFrame] = []
    for column in mapping.columns:
        field = column.to or ""
        if field not in types or column.column not in raw.columns:
            continue
        unfit = [name for name, kinds in _TAKEN_BY.items() if STORED[types[field]] not in kinds]
        wrong = frame["change"].is_in(unfit) & raw[column.column].is_not_null()
        if wrong.any():
            codes = pl.Series([None, UNFIT])[wrong.fill_null(value=False).cast(pl.Int8)]
            faults.append(list_faults(frame[ROW], column.column, raw[column.column], codes))
            kept = pl.when(~wrong.fill_null(value=False)).then(pl.col(field))
            frame = frame.with_columns(kept.alias(field))
    if CLEARED in raw.columns:
        fields = {c.column: c.to for c in mapping.columns if c.to in types}
        words = raw[CLEARED].str.split(_BETWEEN)
        named = words.list.eval(
            pl.element().replace_strict(fields, default=None, return_dtype=pl.String)
        )
        frame = frame.with_columns(named.list.drop_nulls().alias("cleared"))
    return frame, faults
