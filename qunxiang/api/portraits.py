"""The shapes of group portraits: what a group is like in one column, next to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from qunxiang.app import ColumnInfo, Group, House, Labels, label_values, list_columns
from qunxiang.governance import Caller
from qunxiang.insights import Numbers, Portrait
from qunxiang.language import Kind, Label
from qunxiang.tags import Family


class ShareAnswer(BaseModel):
    """One value: how many of the group and of everybody have it, and the TGI."""

    value: str
    zh: str
    en: str
    count: int
    share: float
    count_all: int
    share_all: float
    tgi: float | None


class PortraitAnswer(BaseModel):
    """A field, score or tag of a group: shares of values, or the distribution of a number."""

    name: str
    zh: str
    en: str
    kind: Kind
    group: Group
    family: Family | None
    unit: str | None
    known: int
    coverage: float
    known_all: int
    coverage_all: float
    shares: list[ShareAnswer]
    numbers: Numbers | None


def portrait_answer(drawn: Portrait, column: ColumnInfo, labels: Labels) -> PortraitAnswer:
    """Return a portrait as it is sent."""
    shares: list[ShareAnswer] = []
    for share in drawn.shares:
        label = labels.get(share.value, Label("", ""))
        shares.append(ShareAnswer(zh=label.zh, en=label.en, **vars(share)))
    told: dict[str, Any] = vars(column) | vars(drawn) | {"shares": shares}
    return PortraitAnswer(**told)


def portrait_answers(drawn: list[Portrait], house: House, caller: Caller) -> list[PortraitAnswer]:
    """Return the portraits of a group as they are sent."""
    columns: Mapping[str, ColumnInfo] = list_columns(house, caller)
    labels = label_values(house.catalog)
    return [
        portrait_answer(each, columns[each.name], labels.get(each.name, {}))
        for each in drawn
        if each.name in columns
    ]
