"""How a table of goldens is checked: all its rows in one column, and each row alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import polars as pl

from qunxiang.cleaning import REASONS, Cleaned

Clean = Callable[[pl.Series], Cleaned]


def texts(*values: str | None) -> pl.Series:
    return pl.Series("x", list(values), dtype=pl.String)


def said(cleaned: Cleaned, row: int) -> dict[str, Any]:
    """What one row says, nulls left out."""
    found = {name: column.to_list()[row] for name, column in cleaned.derived.items()}
    found |= {"value": cleaned.values.to_list()[row], "fault": cleaned.faults.to_list()[row]}
    return {name: value for name, value in found.items() if value is not None}


def values_of(clean: Clean, rows: Mapping[str, Any]) -> None:
    """Check that each text is read as the value."""
    cleaned = clean(texts(*rows))
    got = dict(zip(rows, cleaned.values.to_list(), strict=True))
    assert got == dict(rows)
    assert cleaned.faults.null_count() == len(rows)
    for text, value in rows.items():
        assert clean(texts(text)).values.to_list() == [value], text


def faults_of(clean: Clean, rows: Mapping[str, str]) -> None:
    """Check that each text is refused for the reason."""
    cleaned = clean(texts(*rows))
    assert dict(zip(rows, cleaned.faults.to_list(), strict=True)) == dict(rows)
    assert cleaned.values.null_count() == len(rows)
    assert set(rows.values()) <= set(REASONS)
    for text, fault in rows.items():
        assert clean(texts(text)).faults.to_list() == [fault], text


def derived_of(clean: Clean, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Check everything that is said of each text."""
    cleaned = clean(texts(*rows))
    for row, (text, wanted) in enumerate(rows.items()):
        assert said(cleaned, row) == dict(wanted), text


def blanks_of(clean: Clean, rows: Iterable[str | None]) -> None:
    """Check that each text is nothing, and no fault."""
    cleaned = clean(texts(*rows))
    assert cleaned.values.null_count() == len(cleaned.values)
    assert cleaned.faults.null_count() == len(cleaned.values)
