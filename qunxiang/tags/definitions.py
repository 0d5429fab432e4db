"""A tag: what is true of a person, and how it is known. One class per kind, told apart by `kind`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from qunxiang.catalog import Definition
from qunxiang.language import Measure, Rule

Family = Literal["basic", "behaviour", "preference", "value"]


class Level(BaseModel):
    """A named range of a number: from `least` (inclusive) up to `below` (exclusive)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str
    en: str = ""
    least: float | None = None
    below: float | None = None


class Case(BaseModel):
    """A value and the rule under which it is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str
    en: str = ""
    when: Rule


class AttributeTag(BaseModel):
    """A field of the portrait, as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["attribute"] = "attribute"
    field: str


class MeasureTag(BaseModel):
    """A measure, as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["measure"] = "measure"
    measure: Measure


class LevelsTag(BaseModel):
    """A measure, or a field, score or tag that is a number, cut into named levels; first match wins.

    `of` is a measure or a name. A date is cut by the years that have passed since.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["levels"] = "levels"
    of: Measure | str
    levels: tuple[Level, ...] = Field(min_length=1)


class RuleTag(BaseModel):
    """Yes for everybody who satisfies the rule, no for everybody else."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["rule"] = "rule"
    rule: Rule


class RuleListTag(BaseModel):
    """The value of the first case that holds; unknown if none does."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["rules"] = "rules"
    cases: tuple[Case, ...] = Field(min_length=1)


class PreferenceTag(BaseModel):
    """The value a person chooses most, if often enough and clearly enough.

    Args:
        measure: a `top` measure.
        least_share: the least share of the favourite among all, 0 to 1.
        least_count: the least number of events.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["preference"] = "preference"
    measure: Measure
    least_share: float = Field(default=0.0, ge=0, le=1)
    least_count: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _is_top(self) -> Self:
        if self.measure.fn != "top":
            message = "a preference is a top measure"
            raise ValueError(message)
        return self


class DerivedTag(BaseModel):
    """The value of the first case that holds, over other tags, scores and fields only."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["derived"] = "derived"
    cases: tuple[Case, ...] = Field(min_length=1)


class ManualTag(BaseModel):
    """Set by hand, person by person; `values` are those allowed, none for any."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["manual"] = "manual"
    values: tuple[str, ...] = ()


class ListTag(BaseModel):
    """Yes for everybody on an imported list."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["list"] = "list"
    list: str


How: TypeAlias = Annotated[
    AttributeTag
    | MeasureTag
    | LevelsTag
    | RuleTag
    | RuleListTag
    | PreferenceTag
    | DerivedTag
    | ManualTag
    | ListTag,
    Field(discriminator="kind"),
]


class TagDefinition(Definition):
    """A tag: its labels, family, owner and how it is known."""

    kind_zh: ClassVar[str] = "标签"

    family: Family = "basic"
    description_zh: str = ""
    description_en: str = ""
    owner: str = ""
    how: How
