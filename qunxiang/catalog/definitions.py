"""What a company's data means: fields of a person, events, identifiers and sources.

Each class is at once what a person writes, what the API takes and what is stored.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Name = Annotated[str, Field(pattern=r"^[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]{0,62}$")]

# How a value is written in files, which decides how it is cleaned.
ValueType = Literal[
    "text",
    "name",
    "phone",
    "mail",
    "gender",
    "yesno",
    "date",
    "moment",
    "number",
    "integer",
    "money",
    "choice",
    "texts",
    "province",
    "city",
    "district",
    "address",
    "resident_id",
]

# none: says nothing of who it is. personal: about a person. contact: reaches or names a person.
# sensitive: harms if leaked (PIPL art. 28); masked more strictly.
PersonalClass = Literal["none", "personal", "contact", "sensitive"]

# Which of several values becomes the portrait's.
Preference = Literal["latest", "trusted", "frequent", "complete"]


class Definition(BaseModel):
    """Something a person defines, with a name and labels in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind_zh: ClassVar[str] = "定义"

    name: Name
    zh: str = ""
    en: str = ""


class FieldDefinition(Definition):
    """An attribute of a person.

    `identifier` names the identifier type whose values this field holds; `synonyms` are column
    headings, in either language, under which files bring it.
    """

    kind_zh: ClassVar[str] = "字段"

    value: ValueType = "text"
    personal: PersonalClass = "personal"
    prefer: Preference = "latest"
    identifier: str | None = None
    unit: str | None = None
    choices: dict[str, tuple[str, ...]] = {}
    synonyms: tuple[str, ...] = ()


class PropertyDefinition(Definition):
    """A property of an event."""

    kind_zh: ClassVar[str] = "属性"

    value: ValueType = "text"
    personal: PersonalClass = "none"
    choices: dict[str, tuple[str, ...]] = {}
    synonyms: tuple[str, ...] = ()


class EventDefinition(Definition):
    """Something that happens to a person at a moment; `synonyms` are names files give it."""

    kind_zh: ClassVar[str] = "事件"

    properties: tuple[PropertyDefinition, ...] = ()
    synonyms: tuple[str, ...] = ()

    def property(self, name: str) -> PropertyDefinition | None:
        """Return the property of that name."""
        return next((p for p in self.properties if p.name == name), None)


class IdentifierDefinition(Definition):
    """A type of identifier, and how far it may be trusted to link rows to one person.

    Args:
        priority: 1 links first; where a limit is met, weaker links are refused.
        limit: how many different values one person may have; 0 for any number.
        shared_above: a value seen with more than this many records, or stronger identifiers of one
            type, in one source is shared (a store's phone) and links nobody; 0 for never.
        one_name: records that give clearly different names with one value are different people,
            as when a family shares a phone; only those that agree with the name that most rows give
            are linked, and of two that stand alike none.
        blocked: values that name nobody.
        blocked_patterns: regular expressions of such values, matched in full.
    """

    kind_zh: ClassVar[str] = "标识符类型"

    priority: int = Field(ge=1, le=99)
    limit: int = Field(default=0, ge=0)
    shared_above: int = Field(default=0, ge=0)
    one_name: bool = False
    blocked: tuple[str, ...] = ()
    blocked_patterns: tuple[str, ...] = ()
    personal: PersonalClass = "contact"
    synonyms: tuple[str, ...] = ()

    @field_validator("blocked_patterns")
    @classmethod
    def _is_linear(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what cannot be matched in linear time: look-around and back-references."""
        for pattern in value:
            re.compile(pattern)
            if re.search(r"\\[1-9]|\(\?(?:[=!]|<[=!]|P=)", pattern):
                message = f"look-around and back-references are not allowed: {pattern}"
                raise ValueError(message)
        return value


DEFAULT_TRUST = 50


class SourceDefinition(Definition):
    """Where rows come from; of two `trusted` values the one of higher trust (0 to 100) wins."""

    kind_zh: ClassVar[str] = "来源"

    trust: int = Field(default=DEFAULT_TRUST, ge=0, le=100)


class ListDefinition(Definition):
    """A list of people imported or chosen by hand; who is on it is kept apart, with its history."""

    kind_zh: ClassVar[str] = "名单"

    description: str = ""


class Stored(BaseModel):
    """The one envelope around every definition: its version, author, time and status."""

    model_config = ConfigDict(frozen=True)

    kind: str
    name: str
    version: int
    status: Literal["active", "retired"]
    author: str
    at: str
    body: dict[str, Any]
