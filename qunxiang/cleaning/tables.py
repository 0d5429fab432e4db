"""The tables this room writes in the warehouse: tidy rows, what was set aside, and who was seen.

| table | one row for each | names a person by |
| --- | --- | --- |
| customer_rows | version of a customer record | actor |
| event_NAME | event of that name | actor |
| identifiers | distinct identifier value; `node` is its number, in order of appearance | node |
| sightings | pair of identifiers seen on one row, once per import; `at`: when a message last showed it | left, right |
| partings | pair of identifiers that a message parts; an identifier with itself is parted from all | left, right |
| items | version of what was said of a product or the like | |
| repeats | row id of which several versions may stand in a table | |
| set_aside | value or row that could not be used, with its reason | import_no and row_no |
| loads | import that was loaded | |
| stream_reads | segment of the stream log: how many of its records were loaded | |

A row of customers with `once` counts only for fields of which nothing else is known. One with
`change` does not set its fields: it adds to them, takes out of them, or clears those in `cleared`.

Rows are only added, and deleted when an import is undone or a person erased: the newest version of
a row id is the one in force.
"""

from __future__ import annotations

from collections.abc import Mapping

from qunxiang.catalog import EventDefinition, FieldDefinition, Holding, ValueType
from qunxiang.sources import CUSTOMERS

# How each type of value is stored in the warehouse, and of which kind its column is.
STORED: dict[ValueType, str] = {
    "text": "text",
    "name": "text",
    "phone": "text",
    "mail": "text",
    "gender": "text",
    "yesno": "yesno",
    "date": "date",
    "moment": "moment",
    "number": "number",
    "integer": "integer",
    "money": "money",
    "choice": "text",
    "texts": "texts",
    "province": "text",
    "city": "text",
    "district": "text",
    "address": "text",
    "resident_id": "text",
}

CUSTOMER_ROWS = "customer_rows"
IDENTIFIERS = "identifiers"
SIGHTINGS = "sightings"
PARTINGS = "partings"
ITEMS = "items"
REPEATS = "repeats"
SET_ASIDE = "set_aside"
LOADS = "loads"
STREAM_READS = "stream_reads"

# Fields that may be worked out from others; their confidence stands in a column of this name.
INFERRABLE = ("gender", "birth_date", "province", "city", "district")

_ROW = {
    "import_no": "node",
    "row_no": "place",
    "row_id": "hash",
    "content": "hash",
    "source": "text",
    "actor": "node",
    "at": "moment",
}


def certainty(field: str) -> str:
    """Return the column that says how sure an inferred value is; null where it was given."""
    return f"{field}~"


def event_table(event: str) -> str:
    """Return the table of an event."""
    return f"event_{event}"


def table_of(what: str) -> str:
    """Return the table of a kind of rows: customers, or an event."""
    return CUSTOMER_ROWS if what == CUSTOMERS else event_table(what)


def customer_columns(fields: Mapping[str, FieldDefinition]) -> dict[str, str]:
    """Return the columns of customer_rows: those of every row, then the fields."""
    columns = dict(_ROW) | {"once": "yesno", "change": "text", "cleared": "texts"}
    columns.update({name: STORED[f.value] for name, f in fields.items()})
    columns.update({certainty(name): "number" for name in INFERRABLE if name in fields})
    return columns


def event_columns(event: EventDefinition) -> dict[str, str]:
    """Return the columns of an event's table: those of every row, then its properties."""
    return dict(_ROW) | {p.name: STORED[p.value] for p in event.properties}


FIXED: dict[str, dict[str, str]] = {
    IDENTIFIERS: {"node": "node", "type": "text", "value": "text"},
    SIGHTINGS: {
        "import_no": "node",
        "row_no": "place",
        "left": "node",
        "right": "node",
        "rank": "node",
        "source": "text",
        "at": "moment",
    },
    PARTINGS: {
        "import_no": "node",
        "row_no": "place",
        "left": "node",
        "right": "node",
        "at": "moment",
    },
    ITEMS: {
        "import_no": "node",
        "row_no": "place",
        "type": "text",
        "item": "text",
        "at": "moment",
        "gone": "yesno",
        "source": "text",
        "content": "text",
    },
    REPEATS: {"table": "text", "row_id": "hash"},
    SET_ASIDE: {
        "import_no": "node",
        "row_no": "place",
        "column": "text",
        "code": "text",
        "value": "text",
        "whole_row": "yesno",
        "event": "text",  # or customers; empty where a row could not be read so far
    },
    STREAM_READS: {"segment": "place", "records": "place"},
    LOADS: {
        "import_no": "node",
        "mapping_version": "node",
        "menders": "place",
        "rows": "place",
        "set_aside": "place",
        "received": "place",  # when the last message of it came, microseconds; of streams alone
        "fixes": "place",  # a mark of the fixes and mends it was loaded under; 0 for none
    },
}

HOLDINGS = (
    Holding(CUSTOMER_ROWS, "warehouse", "node", ("actor",), "rewrite"),
    Holding(event_table("*"), "warehouse", "node", ("actor",), "rewrite"),
    Holding(IDENTIFIERS, "warehouse", "node", ("node",), "rebuild"),
    Holding(SIGHTINGS, "warehouse", "node", ("left", "right"), "rebuild"),
    Holding(PARTINGS, "warehouse", "node", ("left", "right"), "rebuild"),
    Holding(ITEMS, "warehouse", "row", ("content",), "rewrite"),
    Holding(REPEATS, "warehouse"),
    Holding(SET_ASIDE, "warehouse", "row", ("value",), "rewrite"),
    Holding(LOADS, "warehouse"),
    Holding(STREAM_READS, "warehouse"),
)
