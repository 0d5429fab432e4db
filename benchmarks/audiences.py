"""How fast is an audience recounted after one of its four conditions is edited?"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.figures import Benchmark, Figure, Size, at_most
from qunxiang.engine import Bits, Column, Shelf, Timeline, warm_up
from qunxiang.language import Evaluator, Rule, When, parse

PEOPLE: dict[Size, int] = {"quick": 20_000_000, "usual": 50_000_000, "full": 100_000_000}
ROUNDS = 7
CITIES = 300


class Crowd:
    """A World of four columns."""

    def __init__(self, shelf: Shelf, size: int) -> None:
        self._shelf = shelf
        self.size = size
        self.people = Bits.everyone(size)

    def version(self, _leaf: Rule) -> int:
        """Nothing changes here."""
        return 1

    def column(self, name: str) -> Column:
        """Return a column."""
        return self._shelf.column(name)

    def timeline(self, _event: str) -> Timeline | None:
        """There are no events."""
        return None

    def members(self, _audience: str) -> Bits:
        """There are no audiences."""
        return Bits.none(self.size)

    def listed(self, _name: str) -> Bits:
        """There are no lists."""
        return Bits.none(self.size)

    def public_ids(self) -> NDArray[np.uint64]:
        """There are no ids."""
        return np.zeros(0, np.uint64)


def _columns(size: int) -> dict[str, Column]:
    draw = np.random.default_rng(7)
    cities = pa.array([f"city {i}" for i in range(CITIES)])
    return {
        "city": Column("text", draw.integers(0, CITIES, size, dtype=np.int16), cities),
        "level": Column("number", draw.integers(1, 6, size, dtype=np.int8)),
        "recency": Column("number", draw.integers(0, 720, size, dtype=np.int16)),
        "spend": Column("number", (draw.pareto(1.5, size) * 100).clip(0, 100_000).astype(np.int32)),
    }


def _rule(most_days: int, *, any_city: bool = False) -> str:
    first = "city in ('city 3', 'city 70', 'city 201')"
    rest = f"level >= 3 and recency <= {most_days} and spend between 200 and 2000"
    return f"{first} or ({rest})" if any_city else f"{first} and {rest}"


def _scan(con: duckdb.DuckDBPyConnection, most_days: int) -> int:
    rows = con.execute(
        "SELECT count(*) FROM crowd WHERE city IN ('city 3', 'city 70', 'city 201') "
        "AND level >= 3 AND recency <= ? AND spend BETWEEN 200 AND 2000",
        [most_days],
    ).fetchall()
    return int(rows[0][0])


def _median_ms(work: Callable[[int], int]) -> tuple[float, list[int]]:
    """Return the median of several rounds; the threshold differs in each, so nothing is remembered."""
    seconds, answers = list[float](), list[int]()
    for turn in range(ROUNDS):
        began = time.perf_counter()
        answers.append(work(20 + turn))
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000, answers


def run(size: Size) -> list[Figure]:
    """Measure recounts against DuckDB's scan of the same four conditions."""
    people = PEOPLE[size]
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder) / "shelf")
        shelf.publish(_columns(people))
        con = duckdb.connect(str(Path(folder) / "crowd.duckdb"))
        con.execute("SET threads = 2")
        arrays = {
            name: shelf.column(name).arrow() for name in ("city", "level", "recency", "spend")
        }
        con.register("arriving", pa.table(arrays))
        con.execute(
            "CREATE TABLE crowd AS SELECT city, level::TINYINT AS level, recency::SMALLINT AS recency, "
            "spend::INTEGER AS spend FROM arriving"
        )
        con.unregister("arriving")
        del arrays
        _scan(con, 10)
        peer, theirs = _median_ms(lambda days: _scan(con, days))
        evaluator = Evaluator(
            Crowd(shelf, people), When(datetime(2026, 1, 1, tzinfo=UTC), "Asia/Shanghai")
        )
        evaluator.count(parse(_rule(10)))
        edited, ours = _median_ms(lambda days: evaluator.count(parse(_rule(days))))
        if ours != theirs:
            raise SystemExit(f"answers differ: {ours} and {theirs}")
        again, _ = _median_ms(lambda days: evaluator.count(parse(_rule(days))))
        other, _ = _median_ms(lambda days: evaluator.count(parse(_rule(days, any_city=True))))
        con.close()
    return [
        Figure("people", people, "people"),
        at_most("recount after one condition is edited", edited, "ms", 1 / 3, peer=peer),
        at_most("recount of unchanged conditions", again, "ms", 1 / 30, peer=peer),
        at_most("unchanged conditions combined otherwise", other, "ms", 1 / 30, peer=peer),
    ]


BENCHMARK = Benchmark("audiences", "How fast is an audience recounted while it is edited?", run)
