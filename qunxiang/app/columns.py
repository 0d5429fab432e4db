"""What each column of the portrait is: a field, a score or a tag, its labels, kind and values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from qunxiang.app.house import House
from qunxiang.app.labels import Labels
from qunxiang.catalog import FieldDefinition
from qunxiang.engine import Column
from qunxiang.governance import Caller
from qunxiang.insights import count_values, list_values
from qunxiang.language import Kind, Label
from qunxiang.models import SCORES
from qunxiang.tags import Family, TagDefinition

Group = Literal["field", "score", "tag"]
COUNTED = frozenset({"text", "texts", "yesno"})


@dataclass(frozen=True)
class ColumnInfo:
    """A column of the portrait.

    `masked` says that whoever asks sees its values masked; `hidden`, in rules, that they may not
    name it: the two are one right.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    group: Group
    family: Family | None
    unit: str | None
    personal: str
    masked: bool


@dataclass(frozen=True)
class ValueCount:
    """A value, how it is called where it is a code, and how many people or events have it."""

    value: str
    zh: str
    en: str
    count: int


def list_columns(house: House, caller: Caller) -> dict[str, ColumnInfo]:
    """Return every column that rules and tables may name, by name."""
    personal = caller.may("personal")
    fields, tags = house.catalog.all(FieldDefinition), house.catalog.all(TagDefinition)
    masked = house.masked_columns()
    out: dict[str, ColumnInfo] = {}
    for name, info in house.schema(personal=personal).fields.items():
        tag, field = tags.get(name), fields.get(name)
        group: Group = "tag" if tag else "score" if name in SCORES else "field"
        shown = masked.get(name) or (field if tag is None else None)
        out[name] = ColumnInfo(
            name,
            info.kind,
            info.zh,
            info.en,
            group,
            None if tag is None else tag.family,
            None if tag or field is None else field.unit,
            "none" if shown is None else shown.personal,
            name in masked and not personal,
        )
    return out


def top_values(column: Column, labels: Labels, most: int) -> tuple[ValueCount, ...]:
    """Return the values that stand most often in a column of words, the most frequent first."""
    counts, words = count_values(column), column.words
    order = np.lexsort((np.arange(counts.size), -counts))[:most]
    order = order[counts[order] > 0]
    if column.kind == "yesno":
        said = [list_values(column)[place] for place in order.tolist()]
    else:
        said = words.take(pa.array(order, pa.int64())).to_pylist()
    return tuple(
        _counted(str(value), int(counts[place]), labels)
        for value, place in zip(said, order.tolist(), strict=True)
    )


def _counted(value: str, count: int, labels: Labels) -> ValueCount:
    label = labels.get(value, Label("", ""))
    return ValueCount(value, label.zh, label.en, count)
