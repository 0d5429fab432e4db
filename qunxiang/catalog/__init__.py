"""Says which tables and definitions exist, who owns them, which version, and which columns name a person."""

from qunxiang.catalog.definitions import (
    DEFAULT_TRUST,
    Definition,
    EventDefinition,
    FieldDefinition,
    IdentifierDefinition,
    ListDefinition,
    Name,
    PersonalClass,
    Preference,
    PropertyDefinition,
    SourceDefinition,
    Stored,
    ValueType,
)
from qunxiang.catalog.flow import Catalog, Expected, kind_of, read_definition, say_kind, starter
from qunxiang.catalog.holdings import Holding, Named

__all__ = [
    "DEFAULT_TRUST",
    "Catalog",
    "Definition",
    "EventDefinition",
    "Expected",
    "FieldDefinition",
    "Holding",
    "IdentifierDefinition",
    "ListDefinition",
    "Name",
    "Named",
    "PersonalClass",
    "Preference",
    "PropertyDefinition",
    "SourceDefinition",
    "Stored",
    "ValueType",
    "kind_of",
    "read_definition",
    "say_kind",
    "starter",
]
