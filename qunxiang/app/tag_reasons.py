"""Why one person has the value of a tag: the rules that decided, or what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from qunxiang.app.columns import ColumnInfo, list_columns
from qunxiang.app.happenings import Plain, make_plain
from qunxiang.app.house import House
from qunxiang.app.questions import Questions
from qunxiang.app.refresh import last_instant
from qunxiang.catalog import FieldDefinition, ListDefinition
from qunxiang.governance import Caller, mask_row
from qunxiang.language import Measure, Reason, check_measure, measure_all
from qunxiang.tags import (
    AttributeTag,
    LevelsTag,
    ListTag,
    PreferenceTag,
    TagDefinition,
    measures_of,
    rules_of,
)


@dataclass(frozen=True)
class CaseReason:
    """Whether a case of a tag holds for the person, and why; `value` is what it gives."""

    value: str
    reason: Reason


@dataclass(frozen=True)
class Measured:
    """A measure that decided, and what it is for the person."""

    measure: Measure
    value: Plain


@dataclass(frozen=True)
class ColumnValue:
    """A field, score or tag that decided, and its value."""

    column: ColumnInfo
    value: Plain


@dataclass(frozen=True)
class TagReason:
    """Why a person has a tag's value, as of the last refresh.

    Of a preference the measures are the favourite, its share, and how many events there are;
    `least_share` and `least_count` say how much is needed.
    """

    tag: TagDefinition
    value: Plain
    as_of: datetime
    cases: tuple[CaseReason, ...] = ()
    measures: tuple[Measured, ...] = ()
    columns: tuple[ColumnValue, ...] = ()
    on_list: bool | None = None
    by_hand: str | None = None
    needed: dict[str, float] = field(default_factory=dict[str, float])


class TagReasons:
    """Tells why people have the values of tags, for whoever asks."""

    def __init__(self, house: House, caller: Caller) -> None:
        self._house = house
        self._caller = caller
        self._asked = Questions(house, caller, last_instant(house))

    def tell(self, who: str, name: str) -> TagReason:
        """Return why a person has a tag's value, or has none.

        Raises:
            QunxiangError: identity.not_found; catalog.not_found; language.field_hidden, where a rule
                of the tag names what the caller may not see.
        """
        house, person = self._house, self._house.identity.find(who)
        tag = house.catalog.get(TagDefinition, name)
        how, told = tag.how, dict[str, Any]()
        values = ("true",) if how.kind == "rule" else [c.value for c in getattr(how, "cases", ())]
        told["cases"] = tuple(
            CaseReason(value, self._asked.why(rule, person))
            for value, rule in zip(values, rules_of(how), strict=True)
        )
        if name not in self._masked():
            told["measures"] = self._measured(measures_of(how), person)
        if isinstance(how, PreferenceTag):
            told["needed"] = {
                "least_share": how.least_share,
                "least_count": float(how.least_count),
            }
        elif isinstance(how, ListTag):
            house.catalog.get(ListDefinition, how.list)
            told["on_list"] = house.people.listed(how.list).has(person)
        elif how.kind == "manual":
            told["by_hand"] = make_plain(house.tags.by_hand(name).value(person))
        told["columns"] = self._columns(_column_of(tag), person)
        return TagReason(tag, self._value(name, person), self._asked.when.as_of, **told)

    def _masked(self) -> dict[str, FieldDefinition]:
        return {} if self._caller.may("personal") else self._house.masked_columns()

    def _value(self, name: str, person: int) -> Plain:
        column = self._house.people.column(name)
        if column is None:
            return None
        value = column.value(person)
        masked = self._masked()
        if name in masked and isinstance(value, list):
            value = "、".join(value)
        return make_plain(mask_row({name: value}, masked)[name])

    def _measured(self, measures: tuple[Measure, ...], person: int) -> tuple[Measured, ...]:
        schema = self._house.schema(personal=self._caller.may("personal"))
        for measure in measures:
            check_measure(measure, schema, self._house.limits)
        one = np.array([person])
        columns = measure_all(self._house.people, measures, self._asked.when, only=one)
        values = [make_plain(column.value(0)) for column in columns]
        return tuple(Measured(m, v) for m, v in zip(measures, values, strict=True))

    def _columns(self, name: str | None, person: int) -> tuple[ColumnValue, ...]:
        info = None if name is None else list_columns(self._house, self._caller).get(name)
        return () if info is None else (ColumnValue(info, self._value(info.name, person)),)


def _column_of(tag: TagDefinition) -> str | None:
    if isinstance(tag.how, AttributeTag):
        return tag.how.field
    if isinstance(tag.how, LevelsTag) and isinstance(tag.how.of, str):
        return tag.how.of
    return None
