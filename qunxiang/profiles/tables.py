"""What this room writes on the shelf, per person number.

`portrait/NAME` is a column of the portrait: fields here, scores and tags by the rooms above.
`winner/NAME` is, for a field, which row gave the value: its place in `rows/import_no` and
`rows/row_no`, -1 if none. `timeline/EVENT/…` are the timelines (see engine.timelines).
"""

from __future__ import annotations

from qunxiang.catalog import Holding

PORTRAIT, WINNER = "portrait/", "winner/"
ROW_IMPORT, ROW_NUMBER = "rows/import_no", "rows/row_no"
MEMBERS = "members/"

HOLDINGS = (
    Holding(PORTRAIT, "shelf", "number", (), "rebuild"),  # values, and scores and tags beside them
    Holding(WINNER, "shelf", "number", (), "rebuild"),
    Holding("rows/", "shelf", "row", (), "rebuild"),
    Holding("timeline/", "shelf", "timeline", (), "rebuild"),
    Holding(MEMBERS, "shelf", "bits", (), "rebuild"),
)
