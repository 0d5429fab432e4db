"""Takes rows in, from files, SDKs, web hooks and databases, and lands them untouched."""

from qunxiang.sources.exports import write_csv, write_jsonl, write_xlsx
from qunxiang.sources.files import fingerprint, read
from qunxiang.sources.flow import Import, Sources
from qunxiang.sources.landing import LandingLog, Position
from qunxiang.sources.limits import Limits
from qunxiang.sources.mappings import (
    AT,
    CUSTOMERS,
    EVENT,
    ID,
    KEY,
    PERSON,
    ColumnMapping,
    MappingDefinition,
    Switch,
)
from qunxiang.sources.proposals import Vocabulary, field_name, propose
from qunxiang.sources.rows import BadRow, RawBatch
from qunxiang.sources.shapes import FileShape, ShapeOverrides, detect

__all__ = [
    "AT",
    "CUSTOMERS",
    "EVENT",
    "ID",
    "KEY",
    "PERSON",
    "BadRow",
    "ColumnMapping",
    "FileShape",
    "Import",
    "LandingLog",
    "Limits",
    "MappingDefinition",
    "Position",
    "RawBatch",
    "ShapeOverrides",
    "Sources",
    "Switch",
    "Vocabulary",
    "detect",
    "field_name",
    "fingerprint",
    "propose",
    "read",
    "write_csv",
    "write_jsonl",
    "write_xlsx",
]
