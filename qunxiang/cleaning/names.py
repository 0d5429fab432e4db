"""Names of people: the bare name, without title, remark or number; what is no name is told apart."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from qunxiang.cleaning.layers import TEXT, Layer, by_columns, read_in_layers
from qunxiang.cleaning.text import BLANKS, spellings
from qunxiang.cleaning.values import Cleaned

_SCHEMA = {"value": pl.String, "gender": pl.String, "remark": pl.String, "masked": pl.String}

_MALE_AFTER = "先生|男士|大哥|大爷|大叔|叔叔"
_FEMALE_AFTER = "女士|小姐|太太|夫人|阿姨|大姐|大妈"
_OTHER_AFTER = "老师|经理|总经理|董事长|主任|医生|同学|师傅"
_MALE_BEFORE = r"mr\b\.?"
_FEMALE_BEFORE = r"(?:mrs|ms|miss|madam)\b\.?"
_OTHER_BEFORE = r"(?:dr|prof)\b\.?"

# 张三, 欧阳娜娜, John Smith: the shapes that need no more looking at, unless a title is in them.
_PLAIN = r"^(?:[\x{4e00}-\x{9fff}]{2,4}|[A-Z][a-z]+(?: [A-Z][a-z]+){1,3})$"
# Only letters that titles and stand-ins end or begin with: a set is looked up forty times faster than
# a list of words, and a name that is suspected for nothing is read all the same.
_SUSPECT = (
    r"[测匿某无未暂]|[士生姐太人师理长任学傅总哥爷叔姨妈户客员]$|"
    r"^(?:Mr|Mrs|Ms|Miss|Madam|Dr|Prof|Test) | Test$"
)

_DOTS = r"\s*[·•・‧∙⋅●]+\s*"
_REMARK = r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>|\{[^{}]*\}"
# Everything that may follow or precede the name proper, in any number and order.
_AFTER = rf"(?:{_REMARK}|{_MALE_AFTER}|{_FEMALE_AFTER}|{_OTHER_AFTER}|[0-9]|[\s·.,;:、_'\"\-/()\[\]【】#])*"
_BEFORE = rf"(?:(?:{_MALE_BEFORE}|{_FEMALE_BEFORE}|{_OTHER_BEFORE})|[\s·.,;:、_'\"\-/#])*"

_PHONE = r"^[+(]?[0-9][0-9 ()\-.]{5,}$"
_MAIL = r"[^\s@]@[^\s@]+\.[a-zA-Z]"
_MASKED = r"[*＊]|某|(?:^|[\x{4e00}-\x{9fff}])[xX]{1,3}$"
_ONE_LETTER = "|".join(f"{letter}{{3,}}" for letter in "abcdefghijklmnopqrstuvwxyz")
_PLACEHOLDER = (
    rf"(?i)测试|试用账号|匿名|^(?:tests?|tester|testing|demo|abc|abcd|asdf?|asdfgh|qwer?|qwerty|admin|"
    rf"user|guest|anonymous|customer|客户|用户|顾客|会员|游客|某某|{_ONE_LETTER})$|^test[ _\-]|[ _\-]test$"
)
_LONGEST = 60


def _quick() -> Mapping[str, pl.Expr]:
    plain = TEXT.str.contains(_PLAIN) & ~TEXT.str.contains(_SUSPECT)
    return {"value": pl.when(plain).then(TEXT)}


def _joined() -> pl.Expr:
    """Return the text with one kind of middle dot and no spaces between Chinese characters."""
    one_dot = TEXT.str.replace_all(_DOTS, "·")
    full_stop = one_dot.str.replace_all(r"(\p{Han})\.(\p{Han})", "${1}·${2}")
    # Twice, as two neighbouring matches share a character.
    pair = r"(\p{Han}) (\p{Han})"
    return full_stop.str.replace_all(pair, "${1}${2}").str.replace_all(pair, "${1}${2}")


def _cased(name: pl.Expr) -> pl.Expr:
    """Return ZHANG SAN and zhang san as Zhang San, and leave McDonald alone."""
    one_case = name.str.contains(r"^(?:[A-Z][A-Z .,'\-]*|[a-z][a-z .,'\-]*)$")
    return pl.when(one_case).then(name.str.to_titlecase()).otherwise(name)


def _gender(before: pl.Expr, after: pl.Expr) -> pl.Expr:
    male = after.str.contains(_MALE_AFTER) | before.str.contains(rf"(?i)^\W*{_MALE_BEFORE}")
    female = after.str.contains(_FEMALE_AFTER) | before.str.contains(rf"(?i){_FEMALE_BEFORE}")
    return (
        pl.when(male & ~female)
        .then(pl.lit("male"))
        .when(female & ~male)
        .then(pl.lit("female"))
        .otherwise(pl.lit(None, dtype=pl.String))
    )


def _fault(name: pl.Expr) -> pl.Expr:
    """Return why what is left is no name; the order matters."""
    return (
        pl.when(TEXT.str.contains(_MAIL))
        .then(pl.lit("name.is_mail"))
        .when(TEXT.str.contains(_PHONE))
        .then(pl.lit("name.is_phone"))
        .when(name.is_in(spellings(tuple(BLANKS)).implode()))
        .then(pl.lit("name.nothing_left"))
        .when(name.str.contains(_PLACEHOLDER))
        .then(pl.lit("name.placeholder"))
        .when(name.str.contains(_MASKED))
        .then(pl.lit("name.masked"))
        .when(~name.str.contains(r"\p{L}"))
        .then(pl.lit("name.no_letters"))
        .when(name.str.len_chars() > _LONGEST)
        .then(pl.lit("name.too_long"))
        .otherwise(pl.lit(None, dtype=pl.String))
    )


def _careful(texts: pl.Series) -> pl.DataFrame:
    """Take the name apart: titles before, the name, and what follows it."""
    parts = rf"(?i)^(?P<before>{_BEFORE})(?P<name>.*?)(?P<after>{_AFTER})$"
    frame = texts.alias("text").to_frame().with_columns(_joined().alias("joined"))
    frame = frame.with_columns(pl.col("joined").str.extract_groups(parts).alias("parts"))
    frame = frame.unnest("parts").with_columns(
        # 李总: a title only after a single surname, as 总 may end a given name.
        pl.col("name").str.replace(r"^(\p{Han})总$", "${1}")
    )
    frame = frame.with_columns(pl.col("before", "name", "after").fill_null(""))
    frame = frame.with_columns(_cased(pl.col("name")), fault=_fault(pl.col("name")))
    remark = pl.col("after").str.extract(rf"({_REMARK})").str.slice(1).str.head(-1)
    return frame.select(
        value=pl.when(pl.col("fault").is_null()).then("name"),
        fault=pl.col("fault"),
        gender=_gender(pl.col("before"), pl.col("after")),
        remark=pl.when(remark.str.strip_chars() != "").then(remark.str.strip_chars()),
        masked=pl.when(pl.col("fault") == "name.masked").then(pl.col("name")),
    )


@cache
def _layers() -> tuple[Layer, ...]:
    return (by_columns(_SCHEMA, _quick), _careful)


def clean_name(series: pl.Series) -> Cleaned:
    """Read the names of people.

    Titles give a hint of the gender (`gender`: male or female), brackets behind the name become
    `remark`; 张** is kept in `masked` but is no name.
    """
    return read_in_layers(series, _layers())
