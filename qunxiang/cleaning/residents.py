"""Resident identity numbers (GB 11643): checked, upgraded to 18 digits, and what they tell."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from qunxiang.cleaning.divisions import ever_valid, load_divisions
from qunxiang.cleaning.layers import TEXT
from qunxiang.cleaning.text import clean_text
from qunxiang.cleaning.values import Cleaned, no_faults, write_text

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Ints = np.ndarray[Any, np.dtype[np.int32]]

# Where each part of a number begins, and what its digits are worth.
_CHECKSUM = (0, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
_REGION = (0, (100_000, 10_000, 1_000, 100, 10, 1))
_YEAR, _MONTH, _DAY = (6, (1_000, 100, 10, 1)), (10, (10, 1)), (12, (10, 1))
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_LONG, _SHORT = 18, 15
_FIRST_YEAR, _END_YEAR = 1850, 2150
_NO_DAY = np.iinfo(np.int32).min

_SHAPE = r"^[1-9](?:[0-9]{16}[0-9X]|[0-9]{14})$"


def clean_resident_id(series: pl.Series, latest_birth: date | None = None) -> Cleaned:
    """Read resident identity numbers.

    Numbers of the old form (15 digits, births of 19yy) are upgraded to 18. A region code that was
    never valid is no fault, as the tables of old codes have gaps: `region_code` is then null.

    Args:
        series: numbers as read from a file.
        latest_birth: births after this day are faults.

    Derived: `birth_date`, `gender` (male or female), and where the number was issued, which is
    where the family was registered then and not where the person lives: `region_code`, `province`
    and, if it still is one, `city`.
    """
    texts, shaped = _tidied(write_text(series))
    positions = shaped.arg_true()
    values, faults, derived = _check(texts.gather(positions), latest_birth)
    reasons = _spread(faults, positions, len(texts))
    odd = (~shaped).arg_true()
    if len(odd):
        oddities = texts.gather(odd).to_frame().select(_explain()).to_series()
        reasons = reasons.scatter(odd, oddities)
    return Cleaned(
        values=_spread(values, positions, len(texts)).alias(series.name),
        faults=reasons,
        derived={name: _spread(column, positions, len(texts)) for name, column in derived.items()},
    )


def _tidied(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return bare upper-case numbers, and which of them have the right shape."""
    texts = texts.alias("text")
    shaped = texts.str.contains(_SHAPE).fill_null(value=False)
    if shaped.all():
        return texts, shaped
    positions = (~shaped).arg_true()
    odd = clean_text(texts.gather(positions)).values.alias("text").to_frame()
    bare = odd.select(
        TEXT.str.to_uppercase()
        .str.replace_all(r"[\s\-'_.]|^身份证号?码?:?", "")
        .str.replace_all("Х", "X", literal=True)  # the Cyrillic letter looks the same
    ).to_series()
    mended = bare.str.contains(_SHAPE).fill_null(value=False)
    return texts.scatter(positions, bare), shaped.scatter(positions, mended)


def _explain() -> pl.Expr:
    """Return why a text has not the shape of a number."""
    return (
        pl.when(TEXT.is_null())
        .then(pl.lit(None, dtype=pl.String))
        .when(TEXT.str.contains(r"^[0-9](?:[0-9]+)?E\+?[0-9]+$"))
        .then(pl.lit("resident.ruined_by_excel"))
        .when(TEXT.str.contains("*", literal=True) | TEXT.str.contains(r"[0-9]X{2,}"))
        .then(pl.lit("resident.masked"))
        .when(TEXT.str.contains(r"^[0-9]+X?$") & ~TEXT.str.len_bytes().is_in([_LONG, _SHORT]))
        .then(pl.lit("resident.length"))
        .otherwise(pl.lit("resident.characters"))
    )


def _check(
    numbers: pl.Series, latest: date | None
) -> tuple[pl.Series, pl.Series, dict[str, pl.Series]]:
    """Check numbers of the right shape, all at once."""
    long = (numbers.str.len_bytes() == _LONG).to_numpy()
    digits = _as_matrix(numbers, long)
    ints = digits[:, :17] - ord("0")
    columns = np.ascontiguousarray(ints.T).astype(np.int32)
    expected = _CHECKS[_weigh(columns, _CHECKSUM) % 11]
    if not long.all():
        digits[~long, 17] = expected[~long]
    births = _births(columns, latest)
    checked = expected == digits[:, 17]
    dated = births != _NO_DAY
    fine = checked & dated
    whole = numbers if long.all() else _write_upgraded(numbers, digits, long)
    derived = _derive(ints, _weigh(columns, _REGION), births, fine)
    if fine.all():
        return whole, no_faults(len(whole)), derived
    # A sheet keeps fifteen digits and makes the rest zeros.
    zeros = (ints[:, 15:17] == 0).all(axis=1) & (digits[:, 17] == ord("0"))
    flags = pl.DataFrame({"dated": dated, "checked": checked, "zeros": zeros})
    faults = flags.select(
        pl.when(~pl.col("dated"))
        .then(pl.lit("resident.birth_impossible"))
        .when(~pl.col("checked") & pl.col("zeros"))
        .then(pl.lit("resident.ruined_by_excel"))
        .when(~pl.col("checked"))
        .then(pl.lit("resident.checksum"))
    ).to_series()
    return _only(whole, pl.Series(fine)), faults, derived


def _weigh(columns: Ints, part: tuple[int, tuple[int, ...]]) -> Ints:
    """Return the weighted sum of some digits of every number, a column of digits at a time."""
    start, weights = part
    total = columns[start] * weights[0]
    for place, weight in enumerate(weights[1:], start + 1):
        total += columns[place] * weight
    return total


def _derive(ints: Bytes, regions: Ints, births: Ints, fine: Bools) -> dict[str, pl.Series]:
    """Return what the numbers tell, null where they are not fine."""
    origins, rows = _origins()
    origin = np.where(fine, rows[regions], len(origins) - 1)
    gender = np.where(fine, ints[:, 16] % 2, 2)
    days = pl.Series("birth_date", births).cast(pl.Date)
    return {
        "birth_date": _only(days, pl.Series(fine)),
        "gender": pl.Series("gender", ["female", "male", None]).gather(gender),
        **{name: origins[name].gather(origin) for name in origins.columns},
    }


@cache
def _origins() -> tuple[pl.DataFrame, Ints]:
    """Return the places of issue, the last row none, and the row of each code from 0 to 999999."""
    codes = ever_valid().to_list()
    provinces = {place.code[:2]: place.province for place in load_divisions() if place.depth == 1}
    cities = {
        place.code[:4]: place.city or place.province
        for place in load_divisions()
        if place.depth > 1
    }
    rows = np.full(1_000_000, len(codes), dtype=np.int32)
    rows[np.array(codes, dtype=np.int64)] = np.arange(len(codes))
    table = {
        "region_code": [*codes, None],
        "province": [*(provinces.get(code[:2]) for code in codes), None],
        "city": [*(_city_of(code, cities) for code in codes), None],
    }
    return pl.DataFrame(table, schema=dict.fromkeys(table, pl.String)), rows


def _city_of(code: str, cities: dict[str, str]) -> str | None:
    """Return the city a code lies in today; right below a province (90) each county is its own."""
    return None if code[2:4] == "90" else cities.get(code[:4])


def _only(column: pl.Series, keep: pl.Series) -> pl.Series:
    """Return the column with null where `keep` is false."""
    return column.zip_with(keep, pl.Series([None], dtype=column.dtype).new_from_index(0, len(keep)))


def _births(columns: Ints, latest: date | None) -> Ints:
    """Return the births as days since 1970, `_NO_DAY` where there is none or it is not sensible."""
    year, month, day = (_weigh(columns, part) for part in (_YEAR, _MONTH, _DAY))
    calendar = _calendar()
    known = (year >= _FIRST_YEAR) & (year < _END_YEAR) & (month >= 1) & (month <= 12) & (day <= 31)
    place = ((year - _FIRST_YEAR) * 12 + month - 1) * 32 + day
    births = calendar[np.where(known, place, 0)]
    if latest is not None:
        births[births > (latest - date(1970, 1, 1)).days] = _NO_DAY
    return births


@cache
def _calendar() -> Ints:
    """Return the day of each (year, month, day), 32 places to a month."""
    months = np.arange(
        np.datetime64(str(_FIRST_YEAR), "M"),
        np.datetime64(str(_END_YEAR), "M"),
        dtype="datetime64[M]",
    )
    days = months.astype("datetime64[D]")[:, None] + np.arange(-1, 31)[None, :]
    exists = days.astype("datetime64[M]") == months[:, None]
    return np.where(exists, days.astype(np.int32), _NO_DAY).astype(np.int32).ravel()


def _as_matrix(numbers: pl.Series, long: Bools) -> Bytes:
    """Return numbers of both widths as one matrix of 18 bytes each."""
    if long.all():
        return _as_bytes(numbers, _LONG)
    digits = np.empty((len(numbers), _LONG), dtype=np.uint8)
    digits[long] = _as_bytes(numbers.filter(pl.Series(long)), _LONG)
    digits[~long] = _upgrade(_as_bytes(numbers.filter(pl.Series(~long)), _SHORT))
    return digits


def _as_bytes(numbers: pl.Series, width: int) -> Bytes:
    """Return texts of one width as a matrix of bytes, without a loop over rows."""
    joined = numbers.str.join("").item() if len(numbers) else ""
    return np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, width)


def _write_upgraded(numbers: pl.Series, digits: Bytes, long: Any) -> pl.Series:
    """Return the numbers as text, the old ones in their new form."""
    upgraded = digits[~long].view(f"S{_LONG}").ravel().astype(f"U{_LONG}")
    positions = pl.Series(~long).arg_true()
    return numbers.scatter(positions, pl.Series(upgraded.tolist(), dtype=pl.String))


def _upgrade(short: Bytes) -> Bytes:
    """Return 15-digit numbers with the century put in and room for the check digit."""
    long = np.full((len(short), _LONG), ord("0"), dtype=np.uint8)
    long[:, :6] = short[:, :6]
    long[:, 6:8] = np.frombuffer(b"19", dtype=np.uint8)
    long[:, 8:17] = short[:, 6:]
    return long


def _spread(column: pl.Series, positions: pl.Series, length: int) -> pl.Series:
    """Return the answers at their rows, null elsewhere."""
    if len(column) == length:
        return column
    rows = np.full(length, len(column), dtype=np.int64)
    rows[positions.to_numpy()] = np.arange(len(column))
    return pl.concat([column, pl.Series(column.name, [None], dtype=column.dtype)]).gather(rows)
