"""A rule may spell a value as people do; it is compared in the one spelling that cleaning stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from qunxiang.catalog import FieldDefinition, ValueType
from qunxiang.cleaning.recipes import RECIPES, Options, options_of
from qunxiang.language import Compare, Rule, map_compares
from qunxiang.settings import Settings

_SPELT: frozenset[ValueType] = frozenset(
    {"gender", "province", "city", "district", "phone", "mail", "resident_id", "choice", "name"}
)
_WHOLE_VALUES = frozenset({"eq", "ne", "in", "not_in", "has_any", "has_all", "has_none"})


def respell(rule: Rule, fields: Mapping[str, FieldDefinition], settings: Settings) -> Rule:
    """Return a rule with its words as cleaning stored them: 上海 becomes 上海市, 女 female."""
    options = options_of(settings)

    def mend(node: Compare) -> Compare:
        field = fields.get(node.field)
        if field is None or field.value not in _SPELT or node.op not in _WHOLE_VALUES:
            return node
        mine = replace(options, choices=field.choices)
        words = node.value if isinstance(node.value, tuple) else (node.value,)
        spelt = tuple(_spell(w, field.value, mine) if isinstance(w, str) else w for w in words)
        value = spelt if isinstance(node.value, tuple) else spelt[0]
        return node.model_copy(update={"value": value})

    return map_compares(rule, mend)


def _spell(word: str, value: ValueType, options: Options) -> str:
    cleaned = RECIPES[value](pl.Series([word]), options).values[0]
    return word if cleaned is None else str(cleaned)
