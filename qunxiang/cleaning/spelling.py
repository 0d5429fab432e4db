"""A rule may spell a value as people do; it is compared in the one spelling that cleaning stores."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from qunxiang.catalog import FieldDefinition, ValueType
from qunxiang.cleaning.places import read_place
from qunxiang.cleaning.recipes import RECIPES, Options, Order, options_of
from qunxiang.language import Compare, Rule, map_compares
from qunxiang.settings import Settings

_SPELT: frozenset[ValueType] = frozenset(
    {"gender", "province", "city", "district", "phone", "mail", "resident_id", "choice", "name"}
)
_WHOLE_VALUES = frozenset({"eq", "ne", "in", "not_in", "has_any", "has_all", "has_none"})


def respell(rule: Rule, fields: Mapping[str, FieldDefinition], settings: Settings) -> Rule:
    """Return a rule with its words as cleaning stored them: 上海 becomes 上海市, 女 female."""
    of = options_of(settings)
    conventions = (of.country, of.currency, of.zone, of.date_order)

    def mend(node: Compare) -> Compare:
        field = fields.get(node.field)
        if field is None or field.value not in _SPELT or node.op not in _WHOLE_VALUES:
            return node
        choices = tuple(field.choices.items())
        words = node.value if isinstance(node.value, tuple) else (node.value,)
        spelt = tuple(
            _spell(w, field.value, conventions, choices) if isinstance(w, str) else w for w in words
        )
        value = spelt if isinstance(node.value, tuple) else spelt[0]
        return node.model_copy(update={"value": value})

    return map_compares(rule, mend)


@lru_cache(4096)  # the rules of dashboards are asked over and over
def _spell(
    word: str,
    value: ValueType,
    conventions: tuple[str, str, str, Order],
    choices: tuple[tuple[str, tuple[str, ...]], ...],
) -> str:
    options = Options(*conventions, choices=dict(choices))
    cleaned = RECIPES[value](pl.Series([word]), options).values[0]
    return str(cleaned) if cleaned is not None and _says_it(word, str(cleaned), value) else word


def _says_it(word: str, cleaned: str, value: ValueType) -> bool:
    """Say whether a word is a spelling of the cleaned value, and says nothing more or less.

    Cleaning a cell takes what it can out of it; a rule that was misspelt must not come to mean
    something else: 上海市x is no spelling of 上海市, nor 上海市浦东新区 of the city.
    """
    match value:
        case "province" | "city" | "district":
            return _is_place(word, value)
        case "phone":
            digits = _bare(word)
            return digits.isdigit() and _bare(cleaned).endswith(digits.lstrip("0"))
        case "mail":
            return "".join(unicodedata.normalize("NFKC", word).split()).lower() == cleaned.lower()
        case "name" | "resident_id":
            return _bare(word) == _bare(cleaned)
        case _:
            return True  # looked up whole in a table of spellings


def _is_place(word: str, value: ValueType) -> bool:
    place = read_place(word.strip())
    if place.rest.strip():
        return False
    if place.division is None or value == "district":
        return True  # a name that several districts bear
    deeper = place.division.district or (value == "province" and place.division.depth > 1)
    return not deeper


def _bare(text: str) -> str:
    """Return the letters and digits alone, whatever their case and width."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()
