"""What every normaliser gives back: typed values, a reason where one is bad, and what was worked out."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Cleaned:
    """One column after cleaning; every series has the length of the input.

    Attributes:
        values: the typed values, null where missing or bad.
        faults: a key of `REASONS` per row, null where nothing is wrong. A blank is null and no fault.
        derived: more columns that were worked out on the way, such as the birth date of a resident id.
    """

    values: pl.Series
    faults: pl.Series
    derived: dict[str, pl.Series] = field(default_factory=dict[str, pl.Series])


def write_text(series: pl.Series) -> pl.Series:
    """Return a column as text, so that a typed one (from Parquet) can be cleaned like any other."""
    if series.dtype == pl.String:
        return series
    if isinstance(series.dtype, pl.Datetime):
        if series.dtype.time_zone is None:
            return series.dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
        return series.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    return series.cast(pl.String, strict=False)


def fill_gaps(values: pl.Series, others: pl.Series) -> pl.Series:
    """Return values, and where they are null the other ones."""
    return pl.DataFrame({"a": values, "b": others}).select(pl.coalesce("a", "b"))[:, 0]


def no_faults(length: int) -> pl.Series:
    """Return a column of reasons that holds none."""
    return pl.Series("fault", [None], dtype=pl.String).new_from_index(0, length)
