"""What can be known of a rule before it runs: names, kinds, values and size, against a schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from qunxiang.errors import LanguageError
from qunxiang.language.kinds import (
    KINDS_OF_FN,
    KINDS_OF_OP,
    KINDS_ZH,
    PROPERTY_OPTIONAL,
    TAKES_BY,
    TIME_OPS,
    coerce,
    find_result,
    list_operators,
)
from qunxiang.language.limits import Limits, enforce, enforce_measure, join_path
from qunxiang.language.nodes import (
    NEEDS,
    All,
    AnyOf,
    Bucket,
    Compare,
    Day,
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
    Value,
)
from qunxiang.language.patterns import find_fault
from qunxiang.language.schema import EventInfo, FieldInfo, Kind, Schema, suggest_near
from qunxiang.language.text import Spans, place
from qunxiang.language.wording import quote_text, write_scalar
from qunxiang.language.words import FN_WORDS, OP_WORDS

T = TypeVar("T")
R = TypeVar("R")
_PLAIN_NEEDS = {"nothing", "days", "weekday", "month"}
_CATEGORICAL: frozenset[Op] = frozenset(
    {"eq", "ne", "in", "not_in", "has_any", "has_all", "has_none"}
)
_MOST_ALSO = 20


@dataclass(frozen=True)
class Checked(Generic[T]):
    """A tree with names resolved and values typed, and what is doubtful about it."""

    tree: T
    warnings: tuple[LanguageError, ...]


def check(
    rule: Rule, schema: Schema, limits: Limits | None = None, spans: Spans | None = None
) -> Checked[Rule]:
    """Check a rule; raise its first fault in reading order, the others in its detail `also`."""
    checking = _Checking(schema, spans or {})
    checking.attempt("", enforce, rule, limits or Limits())
    checking.report()
    checked = checking.check_rule(rule, "")
    checking.report()
    return Checked(checked, tuple(checking.warnings))


def check_measure(
    measure: Measure, schema: Schema, limits: Limits | None = None, spans: Spans | None = None
) -> Checked[Measure]:
    """Check a measure; raise its first fault in reading order, the others in its detail `also`."""
    checking = _Checking(schema, spans or {})
    checking.attempt("", enforce_measure, measure, limits or Limits())
    checking.report()
    checked, _ = checking.check_measure(measure, "")
    checking.report()
    return Checked(checked, tuple(checking.warnings))


def kind_of(measure: Measure, schema: Schema) -> Kind:
    """Return the kind of a measure's result."""
    event = schema.find_event(measure.event)
    prop = None if measure.prop is None else event.find_property(measure.prop)
    return find_result(measure.fn, prop.kind if prop else None)


@dataclass
class _Checking:
    schema: Schema
    spans: Spans
    faults: list[LanguageError] = field(default_factory=list[LanguageError])
    warnings: list[LanguageError] = field(default_factory=list[LanguageError])

    def attempt(self, path: str, call: Callable[..., R], *args: Any) -> R | None:
        """Return what the call returns; keep its fault, at its own path or else this one."""
        try:
            return call(*args)
        except LanguageError as error:
            error.path = error.path or path
            self.faults.append(place(error, self.spans))
            return None

    def blame(self, what: str, path: str, suggestions: tuple[str, ...] = (), **more: Any) -> None:
        """Keep a fault."""
        error = LanguageError(f"language.{what}", path=path, suggestions=suggestions, **more)
        self.faults.append(place(error, self.spans))

    def warn(self, what: str, path: str, suggestions: tuple[str, ...] = (), **more: Any) -> None:
        """Keep a warning."""
        error = LanguageError(f"language.{what}", path=path, suggestions=suggestions, **more)
        self.warnings.append(place(error, self.spans))

    def report(self) -> None:
        """Raise the first fault in reading order, if there is one."""
        if not self.faults:
            return
        # Without places in a text the walk's own order is the reading order.
        first, *others = sorted(self.faults, key=lambda fault: fault.start or 0)
        first.details["also"] = [_tell(fault) for fault in others[:_MOST_ALSO]]
        raise first

    def check_rule(self, rule: Rule, path: str) -> Rule:
        """Check a rule about people."""
        match rule:
            case Measured():
                return self._check_measured(rule, path)
            case InAudience():
                at = join_path(path, "audience")
                audience = self.attempt(at, self.schema.find_audience, rule.audience)
                return (
                    rule
                    if audience is None
                    else rule.model_copy(update={"audience": audience.name})
                )
            case Listed():
                at = join_path(path, "list")
                named = self.attempt(at, self.schema.find_list, rule.list)
                return rule if named is None else rule.model_copy(update={"list": named.name})
            case Bucket():
                return rule
            case All(of=()):
                self.warn("everybody", path)
                return rule
            case _:
                return self._check_condition(rule, path, None)

    def _check_condition(self, rule: Rule, path: str, event: EventInfo | None) -> Rule:
        match rule:
            case All() | AnyOf():
                return type(rule)(
                    of=tuple(
                        self._check_part(each, join_path(path, "of", i), event)
                        for i, each in enumerate(rule.of)
                    )
                )
            case Not():
                return Not(of=self._check_part(rule.of, join_path(path, "of"), event))
            case Compare():
                return self._check_compare(rule, path, event)
            case _:
                return rule

    def _check_part(self, rule: Rule, path: str, event: EventInfo | None) -> Rule:
        return self._check_condition(rule, path, event) if event else self.check_rule(rule, path)

    def _check_compare(self, rule: Compare, path: str, event: EventInfo | None) -> Rule:
        at = join_path(path, "field")
        find = event.find_property if event else self.schema.find_field
        info = self.attempt(at, find, rule.field)
        if info is None or self._is_hidden(info, at):
            return rule
        op, value = self._check_comparison(rule.op, rule.value, info, path)
        return Compare(field=info.name, op=op, value=value)

    def _is_hidden(self, info: FieldInfo, path: str) -> bool:
        if info.hidden:
            self.blame("field_hidden", path, name=info.name)
        return info.hidden

    def _check_measured(self, rule: Measured, path: str) -> Rule:
        measure, info = self.check_measure(rule.measure, join_path(path, "measure"))
        if info is None:
            return rule
        op, value = self._check_comparison(rule.op, rule.value, info, path)
        return Measured(measure=measure, op=op, value=value)

    def check_measure(self, measure: Measure, path: str) -> tuple[Measure, FieldInfo | None]:
        """Check a measure; return it resolved, and its result as if it were a field."""
        at = join_path(path, "event")
        event = self.attempt(at, self.schema.find_event, measure.event)
        if event is None:
            return measure, None
        faults = len(self.faults)
        prop = self._check_property(measure, event, path)
        by = self._check_by(measure, event, path)
        if measure.fn == "trend" and not isinstance(measure.window, Last):
            self.blame("trend_window", join_path(path, "window"))
        where = measure.where
        if where is not None:
            where = self._check_condition(where, join_path(path, "where"), event)
        if len(self.faults) > faults:
            return measure, None
        names = {"event": event.name, "prop": prop and prop.name, "by": by and by.name}
        resolved = measure.model_copy(update={**names, "where": where})
        return resolved, _describe_result(measure, event, prop)

    def _check_property(self, measure: Measure, event: EventInfo, path: str) -> FieldInfo | None:
        fn, kinds = measure.fn, KINDS_OF_FN[measure.fn]
        said: dict[str, Any] = {"fn": fn, "fn_zh": FN_WORDS[fn].pick("zh"), "event": event.name}
        if measure.prop is None:
            if kinds and fn not in PROPERTY_OPTIONAL:
                names = tuple(n for n, p in event.properties.items() if p.kind in kinds)
                near = tuple(f"{event.name}.{name}" for name in names[:3])
                self.blame("property_needed", join_path(path, "event"), near, **said)
            return None
        at = join_path(path, "prop")
        if not kinds:
            self.blame("property_not_taken", at, (event.name,), **said)
            return None
        info = self._find_property(event, measure.prop, at)
        if info is not None and info.kind not in kinds:
            self.blame("property_not_for_fn", at, name=info.name, **said, **_say_kind(info.kind))
        return info

    def _check_by(self, measure: Measure, event: EventInfo, path: str) -> FieldInfo | None:
        if measure.by is None:
            return None
        at = join_path(path, "by")
        if measure.fn not in TAKES_BY:
            self.blame("by_not_taken", at)
            return None
        info = self._find_property(event, measure.by, at)
        if info is not None and info.kind not in KINDS_OF_FN["sum"]:
            said: dict[str, Any] = {"fn": "by", "fn_zh": "按", **_say_kind(info.kind)}
            self.blame("property_not_for_fn", at, name=info.name, **said)
        return info

    def _find_property(self, event: EventInfo, name: str, path: str) -> FieldInfo | None:
        info = self.attempt(path, event.find_property, name)
        return None if info is None or self._is_hidden(info, path) else info

    def _check_comparison(
        self, op: Op, value: Value, info: FieldInfo, path: str
    ) -> tuple[Op, Value]:
        if info.kind not in KINDS_OF_OP[op]:
            self._blame_operator(op, info, join_path(path, "op"))
            return op, value
        if info.kind in KINDS_OF_OP["before"]:
            op = TIME_OPS.get(op, op)
        if value is None or NEEDS.get(op, "single") in _PLAIN_NEEDS:
            return op, value
        at = join_path(path, "value")
        if op == "matches" and isinstance(value, str):
            reason = find_fault(value)
            if reason is not None:
                self.blame("bad_pattern", at, reason=reason)
            return op, value
        if not isinstance(value, tuple):
            return op, self._check_value(op, value, info, at)
        typed = tuple(
            self._check_value(op, each, info, join_path(at, i)) for i, each in enumerate(value)
        )
        if op == "between" and _is_reversed(*typed):
            texts = [write_scalar(each) for each in reversed(typed)]
            self.blame("range_reversed", at, (" and ".join(texts),))
        return op, typed

    def _blame_operator(self, op: Op, info: FieldInfo, path: str) -> None:
        fitting = list_operators(info.kind)
        self.blame(
            "op_not_for_kind",
            path,
            tuple(OP_WORDS[each].pick("en") for each in fitting),
            name=info.name,
            op=OP_WORDS[op].pick("en"),
            op_zh=OP_WORDS[op].pick("zh"),
            fitting=", ".join(OP_WORDS[each].pick("en") for each in fitting),
            fitting_zh="、".join(OP_WORDS[each].pick("zh") for each in fitting),
            **_say_kind(info.kind),
        )

    def _check_value(self, op: Op, value: Scalar, info: FieldInfo, path: str) -> Scalar:
        typed = coerce(value, info.kind)
        if typed is None:
            wants_text = info.kind in {"text", "texts"}
            near = (quote_text(write_scalar(value)),) if wants_text else ()
            said: dict[str, Any] = {
                "name": info.name,
                "value": write_scalar(value),
                **_say_kind(info.kind),
            }
            self.blame("value_not_for_kind", path, near, **said)
            return value
        known = info.values
        if (
            known is not None
            and op in _CATEGORICAL
            and isinstance(typed, str)
            and typed not in known
        ):
            near = suggest_near(typed, list(known))
            self.warn("value_never_seen", path, near, name=info.name, value=typed)
        return typed


def _say_kind(kind: Kind) -> dict[str, Any]:
    return {"kind": kind, "kind_zh": KINDS_ZH[kind]}


def _tell(fault: LanguageError) -> dict[str, Any]:
    return {
        "code": fault.code,
        "path": fault.path,
        "start": fault.start,
        "end": fault.end,
        "zh": fault.message("zh"),
        "en": fault.message("en"),
        "suggestions": list(fault.suggestions),
    }


def _describe_result(measure: Measure, event: EventInfo, prop: FieldInfo | None) -> FieldInfo:
    kind = find_result(measure.fn, prop.kind if prop else None)
    name = f"{measure.fn}({event.name}{f'.{prop.name}' if prop else ''})"
    values = prop.values if prop and kind in {"text", "texts"} else None
    return FieldInfo(name=name, kind=kind, values=values)


def _is_reversed(low: Scalar, high: Scalar) -> bool:
    match low, high:
        case (int() | float(), int() | float()):
            return low > high
        case (Day(), Day()):
            return low.day > high.day
        case (Moment(), Moment()) if (low.moment.tzinfo is None) == (high.moment.tzinfo is None):
            return low.moment > high.moment
        case _:
            return False
