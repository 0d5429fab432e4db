"""Takes rows in, from files, SDKs, web hooks and databases, and lands them untouched."""

from qunxiang.sources.connectors import Access, Drop, OpenDrops
from qunxiang.sources.definitions import (
    ConnectorDefinition,
    FolderReader,
    RestReader,
)
from qunxiang.sources.estimates import estimate_rows
from qunxiang.sources.exports import write_csv, write_jsonl, write_xlsx
from qunxiang.sources.files import fingerprint, read
from qunxiang.sources.flow import Import, Sources, withdrawal
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
from qunxiang.sources.marks import Mark, find_mark, note_of
from qunxiang.sources.proposals import Vocabulary, field_name, propose, value_type
from qunxiang.sources.pulls import Gathered, Pull, first_rows, imports_of, open_drops
from qunxiang.sources.rows import BadRow, RawBatch
from qunxiang.sources.shapes import FileShape, PullNote, ShapeOverrides, detect
from qunxiang.sources.templates import Template, list_templates

__all__ = [
    "AT",
    "CUSTOMERS",
    "EVENT",
    "EVENTS",
    "ID",
    "KEY",
    "PERSON",
    "Access",
    "BadRow",
    "ColumnMapping",
    "ConnectorDefinition",
    "Drop",
    "FileShape",
    "FolderReader",
    "Gathered",
    "Guess",
    "Import",
    "LandingLog",
    "Limits",
    "MappingDefinition",
    "Mark",
    "OpenDrops",
    "Position",
    "Pull",
    "PullNote",
    "RawBatch",
    "RestReader",
    "ShapeOverrides",
    "Sources",
    "Switch",
    "Template",
    "Vocabulary",
    "detect",
    "estimate_rows",
    "field_name",
    "find_mark",
    "fingerprint",
    "first_rows",
    "guess_rows",
    "imports_of",
    "list_templates",
    "note_of",
    "open_drops",
    "propose",
    "read",
    "value_type",
    "withdrawal",
    "write_csv",
    "write_jsonl",
    "write_xlsx",
]
