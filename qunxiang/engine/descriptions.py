"""What the rows of a table look like: how many there are by day, and what their columns hold."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from qunxiang.engine.warehouse import Warehouse, quote


def count_by_day(
    warehouse: Warehouse, table: str, columns: Sequence[str], *, by: str, at: str, zone: str
) -> pa.Table:
    """Count rows, and those that have a value, by a column and the day of a moment.

    Args:
        warehouse: where the table stands.
        table: which.
        columns: of each the rows with a value are counted.
        by: the column that rows are told apart by.
        at: the moment whose day is meant.
        zone: the time zone that days are of.

    Returns:
        The column `by`, `day`, `rows`, and each of the columns.
    """
    counts = "".join(f", count({quote(c)}) AS {quote(c)}" for c in columns)
    sql = (
        f"SELECT {quote(by)}, CAST(timezone(?, {quote(at)}) AS DATE) AS day, count(*) AS rows"
        f"{counts} FROM {quote(table)} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return warehouse.ask(sql, [zone])


def describe(
    warehouse: Warehouse, table: str, columns: Sequence[str], *, by: str, most: int
) -> pa.Table:
    """Return what each column holds, by another: distinct values, the least, the greatest, the most frequent.

    Args:
        warehouse: where the table stands.
        table: which.
        columns: the columns asked about.
        by: the column that rows are told apart by.
        most: how many frequent values of each.

    Returns:
        A row for each value of `by` and each column: `by`, `column`, `distinct` (about), `least`,
        `greatest` and `top` as text, in order.
    """
    parts = [
        f'SELECT {quote(by)}, ? AS "column", approx_count_distinct({quote(c)}) AS "distinct", '
        f"CAST(min({quote(c)}) AS VARCHAR) AS least, CAST(max({quote(c)}) AS VARCHAR) AS greatest, "
        f"approx_top_k(CAST({quote(c)} AS VARCHAR), {int(most)}) FILTER ({quote(c)} IS NOT NULL) "
        f"AS top FROM {quote(table)} GROUP BY 1"
        for c in columns
    ]
    return warehouse.ask(" UNION ALL ".join(parts), list(columns))


def newest(warehouse: Warehouse, table: str, columns: Sequence[str], *, by: str) -> pa.Table:
    """Return the greatest value of columns, for each value of another."""
    parts = ", ".join(f"max({quote(c)}) AS {quote(c)}" for c in columns)
    return warehouse.ask(f"SELECT {quote(by)}, {parts} FROM {quote(table)} GROUP BY 1")
