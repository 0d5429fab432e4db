"""What this room writes.

On the shelf, per identifier node: `identity/person` (its person number, -1 if nobody's),
`identity/type` and `identity/node_id` (its id); per person number: `identity/anchor` (the oldest node) and
`identity/alive` (1 while somebody bears the number). In the warehouse:

| table | one row for each | names a person by |
| --- | --- | --- |
| cut_links | pair seen together that does not link, and why | left, right |
"""

from __future__ import annotations

from qunxiang.catalog import Holding

PERSON, TYPE, NODE_ID = "identity/person", "identity/type", "identity/node_id"
ANCHOR, ALIVE = "identity/anchor", "identity/alive"
CUT_LINKS = "cut_links"
CUT_COLUMNS = {"left": "node", "right": "node", "cause": "text"}

HOLDINGS = (
    Holding(PERSON, "shelf", "node", (), "rebuild"),
    Holding(TYPE, "shelf", "node", (), "rebuild"),
    Holding(NODE_ID, "shelf", "node", (), "rebuild"),
    Holding(ANCHOR, "shelf", "number", (), "rebuild"),
    Holding(ALIVE, "shelf", "number", (), "rebuild"),
    Holding(CUT_LINKS, "warehouse", "node", ("left", "right"), "rebuild"),
)
