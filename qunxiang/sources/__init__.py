"""Takes rows in, from files, SDKs, web hooks and databases, and lands them untouched."""

from qunxiang.sources.estimates import estimate_rows
from qunxiang.sources.exports import write_csv, write_jsonl, write_xlsx
from qunxiang.sources.files import fingerprint, read
from qunxiang.sources.flow import Import, Sources
from qunxiang.sources.guesses import EVENTS, Guess, guess_rows
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
from qunxiang.sources.proposals import Vocabulary, field_name, propose, value_type
from qunxiang.sources.rows import BadRow, RawBatch
from qunxiang.sources.shapes import FileShape, ShapeOverrides, detect

__all__ = [
    "AT",
    "CUSTOMERS",
    "EVENT",
    "EVENTS",
    "ID",
    "KEY",
    "PERSON",
    "BadRow",
    "ColumnMapping",
    "FileShape",
    "Guess",
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
    "estimate_rows",
    "field_name",
    "fingerprint",
    "guess_rows",
    "propose",
    "read",
    "value_type",
    "write_csv",
    "write_jsonl",
    "write_xlsx",
]
