"""The definitions that cleaning reads: what columns mean and how identifiers behave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qunxiang.catalog import EventDefinition, FieldDefinition, IdentifierDefinition


@dataclass(frozen=True)
class Dictionary:
    """The definitions that cleaning reads: what columns mean and how identifiers behave."""

    fields: Mapping[str, FieldDefinition]
    events: Mapping[str, EventDefinition]
    identifiers: Mapping[str, IdentifierDefinition]
