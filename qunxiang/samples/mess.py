"""The mess of real files: the many ways in which one value is written, and how values get lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from qunxiang.samples.draws import Ints, Stream, build_wheel, happens, spin

V = pl.col("value")
Ways = Sequence[tuple[float, pl.Expr]]
_FULL_WIDTH = list("０１２３４５６７８９")
_BLANKS = pl.Series(["-", "无", "NULL", "N/A", "暂无"])
_SERIAL_START = pl.date(1899, 12, 30)
_WAN = 10_000_00  # cents

_IN_FULL_WIDTH = V.str.replace_many(list("0123456789"), _FULL_WIDTH)
_THREE, _FOUR, _LAST = V.str.slice(0, 3), V.str.slice(3, 4), V.str.slice(7, 4)
PHONE_WAYS: Ways = (
    (10, _IN_FULL_WIDTH),
    (14, "+86" + V),
    (8, "+86 " + V),
    (8, "0086" + V),
    (8, "86-" + V),
    (18, pl.concat_str(_THREE, _FOUR, _LAST, separator=" ")),
    (18, pl.concat_str(_THREE, _FOUR, _LAST, separator="-")),
    (6, " " + V + " "),
    # What a spreadsheet makes of eleven digits, and what a careful colleague does.
    (4, "1." + V.str.slice(1, 2) + "E+10"),
    (6, _THREE + "****" + _LAST),
)
DATE_WAYS: Ways = (
    (30, V.dt.to_string("%Y/%-m/%-d")),
    (25, V.dt.to_string("%Y年%-m月%-d日")),
    (20, (V.dt.date() - _SERIAL_START).dt.total_days().cast(pl.String)),
    (25, V.dt.to_string("%Y%m%d")),
)
NAME_WAYS: Ways = (
    (30, pl.col("surname") + pl.when("male").then(pl.lit("先生")).otherwise(pl.lit("女士"))),
    (14, V + "(老客户)"),
    (8, V + "(VIP)"),
    (8, V + "【转介绍】"),
    (22, V.str.slice(0, 1) + " " + V.str.slice(1)),
    (18, " " + V + "  "),
)
MAIL_WAYS: Ways = (
    (45, V.str.to_uppercase()),
    (15, V.str.replace("@", "#", literal=True)),
    (15, V.str.replace(".com", "", literal=True)),
    (10, V.str.replace("@", "@@", literal=True)),
    (15, " " + V),
)
RESIDENT_WAYS: Ways = (
    (40, V.str.slice(0, 17) + V.str.slice(17).replace_strict(
        list("0123456789X"), list("1234567890X"), default="1"
    )),
    (30, V.str.to_lowercase()),
    (15, V.str.slice(0, 17)),
    (15, "'" + V),
)  # fmt: skip
ADDRESS_WAYS: Ways = (
    (40, pl.col("city") + pl.col("district") + V.str.strip_prefix(pl.col("whole"))),
    (30, pl.concat_str("province", "city", "district", separator=" ")
        + " " + V.str.strip_prefix(pl.col("whole"))),
    (30, pl.col("district") + V.str.strip_prefix(pl.col("whole"))),
)  # fmt: skip


def replace_words(words: dict[str, Sequence[str]]) -> Ways:
    """Return the ways to write few values otherwise: one way per place in their lists."""
    count = min(len(others) for others in words.values())
    return [
        (1, V.replace_strict({word: others[n] for word, others in words.items()}, default=V))
        for n in range(count)
    ]


GENDER_WAYS = replace_words(
    {
        "女": ("F", "女士", "2", "female"),
        "男": ("M", "先生", "1", "male"),
    }
)
CONSENT_WAYS = replace_words({"是": ("Y", "1", "true"), "否": ("N", "0", "false")})


@dataclass(frozen=True)
class Mess:
    """How much is messy, and the lots that decide."""

    stream: Stream
    share: float

    def rewrite(self, frame: pl.DataFrame, ways: Ways, plain: pl.Expr = V) -> pl.Series:
        """Return `value` as text, some of it in another way.

        Args:
            frame: `value`, and whatever other columns the ways read.
            ways: each with its weight.
            plain: how the rest is written.
        """
        hit = happens(self.stream, self.share, len(frame)) & frame["value"].is_not_null().to_numpy()
        part = frame.filter(pl.Series(hit))
        chosen = pl.Series("\0way", spin(self.stream, build_wheel([w for w, _ in ways]), len(part)))
        chain = plain.cast(pl.String)
        for number, (_, way) in enumerate(ways):
            chain = pl.when(pl.col("\0way") == number).then(way).otherwise(chain)
        written = part.with_columns(chosen).select(chain)[:, 0]
        # Where each row's text lies: among the others, or behind them all.
        place = np.arange(len(frame))
        place[hit] = len(frame) + np.arange(len(part))
        return pl.concat([frame.select(plain.cast(pl.String))[:, 0], written]).gather(place)

    def rewrite_series(self, values: pl.Series, ways: Ways, plain: pl.Expr = V) -> pl.Series:
        """Return the values as text, some of them in another way."""
        return self.rewrite(values.alias("value").to_frame(), ways, plain)

    def fill_blanks(self, values: pl.Series) -> pl.Series:
        """Return the values with words for nothing in some of the empty cells."""
        word = _BLANKS.gather(self.stream.integers(0, len(_BLANKS), len(values)))
        filled = happens(self.stream, min(1.0, 3 * self.share), len(values))
        frame = pl.DataFrame({"value": values, "word": word, "filled": filled})
        return frame.select(pl.when(V.is_null() & pl.col("filled")).then("word").otherwise(V))[:, 0]

    def write_money(self, cents: Ints) -> pl.Series:
        """Return amounts as text: mostly 1234.50, some ¥1,234.50 or 1234.50元, few 1.2万."""
        yuan, rest = pl.col("cents") // 100, pl.col("cents") % 100
        tail = "." + rest.cast(pl.String).str.zfill(2)
        last = (yuan % 1_000).cast(pl.String)
        grouped = (
            pl.when(yuan >= 1_000)
            .then((yuan // 1_000).cast(pl.String) + "," + last.str.zfill(3))
            .otherwise(last)
        )
        wan = (pl.col("cents") / _WAN).cast(pl.String).str.strip_suffix(".0") + "万"
        frame = pl.DataFrame({"cents": cents}).with_columns(value=yuan.cast(pl.String) + tail)
        frame = frame.with_columns(exact=(pl.col("cents") >= _WAN) & (rest == 0))
        ways: Ways = (
            (60, "¥" + grouped + tail),
            (20, grouped + tail),
            (15, V + "元"),
            (5, pl.when("exact").then(wan).otherwise("￥" + V)),
        )
        return self.rewrite(frame, ways)


def spell_cents(cents: Ints) -> pl.Series:
    """Return amounts as text, 1234.50."""
    yuan, rest = pl.col("cents") // 100, pl.col("cents") % 100
    text = yuan.cast(pl.String) + "." + rest.cast(pl.String).str.zfill(2)
    return pl.DataFrame({"cents": cents}).select(text)[:, 0]


def count_cents(cents: Ints) -> pl.Series:
    """Return amounts as exact decimals of two places."""
    whole = pa.array(cents, pa.int64()).cast(pa.decimal128(19, 0))
    yuan = pa.Array.from_buffers(pa.decimal128(14, 2), len(whole), whole.buffers())
    series = pl.from_arrow(yuan)
    assert isinstance(series, pl.Series)
    return series


def blank(stream: Stream, values: pl.Series, share: float) -> pl.Series:
    """Return the values with a share of them unknown."""
    frame = pl.DataFrame({"value": values, "gone": happens(stream, share, len(values))})
    return frame.select(pl.when(~pl.col("gone")).then(V))[:, 0]
