"""Choices: gender, yes or no, and other columns where many spellings mean few things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import polars as pl

from qunxiang.cleaning.layers import Reading, one_by_one, read_in_layers
from qunxiang.cleaning.text import BLANKS, EMPTY_BLANKS, clean_text
from qunxiang.cleaning.values import Cleaned, write_text

#: GB/T 2261.1, the Chinese national standard: 0 and 9 say nothing.
GENDER_CODES: dict[str, str | None] = {"0": None, "1": "male", "2": "female", "9": None}

_GENDERS: dict[str, str | None] = {
    **dict.fromkeys(
        ("男", "男性", "男士", "男生", "先生", "male", "m", "man", "boy", "mr", "mr.", "公", "♂"), "male"
    ),
    **dict.fromkeys(
        (
            "女", "女性", "女士", "女生", "小姐", "太太", "female", "f", "w", "woman", "girl", "ms", "ms.",
            "mrs", "mrs.", "miss", "母", "♀",
        ),
        "female",
    ),
    **dict.fromkeys(
        ("未知", "不详", "保密", "不明", "未说明", "未说明的性别", "未知的性别", "其他", "其它", "unknown", "u",
         "other", "secret", "not specified", "unspecified", "x", "不愿透露", "prefer not to say")
    ),
}  # fmt: skip

_YES = (
    "是", "有", "对", "真", "已", "y", "yes", "true", "t", "1", "on", "√", "✓", "✔", "☑", "v", "ok", "同意", "开",
    "开启", "启用", "已开通", "有效", "是的",
)  # fmt: skip
_NO = (
    "否", "无", "没有", "不是", "不", "假", "未", "n", "no", "false", "f", "0", "off", "×", "✗", "✘", "✕", "x", "☒",
    "☐", "不同意", "关", "关闭", "停用", "未开通", "无效",
)  # fmt: skip


def _key(text: str) -> str:
    """Return what two spellings of the same choice have in common."""
    return "".join(text.casefold().split())


def _read_choice(text: str, table: Mapping[str, Any], fault: str | None) -> Reading:
    key = _key(text)
    # A file that went through a sheet has 1.0 for 1.
    for candidate in (key, key.removesuffix(".0")):
        if candidate in table:
            return {"value": table[candidate]}
    return {"value": text} if fault is None else {"fault": fault}


def _read_words(
    series: pl.Series,
    table: Mapping[str, Any],
    fault: str | None,
    kind: type[pl.String] | type[pl.Boolean],
    blanks: Iterable[str],
) -> Cleaned:
    """Read a column word by distinct word."""
    distinct = write_text(series).alias("text").unique()
    tidied = clean_text(distinct, blanks).values
    schema = {"value": kind}
    read = partial(_read_choice, table=table, fault=fault)
    answers = read_in_layers(tidied, (one_by_one(schema, read),), blanks)
    spelt = pl.DataFrame([distinct, answers.values.alias("value"), answers.faults.alias("fault")])
    asked = write_text(series).alias("text").to_frame()
    whole = asked.join(spelt, on="text", how="left", maintain_order="left", nulls_equal=True)
    return Cleaned(whole["value"].alias(series.name), whole["fault"])


def clean_gender(series: pl.Series, codes: Mapping[str, str | None] = GENDER_CODES) -> Cleaned:
    """Read genders as `male` or `female`; what says "unknown" is null.

    Args:
        series: words or codes as read from a file.
        codes: what numbers mean in this file; the national standard unless told.
    """
    table = {**_GENDERS, **{_key(code): gender for code, gender in codes.items()}}
    return _read_words(series, table, "gender.unreadable", pl.String, BLANKS)


def clean_yesno(series: pl.Series) -> Cleaned:
    """Read yes and no, in whatever words or marks, as true and false."""
    table = {**dict.fromkeys(map(_key, _YES), True), **dict.fromkeys(map(_key, _NO), False)}
    return _read_words(series, table, "yesno.unreadable", pl.Boolean, EMPTY_BLANKS)


def clean_choice(
    series: pl.Series, synonyms: Mapping[str, str], *, closed: bool = False
) -> Cleaned:
    """Read categories, whatever their case, width and spaces.

    Args:
        series: words as read from a file.
        synonyms: spelling -> the word that is kept.
        closed: whether a word that is not listed is a fault; else it is kept as it is.
    """
    table = {_key(word): kept for word, kept in synonyms.items()}
    table.update({_key(kept): kept for kept in synonyms.values()})
    fault = "choice.unknown" if closed else None
    return _read_words(series, table, fault, pl.String, BLANKS)
