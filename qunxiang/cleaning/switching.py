"""Which event each row is: what a column says, or all the same, and which of them are another."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from qunxiang.catalog import EventDefinition
from qunxiang.sources import EVENT, MappingDefinition


def find_events(
    mapping: MappingDefinition, events: Mapping[str, EventDefinition], raw: pl.DataFrame
) -> pl.Series:
    """Return each row's event, or one alone where every row of the file is the same."""
    column = mapping.column_for(EVENT)
    if column is not None:
        names: dict[str, str] = {}
        for name, event in events.items():
            words = (name, event.zh, event.en, *event.synonyms)
            names.update({w.casefold(): name for w in words if w})
        said = raw[column].str.strip_chars().str.to_lowercase()
        which = said.replace_strict(names, default=said)
    else:
        which = pl.Series([mapping.rows])
    if not mapping.switches:
        return which
    given = pl.lit(mapping.rows) if column is None else which
    frame = raw.with_columns(given.alias("\0event"))
    chosen = pl.col("\0event")
    for switch in reversed(mapping.switches):
        cell = pl.col(switch.column).str.strip_chars()
        tests = {
            "starts_with": pl.any_horizontal(
                [cell.str.starts_with(v) for v in switch.values or ("\0",)]
            ),
            "equals": cell.is_in(list(switch.values)),
            "negative": cell.str.contains(r"^\(?\s*[-−－]"),
        }
        chosen = pl.when(tests[switch.test]).then(pl.lit(switch.event)).otherwise(chosen)
    return frame.select(chosen)[:, 0]
