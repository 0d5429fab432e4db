"""Every keyword, in English and Chinese: the one list that reading and writing share.

In each table the first word of a language is the one written; the others are read as well. English
words end where a word ends. Chinese is written without spaces, so where no name can stand (after a
complete condition, after a field, inside a window) a Chinese keyword may touch what follows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Literal, TypeVar

from qunxiang.errors import Lang
from qunxiang.language.nodes import Fn, Op, Period, Unit

M = TypeVar("M")
Calendar = tuple[Literal["this", "last"], Period]


@dataclass(frozen=True)
class Words:
    """How one meaning is said."""

    en: tuple[str, ...]
    zh: tuple[str, ...]

    def pick(self, lang: Lang) -> str:
        """Return the word that is written."""
        return self.zh[0] if lang == "zh" else self.en[0]


def _escape(phrase: str) -> str:
    parts = [re.escape(part) for part in phrase.split()]
    joined = r"\s+".join(parts)
    return rf"{joined}(?!\w)" if phrase[-1].isascii() and phrase[-1].isalnum() else joined


@dataclass(frozen=True)
class PhraseTable(Generic[M]):
    """Meanings with their words, found at a place of a text, longest first."""

    table: dict[M, Words]

    @cached_property
    def phrases(self) -> tuple[tuple[str, M], ...]:
        """Every phrase with its meaning, longest first."""
        pairs = [(p, m) for m, words in self.table.items() for p in (*words.en, *words.zh)]
        return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))

    @cached_property
    def _loose(self) -> re.Pattern[str]:
        return _compile(_escape(phrase) for phrase, _ in self.phrases)

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return _compile(rf"{_escape(phrase)}(?!\w)" for phrase, _ in self.phrases)

    def find(self, text: str, at: int, *, whole: bool = False) -> tuple[M, int] | None:
        """Return the meaning at a place and where its words end, or None."""
        match = (self._whole if whole else self._loose).match(text, at)
        if match is None or match.lastindex is None:
            return None
        return self.phrases[match.lastindex - 1][1], match.end()

    def claims(self, name: str) -> bool:
        """Say whether a name is one of the words and so has to be quoted."""
        return self._whole.fullmatch(name) is not None


def _compile(alternatives: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"({each})" for each in alternatives), re.IGNORECASE)


OP_WORDS: dict[Op, Words] = {
    "eq": Words(("=", "==", "＝", "is", "equals"), ("=", "等于", "是", "为")),
    "ne": Words(("!=", "<>", "≠", "!＝", "！=", "！＝", "is not"), ("!=", "不等于", "不是")),
    "lt": Words(("<", "＜"), ("<", "小于", "少于", "低于")),
    "le": Words(("<=", "≤", "＜=", "＜＝"), ("<=", "小于等于", "不大于", "不超过")),
    "gt": Words((">", "＞"), (">", "大于", "多于", "超过", "高于")),
    "ge": Words((">=", "≥", "＞=", "＞＝"), (">=", "大于等于", "不小于", "不少于")),
    "in": Words(("in",), ("属于", "在")),
    "not_in": Words(("not in",), ("不属于", "不在")),
    "contains": Words(("contains",), ("包含",)),
    "starts_with": Words(("starts with",), ("开头是",)),
    "ends_with": Words(("ends with",), ("结尾是",)),
    "matches": Words(("matches",), ("匹配",)),
    "between": Words(("between",), ("介于",)),
    "before": Words(("before",), ("早于",)),
    "after": Words(("after",), ("晚于",)),
    "in_last": Words(("in last", "in the last"), ("在最近", "最近", "在过去")),
    "in_next": Words(("in next", "in the next"), ("在未来", "未来")),
    "anniversary_in_next": Words(
        ("anniversary in next", "anniversary in the next"), ("周年在未来", "周年日在未来")
    ),
    "weekday": Words(("weekday",), ("星期",)),
    "month": Words(("month",), ("月份",)),
    "has_any": Words(("has any",), ("含任一", "包含任一")),
    "has_all": Words(("has all",), ("含全部", "包含全部")),
    "has_none": Words(("has none",), ("不含", "不包含")),
    "known": Words(("is known",), ("已知",)),
    "unknown": Words(("is unknown",), ("未知",)),
}
FN_WORDS: dict[Fn, Words] = {
    "count": Words(("count",), ("次数",)),
    "days": Words(("days",), ("天数",)),
    "sum": Words(("sum",), ("合计", "总和")),
    "avg": Words(("avg", "average"), ("平均", "平均值")),
    "min": Words(("min",), ("最小", "最小值")),
    "max": Words(("max",), ("最大", "最大值")),
    "median": Words(("median",), ("中位", "中位数")),
    "distinct": Words(("distinct",), ("去重数",)),
    "first": Words(("first",), ("首次",)),
    "last": Words(("last",), ("最近一次", "末次")),
    "top": Words(("top",), ("最常",)),
    "top_share": Words(("top_share",), ("占比",)),
    "list": Words(("list",), ("清单",)),
    "gap": Words(("gap",), ("间隔",)),
    "recency": Words(("recency",), ("距今",)),
    "trend": Words(("trend",), ("趋势",)),
}
UNIT_WORDS: dict[Unit, Words] = {
    "minutes": Words(("minutes", "minute"), ("分钟",)),
    "hours": Words(("hours", "hour"), ("小时", "个小时")),
    "days": Words(("days", "day"), ("天", "日")),
    "weeks": Words(("weeks", "week"), ("周", "星期")),
    "months": Words(("months", "month"), ("个月", "月")),
}
CALENDAR_WORDS: dict[Calendar, Words] = {
    ("this", "week"): Words(("this week",), ("本周", "这周")),
    ("this", "month"): Words(("this month",), ("本月", "这个月")),
    ("this", "quarter"): Words(("this quarter",), ("本季度", "本季")),
    ("this", "year"): Words(("this year",), ("今年", "本年")),
    ("last", "week"): Words(("last week",), ("上周",)),
    ("last", "month"): Words(("last month",), ("上月", "上个月")),
    ("last", "quarter"): Words(("last quarter",), ("上季度", "上季")),
    ("last", "year"): Words(("last year",), ("去年", "上年")),
}

Start = Literal["not", "did", "audience", "list"]
START_WORDS: dict[Start, Words] = {
    "not": Words(("not",), ("非", "不是", "并非")),
    "did": Words(("did",), ("做过",)),
    "audience": Words(("in audience",), ("在人群", "人群", "属于人群")),
    "list": Words(("in list",), ("在名单", "名单", "属于名单")),
}
Call = Literal["all", "any", "bucket"]
CALL_WORDS: dict[Call, Words] = {
    "all": Words(("all",), ("全部满足",)),
    "any": Words(("any",), ("任一满足",)),
    "bucket": Words(("bucket",), ("分桶",)),
}
Join = Literal["and", "or"]
JOIN_WORDS: dict[Join, Words] = {
    "and": Words(("and", "&&"), ("且", "并且", "而且")),
    "or": Words(("or", "||"), ("或", "或者")),
}
WindowStart = Literal["last", "from", "between", "since", "ever"]
WINDOW_WORDS: dict[WindowStart, Words] = {
    "last": Words(("last", "in the last"), ("最近", "过去", "近")),
    "from": Words(("from",), ("从",)),
    "between": Words(("between",), ("介于",)),
    "since": Words(("since",), ("自", "自从")),
    "ever": Words(("ever",), ("不限时间", "有史以来")),
}
Glue = Literal["where", "by", "to", "and", "ago", "within", "onward"]
GLUE_WORDS: dict[Glue, Words] = {
    "where": Words(("where",), ("其中",)),
    "by": Words(("by",), ("按",)),
    "to": Words(("to",), ("到", "至")),
    "and": Words(("and", "to"), ("与", "到", "和", "至")),
    "ago": Words(("days ago", "day ago"), ("天前",)),
    "within": Words((), ("内", "之内")),
    "onward": Words((), ("起", "以来")),
}
TRUTH_WORDS: dict[bool, Words] = {
    True: Words(("true", "yes"), ("是", "真")),
    False: Words(("false", "no"), ("否", "假")),
}

OPERATORS = PhraseTable(OP_WORDS)
FUNCTIONS = PhraseTable(FN_WORDS)
UNITS = PhraseTable(UNIT_WORDS)
CALENDARS = PhraseTable(CALENDAR_WORDS)
STARTS = PhraseTable(START_WORDS)
CALLS = PhraseTable(CALL_WORDS)
JOINS = PhraseTable(JOIN_WORDS)
WINDOWS = PhraseTable(WINDOW_WORDS)
TRUTHS = PhraseTable(TRUTH_WORDS)
GLUES: dict[Glue, PhraseTable[Glue]] = {
    glue: PhraseTable({glue: words}) for glue, words in GLUE_WORDS.items()
}

_RESERVED = (
    OPERATORS, FUNCTIONS, UNITS, CALENDARS, STARTS, CALLS, JOINS, WINDOWS, TRUTHS, *GLUES.values(),
)  # fmt: skip


def is_reserved(name: str) -> bool:
    """Say whether a name is also a keyword, so that it has to be written in back-quotes."""
    return any(table.claims(name) for table in _RESERVED)
