"""A definition as those may see it who may not see personal values: what its rules compare is masked.

Nobody can save what was masked: a rule that names a field its author may not see is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import pyarrow as pa

from qunxiang.app.house import House
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import (
    Default,
    Definition,
    EventDefinition,
    FieldDefinition,
    FixDefinition,
    MapValues,
)
from qunxiang.governance import Caller, as_field, is_masked, mask
from qunxiang.language import All, AnyOf, Compare, Measure, Measured, Not, Rule
from qunxiang.sources import CUSTOMERS
from qunxiang.tags import TagDefinition, change_rules

D = TypeVar("D", bound=Definition)
Masked = Mapping[str, FieldDefinition]


def make_redactor(house: House, caller: Caller) -> Callable[[D], D]:
    """Return what masks the personal values that definitions compare, for one caller."""
    if caller.may("personal"):
        return lambda definition: definition
    columns = house.masked_columns()
    events = {
        name: {p.name: as_field(p) for p in event.properties if is_masked(p)}
        for name, event in house.catalog.all(EventDefinition).items()
    }

    def redact(definition: D) -> D:
        if isinstance(definition, AudienceDefinition):
            rule = _redact(definition.rule, columns, events)
            return definition.model_copy(update={"rule": rule})
        if isinstance(definition, TagDefinition):
            how = change_rules(definition.how, lambda rule: _redact(rule, columns, events))
            measure: Measure | None = getattr(how, "measure", None)
            if measure is not None:
                how = how.model_copy(update={"measure": _redact_measure(measure, events)})
            return definition.model_copy(update={"how": how})
        if isinstance(definition, FixDefinition):
            known = columns if definition.event == CUSTOMERS else events.get(definition.event, {})
            return _redact_fix(definition, known.get(definition.property or ""))
        return definition

    return redact


def _redact_fix(fix: FixDefinition, field: FieldDefinition | None) -> FixDefinition:
    if field is None:
        return fix

    def hide(value: str | None) -> str | None:
        return None if value is None else mask(pa.array([value]), field)[0].as_py()

    match fix.does:
        case MapValues(values=values):
            shown = {hide(before) or "": hide(after) for before, after in values.items()}
            does = MapValues(values=shown)
        case Default(value=value):
            does = Default(value=hide(value) or "*")
        case _:
            return fix
    return fix.model_copy(update={"does": does})


def _redact(rule: Rule, columns: Masked, events: Mapping[str, Masked]) -> Rule:
    match rule:
        case All(of=of) | AnyOf(of=of):
            return type(rule)(of=tuple(_redact(each, columns, events) for each in of))
        case Not(of=of):
            return Not(of=_redact(of, columns, events))
        case Measured(measure=measure):
            shown = _redact_measure(measure, events)
            prop = events.get(measure.event, {}).get(measure.prop or "")
            changed = rule.model_copy(update={"measure": shown})
            return changed if prop is None else _mask_value(changed, prop)
        case Compare(field=name) if name in columns:
            return _mask_value(rule, columns[name])
        case _:
            return rule


def _redact_measure(measure: Measure, events: Mapping[str, Masked]) -> Measure:
    if measure.where is None:
        return measure
    where = _redact(measure.where, events.get(measure.event, {}), {})
    return measure.model_copy(update={"where": where})


def _mask_value(rule: Compare | Measured, field: FieldDefinition) -> Rule:
    def hide(value: object) -> object:
        return mask(pa.array([value]), field)[0].as_py() if isinstance(value, str) else value

    value = rule.value
    shown = tuple(hide(each) for each in value) if isinstance(value, tuple) else hide(value)
    return rule.model_copy(update={"value": shown})
