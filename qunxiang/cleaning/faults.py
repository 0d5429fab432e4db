"""What was set aside of a batch: single values, or whole rows, each with its reason code."""

from __future__ import annotations

import polars as pl

from qunxiang.catalog import IdentifierDefinition
from qunxiang.sources import RawBatch

ROW = "row_no"


def find_blocked(values: pl.Series, definition: IdentifierDefinition) -> pl.Series:
    """Say which values of an identifier name nobody."""
    blocked = values.is_in(list(definition.blocked))
    if definition.blocked_patterns:
        pattern = "|".join(f"(?:{p})" for p in definition.blocked_patterns)
        blocked |= values.str.contains(f"^(?:{pattern})$")
    return blocked.fill_null(value=False)


def list_faults(numbers: pl.Series, column: str, raw: pl.Series, codes: pl.Series) -> pl.DataFrame:
    """Return the values that have a reason, a row each."""
    bad = codes.is_not_null().arg_true()
    frame = pl.DataFrame(
        {
            ROW: numbers.gather(bad),
            "code": codes.gather(bad).cast(pl.String),
            "value": raw.gather(bad).cast(pl.String),
        }
    )
    return frame.select(
        ROW, pl.lit(column).alias("column"), "code", "value", pl.lit(value=False).alias("whole_row")
    )


def list_whole_rows(numbers: pl.Series, code: str, column: str, value: str | None) -> pl.DataFrame:
    """Return whole rows under one reason."""
    return pl.DataFrame({ROW: numbers}).select(
        ROW,
        pl.lit(column).alias("column"),
        pl.lit(code).alias("code"),
        pl.lit(value, dtype=pl.String).alias("value"),
        pl.lit(value=True).alias("whole_row"),
    )


def name_event(faults: list[pl.DataFrame], event: str) -> None:
    """Note of faults that name no event yet which one they are of."""
    for place, fault in enumerate(faults):
        if "event" not in fault.columns:
            faults[place] = fault.with_columns(pl.lit(event).alias("event"))


def list_bad_rows(batch: RawBatch) -> pl.DataFrame:
    """Return the rows of a batch that could not be read."""
    return pl.DataFrame(
        {
            "row_no": [b.row_number for b in batch.bad],
            "column": [""] * len(batch.bad),
            "code": [b.code for b in batch.bad],
            "value": [b.raw for b in batch.bad],
            "whole_row": [True] * len(batch.bad),
            "event": [""] * len(batch.bad),
        },
        schema={
            "row_no": pl.Int64,
            "column": pl.String,
            "code": pl.String,
            "value": pl.String,
            "whole_row": pl.Boolean,
            "event": pl.String,
        },
    )
