"""Plain text: one width, no invisible characters, single spaces, and one kind of blank."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import polars as pl

from qunxiang.cleaning.values import Cleaned, no_faults, write_text

#: What people and programs write instead of leaving a cell empty, in lower, upper or title case.
BLANKS: tuple[str, ...] = (
    "-", "--", "---", "—", "——", "_", "/", "\\", ".", "?", "*",
    "n/a", "#n/a", "null", "none", "nil", "NaN", "nan", "\\n", "(null)", "<null>", "[null]", "undefined",
    "无", "未知", "暂无", "不详", "空", "无数据", "未填写", "未填",
)  # fmt: skip

#: For columns where 无 is an answer.
EMPTY_BLANKS: tuple[str, ...] = tuple(word for word in BLANKS if word not in {"无", "*", "?"})

# A value made of these alone, without spaces at its ends or two in a row, is tidy as it stands: NFKC
# does not touch them. Most rows of most files pass this one scan and nothing else.
_UNTIDY = r"[^ -~\x{4e00}-\x{9fff}·。、《》“”‘’—√×]|^ | $|  "

# Controls, format marks (zero-width, direction, BOM) and fillers that show as nothing. Line ends and
# tabs are spaces to a reader, so they are not removed but collapsed.
_INVISIBLE = (
    r"[\p{Cf}\p{Cc}\x{034F}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180F}\x{2800}\x{3164}"
    r"\x{FE00}-\x{FE0F}\x{FFA0}\x{E0100}-\x{E01EF}--[\t\n\r\x0B\x0C\x{85}]]"
)


@cache
def spellings(blanks: tuple[str, ...]) -> pl.Series:
    """Return the blanks in every case they are met in."""
    words = {spelt for word in blanks for spelt in (word, word.lower(), word.upper(), word.title())}
    return pl.Series("blanks", sorted({*words, ""}), dtype=pl.String)


def tidy(texts: pl.Expr) -> pl.Expr:
    """Return text in one width, without invisible characters, with single spaces and bare ends."""
    visible = texts.str.replace_all(_INVISIBLE, "")
    one_width = visible.str.normalize("NFKC").str.replace_all(_INVISIBLE, "")
    return one_width.str.replace_all(r"\s+", " ").str.strip_chars()


def clean_text(series: pl.Series, blanks: Iterable[str] = BLANKS) -> Cleaned:
    """Tidy free text.

    Full-width letters, digits and punctuation become half-width, invisible characters go, runs of
    spaces become one, and what stands for "nothing here" becomes null.

    Args:
        series: text as read from a file.
        blanks: the words that mean nothing is there; their upper, lower and title case do too.
    """
    texts = write_text(series).alias("text")
    untidy = texts.str.contains(_UNTIDY).fill_null(value=False)
    if untidy.any():
        positions = untidy.arg_true()
        tidied = texts.gather(positions).to_frame().select(tidy(pl.col("text"))).to_series()
        texts = texts.scatter(positions, tidied)
    known = spellings(tuple(blanks))
    frame = texts.alias("text").to_frame()
    values = frame.select(
        pl.when(~pl.col("text").is_in(known.implode())).then(pl.col("text"))
    ).to_series()
    return Cleaned(values.alias(series.name), no_faults(len(series)))
