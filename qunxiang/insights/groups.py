"""The group portrait: what a group of people is like, next to everybody.

TGI (target group index) = share in the group ÷ share among everybody × 100. Shares are of those
whose value is known, in the group and among everybody alike; coverage says how many that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import and_, sub

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.engine import MONEY_SCALE, Bits, Column

_MOST_VALUES = 50
_BARS = 20
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Share:
    """One value of a tag: how many of the group and of everybody have it."""

    value: str
    count: int
    share: float
    count_all: int
    share_all: float
    tgi: float | None


@dataclass(frozen=True)
class Numbers:
    """The distribution of a number in the group and among everybody.

    `edges` are the bounds of the bars; `bars` and `bars_all` count who falls between them.
    `quantiles` are the 5th, 25th, 50th, 75th and 95th percentile.
    """

    mean: float | None
    mean_all: float | None
    tgi: float | None
    quantiles: tuple[float, ...]
    quantiles_all: tuple[float, ...]
    edges: tuple[float, ...]
    bars: tuple[int, ...]
    bars_all: tuple[int, ...]


@dataclass(frozen=True)
class Portrait:
    """One attribute, tag or score of a group: shares of values, or a distribution of numbers."""

    name: str
    known: int
    coverage: float
    known_all: int
    coverage_all: float
    shares: tuple[Share, ...] = ()
    numbers: Numbers | None = None


def draw(name: str, column: Column, group: Bits, everybody: Bits) -> Portrait:
    """Return the portrait of a group in one column."""
    known = Bits.of_flags(column.known())
    mine, all_known = group & known, everybody & known
    counts = (mine.count(), all_known.count())
    sizes = (group.count(), everybody.count())
    coverage = [k / s if s else 0.0 for k, s in zip(counts, sizes, strict=True)]
    base = Portrait(name, counts[0], coverage[0], counts[1], coverage[1])
    if column.kind in {"text", "texts", "yesno"}:
        return _with_shares(base, column, mine, all_known)
    if column.kind in {"number", "money"}:
        return _with_numbers(base, column, mine, all_known)
    return base


def _with_shares(base: Portrait, column: Column, mine: Bits, everybody: Bits) -> Portrait:
    words = list_values(column)
    in_group, in_all = (count_values(column.take(who.people())) for who in (mine, everybody))
    order = np.lexsort((np.arange(in_all.size), -in_all, -in_group))[:_MOST_VALUES]
    shares: list[Share] = []
    for code in order.tolist():
        if in_all[code] == 0:
            continue
        share = float(in_group[code]) / base.known if base.known else 0.0
        share_all = float(in_all[code]) / base.known_all
        tgi = share / share_all * 100 if base.known else None
        shares.append(
            Share(
                words[code],
                int(in_group[code]),
                float(share),
                int(in_all[code]),
                float(share_all),
                tgi,
            )
        )
    return Portrait(
        base.name, base.known, base.coverage, base.known_all, base.coverage_all, tuple(shares)
    )


def list_values(column: Column) -> list[str]:
    """Return the values that a column of words, or of yes and no, may take."""
    if column.kind == "yesno":
        return ["false", "true"]
    return [str(word) for word in column.words.to_pylist()]


def count_values(column: Column) -> NDArray[np.int64]:
    """Return how often each of those values stands in the column."""
    if column.kind == "yesno":
        flags = column.values[column.known()] == 1
        return np.array([int((~flags).sum()), int(flags.sum())])
    known = column.values[column.values >= 0].astype(np.int64)
    return np.bincount(known, minlength=len(column.words))


def _with_numbers(base: Portrait, column: Column, mine: Bits, everybody: Bits) -> Portrait:
    scale = MONEY_SCALE if column.kind == "money" else 1
    group, everyone = (
        column.values[who.people()].astype(np.float64) / scale for who in (mine, everybody)
    )
    if everyone.size == 0:
        return base
    edges = _edges(everyone)
    inside = [np.clip(v, edges[0], edges[-1]) for v in (group, everyone)]
    bars = [tuple(int(n) for n in np.histogram(v, edges)[0]) for v in inside]
    means = [float(v.mean()) if v.size else None for v in (group, everyone)]
    tgi = means[0] / means[1] * 100 if means[0] is not None and means[1] else None
    quantiles = [
        tuple(float(q) for q in np.quantile(v, _QUANTILES)) if v.size else ()
        for v in (group, everyone)
    ]
    numbers = Numbers(
        means[0],
        means[1],
        tgi,
        quantiles[0],
        quantiles[1],
        tuple(float(e) for e in edges),
        bars[0],
        bars[1],
    )
    return Portrait(
        base.name, base.known, base.coverage, base.known_all, base.coverage_all, (), numbers
    )


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return round bounds of bars between the 1st and 99th percentile; the outermost take the rest."""
    low, high = (float(v) for v in np.quantile(values, (0.01, 0.99)))
    if high <= low:
        return np.array([low - 0.5, low + 0.5])
    rough = (high - low) / _BARS
    whole = bool(np.all(values == np.floor(values)))
    unit = 10.0 ** np.floor(np.log10(max(rough, 1.0) if whole else rough))
    # Bars of whole numbers begin and end at whole numbers, or every other one would be empty.
    steps = (1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10)
    step = next(unit * m for m in steps if unit * m >= rough)
    return np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step


def count_regions(groups: Sequence[Bits]) -> list[tuple[tuple[bool, ...], int]]:
    """Return how many people are in exactly each combination of groups, of any at all."""
    out: list[tuple[tuple[bool, ...], int]] = []
    for inside in product((True, False), repeat=len(groups)):
        if not any(inside):
            continue
        chosen = [group for group, is_in in zip(groups, inside, strict=True) if is_in]
        others = [group for group, is_in in zip(groups, inside, strict=True) if not is_in]
        region = reduce(and_, chosen)
        out.append((inside, reduce(sub, others, region).count()))
    return out


def as_table(portraits: list[Portrait]) -> pa.Table:
    """Return the shares of several portraits as one Arrow table, a row per value."""
    rows = [
        {
            "name": p.name,
            "value": s.value,
            "count": s.count,
            "share": s.share,
            "count_all": s.count_all,
            "share_all": s.share_all,
            "tgi": s.tgi,
        }
        for p in portraits
        for s in p.shares
    ]
    schema = pa.schema(
        [
            ("name", pa.string()),
            ("value", pa.string()),
            ("count", pa.int64()),
            ("share", pa.float64()),
            ("count_all", pa.int64()),
            ("share_all", pa.float64()),
            ("tgi", pa.float64()),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)
