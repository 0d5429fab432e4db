"""What this room writes.

On the shelf, per identifier node: `identity/person` (its person number, -1 if nobody's),
`identity/type`, `identity/value`, `identity/node_id` (its id), `identity/shared` (1 where too many
have the value for it to link) and `identity/circle`; per person number: `identity/anchor` (the
oldest node) and `identity/alive` (1 while somebody bears the number); per circle: `circle/…` (its
nodes), `sighted/…` (its sightings) and `parted/…`; `index/…` finds a node by its value or id. In the warehouse:

| table | one row for each | names a person by |
| --- | --- | --- |
| cut_links | pair seen together that does not link, and why | left, right |
"""

from __future__ import annotations

from qunxiang.catalog import Holding

PERSON, TYPE, NODE_ID = "identity/person", "identity/type", "identity/node_id"
VALUE, SHARED = "identity/value", "identity/shared"
MARKS, MARK_NODES = "index/marks", "index/mark_nodes"
IDS, ID_NODES = "index/ids", "index/id_nodes"
CIRCLE, CIRCLE_NODES = "identity/circle", "circle/"
SIGHTED, PARTED = "sighted/", "parted/"
ANCHOR, ALIVE = "identity/anchor", "identity/alive"
CUT_LINKS = "cut_links"
CUT_COLUMNS = {"left": "node", "right": "node", "cause": "text"}

HOLDINGS = (
    Holding(PERSON, "shelf", "node", (), "rebuild"),
    Holding(TYPE, "shelf", "node", (), "rebuild"),
    Holding(VALUE, "shelf", "node", (), "rebuild"),
    Holding(NODE_ID, "shelf", "node", (), "rebuild"),
    Holding(SHARED, "shelf", "node", (), "rebuild"),
    Holding(CIRCLE, "shelf", "node", (), "rebuild"),
    Holding("index/", "shelf", "circle", (), "rebuild"),
    Holding(CIRCLE_NODES, "shelf", "circle", (), "rebuild"),
    Holding(SIGHTED, "shelf", "circle", (), "rebuild"),
    Holding(PARTED, "shelf", "circle", (), "rebuild"),
    Holding(ANCHOR, "shelf", "number", (), "rebuild"),
    Holding(ALIVE, "shelf", "number", (), "rebuild"),
    Holding(CUT_LINKS, "warehouse", "node", ("left", "right"), "rebuild"),
)
