"""The tree of a rule or measure: frozen pydantic models, told apart by the field `node`.

The tree is JSON as it stands. Plain scalars (true, 500, 'x') are themselves. A date or moment is a
scalar with a tag, `{"day": "1990-01-01"}` or `{"moment": "2026-01-01T10:00:00"}`, so that text that
looks like a date stays text, the text form can write it without quotes, and nothing is lost on the
way through either form. (Money is written as a number; a float's shortest repr is its exact
decimal: read it with `Decimal(repr(value))`.) A moment without an offset is local time in the
workspace's zone; one with an offset is kept in UTC.

The models check shape (how many values an operator takes), so that every tree that exists can be
written as text. What needs the catalog (kinds, names) is the checker's work.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

Op = Literal[
    "eq", "ne", "in", "not_in", "contains", "starts_with", "ends_with", "matches",
    "lt", "le", "gt", "ge", "between", "before", "after",
    "in_last", "in_next", "anniversary_in_next", "weekday", "month",
    "has_any", "has_all", "has_none", "known", "unknown",
]  # fmt: skip
Fn = Literal[
    "count", "days", "sum", "avg", "min", "max", "median", "distinct",
    "first", "last", "top", "top_share", "list", "gap", "recency", "trend",
]  # fmt: skip
Unit = Literal["minutes", "hours", "days", "weeks", "months"]
Period = Literal["week", "month", "quarter", "year"]
Need = Literal["nothing", "text", "list", "pair", "days", "weekday", "month", "single"]

OPS: tuple[Op, ...] = get_args(Op)
FNS: tuple[Fn, ...] = get_args(Fn)

# What each operator takes to its right; an operator that is not here takes a single value.
NEEDS: dict[Op, Need] = {
    "known": "nothing",
    "unknown": "nothing",
    "contains": "text",
    "starts_with": "text",
    "ends_with": "text",
    "matches": "text",
    "in": "list",
    "not_in": "list",
    "has_any": "list",
    "has_all": "list",
    "has_none": "list",
    "between": "pair",
    "in_last": "days",
    "in_next": "days",
    "anniversary_in_next": "days",
    "weekday": "weekday",
    "month": "month",
}
LAST_OF = {"weekday": 7, "month": 12}
MOST_DAYS = 1_000_000


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Day(_Frozen):
    """A calendar date, as a value."""

    day: dt.date


class Moment(_Frozen):
    """A date and time, as a value: local without an offset, else kept in UTC."""

    moment: dt.datetime

    @field_validator("moment")
    @classmethod
    def _keep_in_utc(cls, value: dt.datetime) -> dt.datetime:
        if value.tzinfo is None:
            return value
        try:
            return value.astimezone(dt.UTC)
        except OverflowError as error:
            raise ValueError("outside the calendar") from error


def _refuse_whole(value: Any) -> Any:
    # A whole number too large for an int must not slip in as a rounded float.
    if not isinstance(value, float):
        raise PydanticCustomError("not_float", "not a float")
    return value


_Whole = Annotated[int, Field(strict=True, ge=-(2**63), le=2**63 - 1)]
_Real = Annotated[float, BeforeValidator(_refuse_whole), Field(allow_inf_nan=False)]
_Truth = Annotated[bool, Field(strict=True)]
_Text = Annotated[str, Field(strict=True)]
_Name = Annotated[str, Field(min_length=1, max_length=200)]

Scalar: TypeAlias = _Truth | _Whole | _Real | _Text | Day | Moment
Value: TypeAlias = Scalar | tuple[Scalar, ...] | None


def _is_day_count(value: Value) -> bool:
    return type(value) is int and 1 <= value <= MOST_DAYS


def _is_part(value: Value, last: int) -> bool:
    items = value if isinstance(value, tuple) else (value,)
    return bool(items) and all(type(item) is int and 1 <= item <= last for item in items)


def find_need(op: Op, value: Value) -> Need | None:
    """Return what the operator needs if the value is not that, else None."""
    need = NEEDS.get(op, "single")
    fits = {
        "nothing": lambda: value is None,
        "text": lambda: isinstance(value, str),
        "list": lambda: isinstance(value, tuple) and len(value) > 0,
        "pair": lambda: isinstance(value, tuple) and len(value) == 2,
        "days": lambda: _is_day_count(value),
        "weekday": lambda: _is_part(value, LAST_OF["weekday"]),
        "month": lambda: _is_part(value, LAST_OF["month"]),
        "single": lambda: value is not None and not isinstance(value, tuple),
    }
    return None if fits[need]() else need


class _Comparing(_Frozen):
    op: Op
    value: Value = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        need = find_need(self.op, self.value)
        if need is not None:
            raise PydanticCustomError(
                f"needs_{need}", "`{op}` needs another value", {"op": self.op}
            )
        return self


class Last(_Frozen):
    """`last 30 days`: from that long before as_of, up to as_of."""

    node: Literal["last"] = "last"
    n: Annotated[int, Field(strict=True, ge=1, le=MOST_DAYS * 1440)]
    unit: Unit


class Ago(_Frozen):
    """`from 60 to 30 days ago`: start_days is the farther end."""

    node: Literal["ago"] = "ago"
    start_days: Annotated[int, Field(strict=True, ge=1, le=MOST_DAYS)]
    end_days: Annotated[int, Field(strict=True, ge=0, le=MOST_DAYS)]

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.start_days <= self.end_days:
            raise PydanticCustomError("range_reversed", "the farther end comes first")
        return self


class Between(_Frozen):
    """`between D1 and D2`: local days, both included."""

    node: Literal["between"] = "between"
    start: dt.date
    end: dt.date

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.start > self.end:
            raise PydanticCustomError("range_reversed", "the earlier day comes first")
        return self


class Since(_Frozen):
    """`since D`: from the beginning of that local day, up to as_of."""

    node: Literal["since"] = "since"
    start: dt.date


class Calendar(_Frozen):
    """`this month`, `last quarter`: a local calendar period."""

    node: Literal["calendar"] = "calendar"
    which: Literal["this", "last"]
    unit: Period


class Ever(_Frozen):
    """`ever`: everything before as_of."""

    node: Literal["ever"] = "ever"


Window: TypeAlias = Annotated[
    Last | Ago | Between | Since | Calendar | Ever, Field(discriminator="node")
]


class All(_Frozen):
    """Every one of them; of none, everybody."""

    node: Literal["all"] = "all"
    of: tuple[Rule, ...]


class AnyOf(_Frozen):
    """At least one of them; of none, nobody."""

    node: Literal["any"] = "any"
    of: tuple[Rule, ...]


class Not(_Frozen):
    """Everybody else, those of whom it is unknown included."""

    node: Literal["not"] = "not"
    of: Rule


class Compare(_Comparing):
    """A field (in `where`: a property of the event) against a value."""

    node: Literal["compare"] = "compare"
    field: _Name


class Measure(_Frozen):
    """How much: a function over the events of one kind in a window."""

    fn: Fn
    event: _Name
    prop: _Name | None = None
    where: Rule | None = None
    window: Window = Ever()
    by: _Name | None = None

    @field_validator("where")
    @classmethod
    def _only_properties(cls, value: Rule | None) -> Rule | None:
        todo = [] if value is None else [value]
        while todo:
            rule = todo.pop()
            if isinstance(rule, Not):
                todo.append(rule.of)
            elif isinstance(rule, All | AnyOf):
                todo.extend(rule.of)
            elif not isinstance(rule, Compare):
                raise PydanticCustomError("not_in_where", "only properties can stand in `where`")
        return value


class Measured(_Comparing):
    """A measure against a value."""

    node: Literal["measured"] = "measured"
    measure: Measure


class InAudience(_Frozen):
    """A member of an audience now."""

    node: Literal["audience"] = "audience"
    audience: _Name


class Listed(_Frozen):
    """Imported or chosen by hand under this name."""

    node: Literal["list"] = "list"
    list: _Name


class Bucket(_Frozen):
    """A stable random share of people: percent from start up to, not including, end."""

    node: Literal["bucket"] = "bucket"
    seed: Annotated[str, Field(strict=True, max_length=200)]
    start: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    end: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.start >= self.end:
            raise PydanticCustomError("range_reversed", "the smaller end comes first")
        return self


Rule: TypeAlias = Annotated[
    All | AnyOf | Not | Compare | Measured | InAudience | Listed | Bucket,
    Field(discriminator="node"),
]
Leaf: TypeAlias = Compare | Measured | InAudience | Listed | Bucket

for _model in (All, AnyOf, Not, Measure, Measured):
    _model.model_rebuild()
