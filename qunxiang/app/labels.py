"""What values that are codes are called, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from qunxiang.catalog import Catalog, FieldDefinition
from qunxiang.language import Label
from qunxiang.models import VALUE_LABELS
from qunxiang.tags import AttributeTag, TagDefinition, label_cases

Labels = Mapping[str, Label]
_GENDERS = {"male": Label("男", "Male"), "female": Label("女", "Female")}
_TRUTHS = {"true": Label("是", "Yes"), "false": Label("否", "No")}


def label_values(catalog: Catalog) -> dict[str, Labels]:
    """Return, of each column whose values are codes, how they are called."""
    fields, tags = catalog.all(FieldDefinition), catalog.all(TagDefinition)
    out: dict[str, Labels] = {n: _GENDERS for n, f in fields.items() if f.value == "gender"}
    out |= {n: _TRUTHS for n, f in fields.items() if f.value == "yesno"}
    for name, labels in VALUE_LABELS.items():
        out[name] = {value: Label(*words) for value, words in labels.items()}
    for name, tag in tags.items():
        out[name] = (
            out.get(tag.how.field, {}) if isinstance(tag.how, AttributeTag) else label_tag(tag)
        )
    return out


def label_tag(tag: TagDefinition) -> Labels:
    """Return how the values that a tag's own levels, cases or rule give are called."""
    return _TRUTHS | {value: Label(value, en) for value, en in label_cases(tag.how).items()}
