"""Read the starter pack: tags written in TOML, with rules and measures as text."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from qunxiang.language import parse, parse_measure
from qunxiang.tags.definitions import (
    AttributeTag,
    Case,
    DerivedTag,
    How,
    Level,
    LevelsTag,
    MeasureTag,
    PreferenceTag,
    RuleListTag,
    RuleTag,
    TagDefinition,
)

Row = dict[str, Any]


def _levels(row: Row) -> tuple[Level, ...]:
    return tuple(Level(**level) for level in row["levels"])


def _cases(rows: list[Row]) -> tuple[Case, ...]:
    return tuple(Case(value=r["value"], en=r["en"], when=parse(r["when"])) for r in rows)


# The key that tells what kind of tag a row is, and how the rest of the row is read.
_KINDS: dict[str, Callable[[Row], How]] = {
    "attribute": lambda row: AttributeTag(field=row["attribute"]),
    "measure": lambda row: MeasureTag(measure=parse_measure(row["measure"])),
    "levels_of": lambda row: LevelsTag(of=row["levels_of"], levels=_levels(row)),
    "levels_of_measure": lambda row: LevelsTag(
        of=parse_measure(row["levels_of_measure"]), levels=_levels(row)
    ),
    "rule": lambda row: RuleTag(rule=parse(row["rule"])),
    "cases": lambda row: RuleListTag(cases=_cases(row["cases"])),
    "derived": lambda row: DerivedTag(cases=_cases(row["derived"])),
    "preference": lambda row: PreferenceTag(
        measure=parse_measure(row["preference"]), least_count=row.get("least_count", 1)
    ),
}


@cache
def starter_tags() -> tuple[TagDefinition, ...]:
    """Return the tags every workspace begins with."""
    text = files("qunxiang.tags").joinpath("starter.toml").read_text(encoding="utf-8")
    return tuple(_read(name, row) for name, row in tomllib.loads(text).items())


def _read(name: str, row: Row) -> TagDefinition:
    kind = next(k for k in _KINDS if k in row)
    return TagDefinition(
        name=name,
        zh=row["zh"],
        en=row["en"],
        family=row["family"],
        owner="starter",
        how=_KINDS[kind](row),
    )
