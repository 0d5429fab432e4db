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
from qunxiang.catalog.fixes import Default, FixDefinition, MapValues
from qunxiang.catalog.flow import Catalog, Expected, kind_of, read_definition, say_kind, starter
from qunxiang.catalog.holdings import Holding, Named
from qunxiang.catalog.plans import (
    Action,
    Actions,
    PlanDefinition,
    PlannedEvent,
    PlannedProperty,
    PlannedType,
    matches,
)

__all__ = [
    "DEFAULT_TRUST",
    "Action",
    "Actions",
    "Catalog",
    "Default",
    "Definition",
    "EventDefinition",
    "Expected",
    "FieldDefinition",
    "FixDefinition",
    "Holding",
    "IdentifierDefinition",
    "ListDefinition",
    "MapValues",
    "Name",
    "Named",
    "PersonalClass",
    "PlanDefinition",
    "PlannedEvent",
    "PlannedProperty",
    "PlannedType",
    "Preference",
    "PropertyDefinition",
    "SourceDefinition",
    "Stored",
    "ValueType",
    "kind_of",
    "matches",
    "read_definition",
    "say_kind",
    "starter",
]
