"""Mask personal values for those who may not see them: enough stays to recognise, not to reach."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pyarrow as pa

from qunxiang.catalog import FieldDefinition, PersonalClass, PropertyDefinition

HIDDEN: frozenset[PersonalClass] = frozenset({"contact", "sensitive"})


def is_masked(field: FieldDefinition | PropertyDefinition) -> bool:
    """Say whether a field or property is masked for those without the right `personal`."""
    return field.personal in HIDDEN


def as_field(prop: PropertyDefinition) -> FieldDefinition:
    """Return the field as which a property of an event is masked."""
    return FieldDefinition(name=prop.name, value=prop.value, personal=prop.personal)


def mask(values: pa.Array | pa.ChunkedArray, field: FieldDefinition) -> pa.Array:
    """Return the values of a personal field as anybody may see them."""
    series = pl.from_arrow(values)
    assert isinstance(series, pl.Series)
    lists = isinstance(series.dtype, pl.List)
    text = series.list.join("、") if lists else series.cast(pl.String, strict=False)
    if field.personal == "sensitive":
        masked = text.str.replace(r"^.*$", "***")
    else:
        masked = _CONTACTS.get(field.value, _most)(text)
    return masked.to_arrow().cast(pa.string())


def mask_row(row: Mapping[str, object], fields: Mapping[str, FieldDefinition]) -> dict[str, object]:
    """Return a portrait with its personal values masked."""
    return {
        name: mask(pa.array([str(value)]), fields[name])[0].as_py()
        if value is not None and name in fields and is_masked(fields[name])
        else value
        for name, value in row.items()
    }


def _phone(text: pl.Series) -> pl.Series:
    return text.str.replace(r"^(\+86)?(.{3}).*(.{4})$", "$1$2****$3")


def _mail(text: pl.Series) -> pl.Series:
    return text.str.replace(r"^(.).*(@.*)$", "$1***$2")


def _name(text: pl.Series) -> pl.Series:
    return text.str.replace(r"^(.?).+$", "$1**")  # of a single letter nothing stays


def _most(text: pl.Series) -> pl.Series:
    return text.str.replace(r"^(.{0,2}).+$", "$1****")


_CONTACTS = {"phone": _phone, "mail": _mail, "name": _name}
