"""The text form, written: tree to canonical text with English or Chinese keywords."""

from __future__ import annotations

from qunxiang.errors import Lang
from qunxiang.language.nodes import (
    LAST_OF,
    NEEDS,
    Ago,
    All,
    AnyOf,
    Between,
    Bucket,
    Calendar,
    Compare,
    Day,
    Ever,
    InAudience,
    Last,
    Listed,
    Measure,
    Measured,
    Moment,
    Not,
    Op,
    Rule,
    Scalar,
    Since,
    Value,
    Window,
)
from qunxiang.language.tokens import NAME
from qunxiang.language.words import (
    CALENDAR_WORDS,
    CALL_WORDS,
    FN_WORDS,
    GLUE_WORDS,
    JOIN_WORDS,
    OP_WORDS,
    START_WORDS,
    TRUTH_WORDS,
    UNIT_WORDS,
    WINDOW_WORDS,
    is_reserved,
)


def write(rule: Rule, lang: Lang = "en") -> str:
    """Write a rule as text that reads back as the same tree."""
    match rule:
        case All() | AnyOf():
            return _write_joined(rule, lang)
        case Not():
            return f"{START_WORDS['not'].pick(lang)} {_write_part(rule.of, lang)}"
        case Compare():
            return f"{quote_name(rule.field)} {_write_comparison(rule.op, rule.value, lang)}"
        case Measured():
            return _write_measured(rule, lang)
        case InAudience():
            return f"{START_WORDS['audience'].pick(lang)} {quote_name(rule.audience)}"
        case Listed():
            return f"{START_WORDS['list'].pick(lang)} {quote_text(rule.list)}"
        case Bucket():
            ends = f"{write_number(rule.start)}, {write_number(rule.end)}"
            return f"{CALL_WORDS['bucket'].pick(lang)}({quote_text(rule.seed)}, {ends})"


def write_measure(measure: Measure, lang: Lang = "en") -> str:
    """Write a measure as text that reads back as the same tree."""
    subject = quote_name(measure.event)
    if measure.prop is not None:
        subject += f".{quote_name(measure.prop)}"
    if measure.by is not None:
        subject += f" {GLUE_WORDS['by'].pick(lang)} {quote_name(measure.by)}"
    parts = [subject, write_window(measure.window, lang), *_write_where(measure, lang)]
    return f"{FN_WORDS[measure.fn].pick(lang)}({', '.join(parts)})"


def write_window(window: Window, lang: Lang = "en") -> str:
    """Write a stretch of time."""
    match window:
        case Last():
            return (
                f"{WINDOW_WORDS['last'].pick(lang)} {window.n} {UNIT_WORDS[window.unit].pick(lang)}"
            )
        case Ago():
            word, to = WINDOW_WORDS["from"].pick(lang), GLUE_WORDS["to"].pick(lang)
            ago = GLUE_WORDS["ago"].pick(lang)
            return f"{word} {window.start_days} {to} {window.end_days} {ago}"
        case Between():
            word, to = WINDOW_WORDS["between"].pick(lang), GLUE_WORDS["and"].pick(lang)
            return f"{word} {window.start.isoformat()} {to} {window.end.isoformat()}"
        case Since():
            return f"{WINDOW_WORDS['since'].pick(lang)} {window.start.isoformat()}"
        case Calendar():
            return CALENDAR_WORDS[window.which, window.unit].pick(lang)
        case Ever():
            return WINDOW_WORDS["ever"].pick(lang)


def write_scalar(value: Scalar, lang: Lang = "en") -> str:
    """Write one value."""
    match value:
        case bool():
            return TRUTH_WORDS[value].pick(lang)
        case str():
            return quote_text(value)
        case Day():
            return value.day.isoformat()
        case Moment():
            return value.moment.isoformat()
        case int() | float():
            return repr(value)


def write_number(value: float) -> str:
    """Write a number without a needless fraction."""
    return repr(int(value)) if value == int(value) else repr(value)


def quote_text(value: str) -> str:
    """Write a text value between quotes."""
    return "'" + value.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """Write a name, between back-quotes if it would not be read as a name without them."""
    if NAME.fullmatch(name) and not is_reserved(name):
        return name
    return "`" + name.replace("`", "``") + "`"


def _write_joined(rule: All | AnyOf, lang: Lang) -> str:
    if len(rule.of) < 2:
        # Nothing stands between fewer than two: written as a call.
        call = "all" if isinstance(rule, All) else "any"
        return f"{CALL_WORDS[call].pick(lang)}({''.join(write(each, lang) for each in rule.of)})"
    if isinstance(rule, AnyOf):
        parts = [_write_choice(each, lang) for each in rule.of]
        return f" {JOIN_WORDS['or'].pick(lang)} ".join(parts)
    parts = [_write_part(each, lang) for each in rule.of]
    return f" {JOIN_WORDS['and'].pick(lang)} ".join(parts)


def _write_choice(rule: Rule, lang: Lang) -> str:
    # `and` binds closer than `or`: it needs no parentheses there.
    return write(rule, lang) if isinstance(rule, All) else _write_part(rule, lang)


def _write_part(rule: Rule, lang: Lang) -> str:
    text = write(rule, lang)
    return f"({text})" if isinstance(rule, All | AnyOf) and len(rule.of) > 1 else text


def _write_measured(rule: Measured, lang: Lang) -> str:
    measure = rule.measure
    plain = measure.fn == "count" and measure.prop is None and measure.by is None
    if not (plain and rule.op == "ge" and type(rule.value) is int and rule.value == 1):
        comparison = _write_comparison(rule.op, rule.value, lang)
        return f"{write_measure(measure, lang)} {comparison}"
    window = [] if isinstance(measure.window, Ever) else [write_window(measure.window, lang)]
    parts = ", ".join([*window, *_write_where(measure, lang)])
    did = f"{START_WORDS['did'].pick(lang)} {quote_name(measure.event)}"
    return f"{did}({parts})" if parts else did


def _write_where(measure: Measure, lang: Lang) -> list[str]:
    if measure.where is None:
        return []
    return [f"{GLUE_WORDS['where'].pick(lang)} {write(measure.where, lang)}"]


def _write_comparison(op: Op, value: Value, lang: Lang) -> str:
    word = OP_WORDS[op].pick(lang)
    need = NEEDS.get(op, "single")
    if need == "nothing" or value is None:
        return word
    if need == "days":
        return f"{word} {value} {UNIT_WORDS['days'].pick(lang)}"
    if need == "pair" and isinstance(value, tuple):
        low, high = (write_scalar(each, lang) for each in value)
        return f"{word} {low} {GLUE_WORDS['and'].pick(lang)} {high}"
    if need in LAST_OF:
        word += f" {OP_WORDS['in' if isinstance(value, tuple) else 'eq'].pick(lang)}"
    if isinstance(value, tuple):
        return f"{word} ({', '.join(write_scalar(each, lang) for each in value)})"
    return f"{word} {write_scalar(value, lang)}"
