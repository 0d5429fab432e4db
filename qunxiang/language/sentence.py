"""The sentence: a rule or measure for reading, in Chinese or English, with the fields' labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from qunxiang.errors import Lang, LanguageError
from qunxiang.language.nodes import (
    All,
    AnyOf,
    Bucket,
    Compare,
    Day,
    Ever,
    Fn,
    InAudience,
    Listed,
    Measure,
    Measured,
    Moment,
    Not,
    Op,
    Rule,
    Scalar,
    Value,
)
from qunxiang.language.schema import EventInfo, FieldInfo, GroupInfo, Label, Schema
from qunxiang.language.wording import write_number, write_window

# Of a list of one nobody says "one of".
_OF_ONE: dict[Op, Op] = {"in": "eq", "not_in": "ne"}
# Each operator as a template: {f} is the field, {v} the value.
_OPS: dict[Op, tuple[str, str]] = {
    "eq": ("{f}是{v}", "{f} is {v}"),
    "ne": ("{f}不是{v}", "{f} is not {v}"),
    "in": ("{f}是{v}之一", "{f} is one of {v}"),
    "not_in": ("{f}不是{v}中的任何一个", "{f} is none of {v}"),
    "contains": ("{f}包含“{v}”", "{f} contains “{v}”"),
    "starts_with": ("{f}以“{v}”开头", "{f} starts with “{v}”"),
    "ends_with": ("{f}以“{v}”结尾", "{f} ends with “{v}”"),
    "matches": ("{f}匹配“{v}”", "{f} matches “{v}”"),
    "lt": ("{f}小于{v}", "{f} is less than {v}"),
    "le": ("{f}不大于{v}", "{f} is at most {v}"),
    "gt": ("{f}大于{v}", "{f} is more than {v}"),
    "ge": ("{f}不小于{v}", "{f} is at least {v}"),
    "between": ("{f}在{low}到{high}之间", "{f} is between {low} and {high}"),
    "before": ("{f}早于{v}", "{f} is before {v}"),
    "after": ("{f}晚于{v}", "{f} is after {v}"),
    "in_last": ("{f}在最近{v}天内", "{f} is in the last {v} days"),
    "in_next": ("{f}在未来{v}天内", "{f} is in the next {v} days"),
    "anniversary_in_next": (
        "{f}的周年日在未来{v}天内",
        "{f} has its anniversary in the next {v} days",
    ),
    "weekday": ("{f}在{v}", "{f} falls on {v}"),
    "month": ("{f}在{v}", "{f} falls in {v}"),
    "has_any": ("{f}含有{v}中的至少一个", "{f} has any of {v}"),
    "has_all": ("{f}含有{v}中的每一个", "{f} has all of {v}"),
    "has_none": ("{f}不含{v}中的任何一个", "{f} has none of {v}"),
    "known": ("{f}已知", "{f} is known"),
    "unknown": ("{f}未知", "{f} is unknown"),
}
_TRUTH_OPS: dict[Op, tuple[str, str]] = {
    "eq": ("{f}为“{v}”", "{f}: {v}"),
    "ne": ("{f}不为“{v}”", "{f}: not {v}"),
}
# Each function as a template: {e} is the event, {p} the property, {w} the window.
_FNS: dict[Fn, tuple[str, str]] = {
    "count": ("{w}{e}次数", "number of {e} events{w}"),
    "days": ("{w}{e}天数", "number of days with {e}{w}"),
    "sum": ("{w}{e}{p}合计", "total {e} {p}{w}"),
    "avg": ("{w}{e}{p}平均值", "average {e} {p}{w}"),
    "min": ("{w}{e}{p}最小值", "smallest {e} {p}{w}"),
    "max": ("{w}{e}{p}最大值", "largest {e} {p}{w}"),
    "median": ("{w}{e}{p}中位数", "median {e} {p}{w}"),
    "distinct": ("{w}{e}的不同{p}数", "number of different {e} {p} values{w}"),
    "first": ("{w}首次{e}的{p}", "{p} of the first {e}{w}"),
    "last": ("{w}最近一次{e}的{p}", "{p} of the latest {e}{w}"),
    "top": ("{w}{e}最多的{p}", "most frequent {e} {p}{w}"),
    "top_share": ("{w}{e}最多的{p}的占比", "share of the most frequent {e} {p}{w}"),
    "list": ("{w}{e}过的全部{p}", "every {e} {p}{w}"),
    "gap": ("{w}{e}的平均间隔天数", "mean days between {e} events{w}"),
    "recency": ("{w}最近一次{e}距今天数", "days since the latest {e}{w}"),
    "trend": (
        "{w}{e}次数与前一时段之比",
        "ratio of the number of {e} events{w} to the period before",
    ),
}
_TOP_BY: dict[Fn, tuple[str, str]] = {
    "top": ("{w}{e}{by}最多的{p}", "{e} {p} with the most {by}{w}"),
    "top_share": (
        "{w}{e}{by}最多的{p}所占的{by}",
        "share of {by} of the {e} {p} with the most{w}",
    ),
}
_SUM_TREND = (
    "{w}{e}{p}合计与前一时段之比",
    "ratio of the total {e} {p}{w} to the period before",
)
_DID = ("{w}做过{e}", "did {e}{w}")
_WEEKDAYS = (
    tuple(f"星期{each}" for each in "一二三四五六日"),
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
_MONTHS = (
    tuple(f"{each} 月" for each in range(1, 13)),
    (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
)
_COMMA = "\uff0c"
_JOINS = {"all": (f"{_COMMA}且", ", and "), "any": (f"{_COMMA}或", ", or ")}
_EMPTY = {"all": ("所有人", "everybody"), "any": ("没有人", "nobody")}
_HOLE = re.compile(r"\{(\w+)\}")
_WIDE = re.compile(r"[\u3400-\u9fff]")
_NARROW = re.compile(r"[A-Za-z0-9]")


def describe(rule: Rule, schema: Schema, lang: Lang = "zh") -> str:
    """Say a rule as a sentence."""
    return _Speaker(schema, lang).say(rule)


def describe_measure(measure: Measure, schema: Schema, lang: Lang = "zh") -> str:
    """Say a measure as a phrase."""
    return _Speaker(schema, lang).say_measure(measure)


class _Speaker:
    """Says rules in one language, of people or (inside `where`) of one kind of event."""

    def __init__(self, schema: Schema, lang: Lang, event: EventInfo | None = None) -> None:
        self._schema = schema
        self._lang: Lang = lang
        self._event = event
        self._index: Literal[0, 1] = 0 if lang == "zh" else 1

    def say(self, rule: Rule) -> str:
        match rule:
            case All() | AnyOf():
                return self._say_joined(rule)
            case Not():
                return self._fill(("并非（{v}）", "not ({v})"), v=self.say(rule.of))
            case Compare():
                info = self._find_field(rule.field)
                label = self._pick_label(info, rule.field)
                return self._say_comparison(label, rule.op, rule.value, info)
            case Measured():
                return self._say_measured(rule)
            case InAudience():
                texts = ("在人群“{v}”中", "in the audience “{v}”")
                named = _find(self._schema.find_audience, rule.audience)
                return self._fill(texts, v=self._pick_label(named, rule.audience))
            case Listed():
                texts = ("在名单“{v}”中", "in the list “{v}”")
                named = _find(self._schema.find_list, rule.list)
                return self._fill(texts, v=self._pick_label(named, rule.list))
            case Bucket():
                texts = (
                    "在随机分桶“{v}”的{a}% 到{b}% 内",
                    "in {a}% to {b}% of the random split “{v}”",
                )
                ends = {"a": write_number(rule.start), "b": write_number(rule.end)}
                return self._fill(texts, v=rule.seed, **ends)

    def say_measure(self, measure: Measure) -> str:
        texts = _FNS[measure.fn]
        if measure.by is not None:
            texts = _TOP_BY.get(measure.fn, texts)
        elif measure.fn == "trend" and measure.prop is not None:
            texts = _SUM_TREND
        return self._say_events(texts, measure)

    def _say_events(self, texts: tuple[str, str], measure: Measure) -> str:
        event = _find(self._schema.find_event, measure.event)
        inside = _Speaker(self._schema, self._lang, event or EventInfo(measure.event))
        label = self._pick_label(event, measure.event)
        if measure.where is not None:
            where = ("{e}（其中{v}）", "{e} (where {v})")
            label = self._fill(where, e=label, v=inside.say(measure.where))
        names = {"p": measure.prop, "by": measure.by}
        labels = {key: inside._label(name) if name else "" for key, name in names.items()}
        return self._fill(texts, e=label, w=self._say_window(measure), **labels)

    def _say_window(self, measure: Measure) -> str:
        if isinstance(measure.window, Ever):
            return ""
        text = write_window(measure.window, self._lang)
        if self._lang == "zh":
            return text
        # `last 30 days` needs its preposition in a sentence; the other windows do without.
        return f" in the {text}" if measure.window.node == "last" else f" {text}"

    def _say_measured(self, rule: Measured) -> str:
        measure = rule.measure
        if measure.fn == "count" and rule.op == "ge" and rule.value == 1:
            return self._say_events(_DID, measure)
        event = _find(self._schema.find_event, measure.event)
        info = _find(event.find_property, measure.prop) if event and measure.prop else None
        return self._say_comparison(self.say_measure(measure), rule.op, rule.value, info)

    def _say_joined(self, rule: All | AnyOf) -> str:
        if not rule.of:
            return _EMPTY[rule.node][self._index]
        parts = [self._wrap(each) if len(rule.of) > 1 else self.say(each) for each in rule.of]
        return _JOINS[rule.node][self._index].join(parts)

    def _wrap(self, rule: Rule) -> str:
        text = self.say(rule)
        if isinstance(rule, All | AnyOf) and len(rule.of) > 1:
            return self._fill(("（{v}）", "({v})"), v=text)
        return text

    def _say_comparison(self, label: str, op: Op, value: Value, info: FieldInfo | None) -> str:
        if op in _OF_ONE and isinstance(value, tuple) and len(value) == 1:
            return self._say_comparison(label, _OF_ONE[op], value[0], info)
        texts = _TRUTH_OPS.get(op, _OPS[op]) if isinstance(value, bool) else _OPS[op]
        if op == "between" and isinstance(value, tuple):
            low, high = (self._say_scalar(each, info) for each in value)
            return self._fill(texts, f=label, low=low, high=high)
        return self._fill(texts, f=label, v=self._say_value(op, value, info))

    def _say_value(self, op: Op, value: Value, info: FieldInfo | None) -> str:
        if value is None:
            return ""
        items = value if isinstance(value, tuple) else (value,)
        if op in {"weekday", "month"}:
            names = (_WEEKDAYS if op == "weekday" else _MONTHS)[self._index]
            return ("或", " or ")[self._index].join(
                names[each - 1] for each in items if isinstance(each, int)
            )
        return self._list(self._say_scalar(each, info) for each in items)

    def _list(self, items: Iterable[str]) -> str:
        return ("、", ", ")[self._index].join(items)

    def _say_scalar(self, value: Scalar, info: FieldInfo | None) -> str:
        match value:
            case bool():
                return (("否", "是"), ("no", "yes"))[self._index][value]
            case Day():
                return value.day.isoformat()
            case Moment():
                return value.moment.isoformat(sep=" ", timespec="minutes")
            case float():
                return write_number(value)
            case _:
                called = info.labels.get(str(value)) if info else None
                return self._pick_label(called, str(value))

    def _label(self, name: str) -> str:
        return self._pick_label(self._find_field(name), name)

    def _find_field(self, name: str) -> FieldInfo | None:
        find = self._event.find_property if self._event else self._schema.find_field
        return _find(find, name)

    def _pick_label(self, info: FieldInfo | EventInfo | GroupInfo | Label | None, name: str) -> str:
        if info is None:
            return name
        said = info.zh if self._lang == "zh" else info.en
        return said or (name if isinstance(info, Label) else info.name)

    def _fill(self, texts: tuple[str, str], **parts: str) -> str:
        text = texts[self._index]
        if self._index:
            return text.format_map(parts)
        return _join_spaced(_split(text, parts))


def _find(find: Any, name: str) -> Any:
    # A sentence is also shown for a rule that does not pass the check: names stand for labels.
    try:
        return find(name)
    except LanguageError:
        return None


def _split(template: str, parts: Mapping[str, str]) -> Iterable[str]:
    for i, piece in enumerate(_HOLE.split(template)):
        yield parts[piece] if i % 2 else piece


def _join_spaced(pieces: Iterable[str]) -> str:
    """Join with a space wherever Chinese meets Latin letters or digits."""
    text = ""
    for piece in pieces:
        if text and piece and _meet(text[-1], piece[0]):
            text += " "
        text += piece
    return text


def _meet(left: str, right: str) -> bool:
    return bool(
        (_WIDE.match(left) and _NARROW.match(right)) or (_NARROW.match(left) and _WIDE.match(right))
    )
