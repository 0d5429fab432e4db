"""Tags as people look after them: how many people have each, of how many values, and what is out of date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from qunxiang.app.columns import ColumnInfo, list_columns
from qunxiang.app.definitions import check_tag
from qunxiang.app.house import House
from qunxiang.app.questions import Questions
from qunxiang.app.refresh import last_begun, last_instant
from qunxiang.app.schemas import masked_by, tag_kind
from qunxiang.app.uses import find_uses
from qunxiang.catalog import EventDefinition, FieldDefinition
from qunxiang.engine import Column
from qunxiang.errors import LanguageError
from qunxiang.governance import Caller
from qunxiang.insights import Portrait, count_values, draw
from qunxiang.tags import TagDefinition, rules_of


@dataclass(frozen=True)
class TagOverview(ColumnInfo):
    """A tag and what its last refresh found; `values` is how many different ones people have.

    `stale` says that it was changed since; `starter`, that nobody has changed it at all.
    """

    how: str
    owner: str
    version: int
    author: str | None
    at: str | None
    people: int
    coverage: float
    values: int
    uses: int
    stale: bool
    starter: bool


@dataclass(frozen=True)
class TagPreview:
    """A tag that is not saved, as it would be."""

    column: ColumnInfo
    total: int
    portrait: Portrait
    warnings: tuple[LanguageError, ...]


class TagStates:
    """Everything about tags at a glance."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house = house
        self._caller = caller

    def all(self) -> list[TagOverview]:
        """Return every tag in force."""
        house, counted = self._house, self._house.once("tags", self._count)
        columns, stored = (
            list_columns(house, self._caller),
            house.catalog.newest(TagDefinition),
        )
        uses, begun = find_uses(house.catalog), last_begun(house)
        total = max(1, house.people.people.count())
        out: list[TagOverview] = []
        for name, tag in house.catalog.all(TagDefinition).items():
            if name not in columns:  # shows a field that is no longer in force
                continue
            kept, (people, values) = stored.get(name), counted.get(name, (0, 0))
            changed = None if kept is None else datetime.fromisoformat(kept.at)
            out.append(
                TagOverview(
                    **vars(columns[name]),
                    how=tag.how.kind,
                    owner=tag.owner,
                    version=0 if kept is None else kept.version,
                    author=kept and kept.author,
                    at=kept and kept.at,
                    people=people,
                    coverage=people / total,
                    values=values,
                    uses=len(uses.get(("tags", name), ())),
                    stale=begun is None or (changed is not None and changed > begun),
                    starter=kept is None,
                )
            )
        return out

    def _count(self) -> dict[str, tuple[int, int]]:
        """Return, per tag, how many people have it and how many different values there are."""
        world, living = self._house.people, self._house.people.people.people()
        out: dict[str, tuple[int, int]] = {}
        for name in self._house.catalog.all(TagDefinition):
            column = world.column(name)
            if column is not None:
                mine = column.take(living)
                out[name] = (int(mine.known().sum()), count_distinct(mine))
        return out

    def preview(self, tag: TagDefinition) -> TagPreview:
        """Work a tag out as of the last refresh without keeping anything.

        Raises:
            QunxiangError: what saving it would raise; language.field_hidden, for one that shows
                what the caller may not see.
        """
        house = self._house
        tag = check_tag(house, self._caller, tag)
        catalog, personal = house.catalog, self._caller.may("personal")
        fields, events = catalog.all(FieldDefinition), catalog.all(EventDefinition)
        shown = masked_by(tag.how, fields, events)
        if shown is not None and not personal:
            raise LanguageError("language.field_hidden", path="how", name=shown.name)
        asked = Questions(house, self._caller, last_instant(house))
        warnings = tuple(w for rule in rules_of(tag.how) for w in asked.rule(rule)[1])
        column = house.tags.try_out(tag, asked.when, house.memory)
        everybody = house.people.people
        drawn = _empty(tag.name) if column is None else draw(tag.name, column, everybody, everybody)
        kind = tag_kind(tag, house.schema(personal=personal)) or "text"
        labels: dict[str, Any] = {"group": "tag", "family": tag.family, "unit": None}
        kept = "none" if shown is None else shown.personal
        info = ColumnInfo(tag.name, kind, tag.zh, tag.en, **labels, personal=kept, masked=False)
        return TagPreview(info, everybody.count(), drawn, warnings)

    def portrait(self, name: str) -> Portrait:
        """Return how a tag's values are spread among everybody, as of the last refresh.

        Raises:
            QunxiangError: catalog.not_found; language.field_hidden.
        """
        self._house.catalog.get(TagDefinition, name)
        asked = Questions(self._house, self._caller)
        return asked.portrait(asked.everybody(), [name])[0]


def _empty(name: str) -> Portrait:
    return Portrait(name, 0, 0.0, 0, 0.0)


def count_distinct(column: Column) -> int:
    """Return how many different values stand in a column."""
    if column.kind in {"text", "texts", "yesno"}:
        return int((count_values(column) > 0).sum())
    return int(np.unique(column.values[column.known()]).size)
