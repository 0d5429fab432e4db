"""What do fifty measures over every event cost, beside DuckDB and ClickHouse in one scan each?

All three read the same 20 M purchases clustered by person and write the same fifty columns. Each
runs in a process of its own; every answer is compared, value by value.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.figures import Benchmark, Figure, Size, at_most, measure, measure_apart, tell
from qunxiang.clock import micros
from qunxiang.engine import Column, Shelf, Timeline, warm_up
from qunxiang.engine.timelines import build, place
from qunxiang.language import When, measure_all, parse_measure

SIZES: dict[Size, tuple[int, int]] = {
    "quick": (100_000, 2_000_000),
    "usual": (500_000, 10_000_000),
    "full": (1_000_000, 20_000_000),
}
AS_OF = datetime(2026, 9, 30, 16, tzinfo=UTC)  # midnight in Shanghai
ZONE = "Asia/Shanghai"
DAYS = 730
CATEGORIES = [f"category {i}" for i in range(12)]
CHANNELS = [f"channel {i}" for i in range(6)]
WINDOWS = (7, 30, 90, 365)
NULL_DAYS = -1


def texts() -> list[str]:
    """Return the fifty measures as people write them."""
    out: list[str] = []
    for days in WINDOWS:
        last = f"last {days} days"
        out.append(f"count(purchase, {last})")
        out += [
            f"{fn}(purchase.{prop}, {last})"
            for fn in ("sum", "min", "max")
            for prop in ("amount", "quantity")
        ]
    out += ["first(purchase)", "last(purchase)", "recency(purchase)"]
    out += ["first(purchase.category)", "last(purchase.category)", "last(purchase.channel)"]
    out += [f"last(purchase.category, where channel = '{c}')" for c in CHANNELS[:4]]
    out += [f"count(purchase, where channel = '{c}')" for c in CHANNELS]
    out += [f"sum(purchase.amount, where channel = '{c}')" for c in CHANNELS[:2]]
    out += ["distinct(purchase.category, last 90 days)", "distinct(purchase.category)"]
    return [*out, "days(purchase, last 30 days)", "days(purchase, last 7 days)"]


def queries() -> list[str]:
    """Return the same fifty as DuckDB aggregates, by hand, for one scan grouped by person.

    Days and categories are counted as bits of an integer, which costs less than count(distinct).
    """
    out: list[str] = []
    for days in WINDOWS:
        last = f"FILTER (WHERE moment >= $start - {days} * 86400000000)"
        out.append(f"count(*) {last}")
        out += [
            f"{'coalesce(' * (fn == 'sum')}{fn}({prop}) {last}{', 0)' * (fn == 'sum')}"
            for fn in ("sum", "min", "max")
            for prop in ("amount", "quantity")
        ]
    out += ["min(moment)", "max(moment)", "$today - max(day)"]
    out += ["arg_min(category, moment)", "arg_max(category, moment)", "arg_max(channel, moment)"]
    out += [f"arg_max(category, moment) FILTER (WHERE channel = {i})" for i in range(4)]
    out += [f"count(*) FILTER (WHERE channel = {i})" for i in range(6)]
    out += [f"coalesce(sum(amount) FILTER (WHERE channel = {i}), 0)" for i in range(2)]
    bits = "bit_count(coalesce(bit_or(1::BIGINT << {}) {}, 0))"
    recent = "FILTER (WHERE moment >= $start - {} * 86400000000)".format
    out += [bits.format("category", recent(90)), bits.format("category", "")]
    age = "least(62, $today - day)"
    return [*out, bits.format(age, recent(30)), bits.format(age, recent(7))]


def clickhouse_queries() -> list[str]:
    """Return the same fifty in ClickHouse's words."""
    out: list[str] = []
    for days in WINDOWS:
        last = f"moment >= {{start}} - {days} * 86400000000"
        out.append(f"countIf({last})")
        out += [f"ifNull(sumIf({prop}, {last}), 0)" for prop in ("amount", "quantity")]
        out += [
            f"{fn}OrNullIf({prop}, {last})"
            for fn in ("min", "max")
            for prop in ("amount", "quantity")
        ]
    out += ["min(moment)", "max(moment)", "{today} - max(day)"]
    out += ["argMin(category, moment)", "argMax(category, moment)", "argMax(channel, moment)"]
    out += [f"argMaxOrNullIf(category, moment, channel = {i})" for i in range(4)]
    out += [f"countIf(channel = {i})" for i in range(6)]
    out += [f"ifNull(sumIf(amount, channel = {i}), 0)" for i in range(2)]
    out += [
        "ifNull(bitCount(groupBitOrIf(bitShiftLeft(toUInt64(1), category), moment >= {start} - 90 * 86400000000)), 0)"
    ]
    out += ["bitCount(groupBitOr(bitShiftLeft(toUInt64(1), category)))"]
    day = "bitShiftLeft(toUInt64(1), toUInt64(least(63, {today} - day)))"
    return [
        *out,
        *(
            f"ifNull(bitCount(groupBitOrIf({day}, moment >= {{start}} - {d} * 86400000000)), 0)"
            for d in (30, 7)
        ),
    ]


def make_events(people: int, events: int) -> pl.DataFrame:
    """Return purchases clustered by person and in time order; no two of a person at one time."""
    draw = np.random.default_rng(11)
    end = micros(AS_OF)
    person = np.sort(draw.integers(0, people, events, dtype=np.int32))
    at = end - draw.integers(1, DAYS * 86_400_000_000, events)
    order = np.lexsort((at, person))
    frame = pl.DataFrame(
        {
            "person": person,
            "at": at[order],
            "amount": draw.integers(100, 2_000_000, events),
            "quantity": draw.integers(1, 9, events),
            "category": draw.integers(0, len(CATEGORIES), events, dtype=np.int32),
            "channel": draw.integers(0, len(CHANNELS), events, dtype=np.int32),
        }
    )
    return frame.unique(["person", "at"], keep="first", maintain_order=True)


def _write(folder: Path, people: int, events: int) -> None:
    frame = make_events(people, events)
    at = frame["at"].to_numpy()
    counts = np.bincount(frame["person"].to_numpy(), minlength=people)
    having = np.flatnonzero(counts).astype(np.int32)
    offsets = np.concatenate(([0], np.cumsum(counts[having])))
    columns = build(np.arange(at.size), having, offsets, at, ZONE)
    day = columns["day"].values
    columns["of/amount"] = Column("money", frame["amount"].to_numpy())
    columns["of/quantity"] = Column("number", frame["quantity"].to_numpy())
    columns["of/category"] = Column("text", frame["category"].to_numpy(), pa.array(CATEGORIES))
    columns["of/channel"] = Column("text", frame["channel"].to_numpy(), pa.array(CHANNELS))
    Shelf(folder / "shelf").publish({place("purchase") + n: c for n, c in columns.items()})
    table = frame.rename({"at": "moment"}).with_columns(pl.Series("day", day)).to_arrow()
    pq.write_table(table, folder / "events.parquet", compression="zstd")
    con = duckdb.connect(str(folder / "peer.duckdb"))
    con.execute(
        "CREATE TABLE events AS SELECT * FROM read_parquet(?)", [str(folder / "events.parquet")]
    )
    con.close()


class Buyers:
    """Where `measure_all` finds the one timeline."""

    def __init__(self, shelf: Shelf, size: int) -> None:
        self._shelf = shelf
        self.size = size

    def timeline(self, event: str) -> Timeline:
        """Return the timeline."""
        return Timeline(self._shelf, event)


def _ours(folder: Path, people: int) -> float:
    """Read the timeline, fold, write the columns; return how soon another new question started."""
    when = When(AS_OF, ZONE)
    shelf = Shelf(folder / "shelf")
    columns = measure_all(Buyers(shelf, people), [parse_measure(t) for t in texts()], when)
    Shelf(folder / "result").publish({f"{i:02d}": c for i, c in enumerate(columns)})
    novel = parse_measure(
        "max(purchase.amount, last 11 days, where channel = 'channel 3' and quantity > 2)"
    )
    one = np.zeros(1, np.int64)
    began = time.perf_counter()
    measure_all(Buyers(shelf, people), [novel], when, only=one)
    return (time.perf_counter() - began) * 1000


def _days_since_epoch() -> int:
    return (When(AS_OF, ZONE).today - datetime(1970, 1, 1, tzinfo=UTC).date()).days


def _duckdb(folder: Path, _people: int) -> None:
    con = duckdb.connect(str(folder / "peer.duckdb"))
    con.execute("SET threads = 2")
    columns = ", ".join(f"{q} AS m{i:02d}" for i, q in enumerate(queries()))
    sql = f"CREATE TABLE result AS SELECT person, {columns} FROM events GROUP BY person"
    sql = sql.replace("$start", str(micros(AS_OF))).replace("$today", str(_days_since_epoch()))
    con.execute(sql)
    con.close()


def _clickhouse(folder: Path, _people: int) -> None:
    import chdb  # noqa: PLC0415 an optional peer

    columns = ", ".join(f"{q} AS m{i:02d}" for i, q in enumerate(clickhouse_queries()))
    columns = columns.format(start=micros(AS_OF), today=_days_since_epoch())
    source, target = folder / "events.parquet", folder / "clickhouse.parquet"
    chdb.query(
        f"INSERT INTO FUNCTION file('{target}', Parquet) SELECT person, {columns} "
        f"FROM file('{source}', Parquet) GROUP BY person SETTINGS max_threads = 2, output_format_parquet_compression_method = 'lz4'"
    )


CONTENDERS = {"ours": _ours, "duckdb": _duckdb, "clickhouse": _clickhouse}


def _compare(folder: Path) -> int:
    """Return how many of the fifty columns differ anywhere from DuckDB's or ClickHouse's."""
    shelf = Shelf(folder / "result")
    con = duckdb.connect(str(folder / "peer.duckdb"), read_only=True)
    peers = [con.sql("SELECT * FROM result ORDER BY person").to_arrow_table()]
    con.close()
    if (folder / "clickhouse.parquet").exists():
        peers.append(pq.read_table(folder / "clickhouse.parquet").sort_by("person"))
    differing = set[int]()
    for peer in peers:
        who = peer["person"].to_numpy()
        for i in range(len(texts())):
            column = shelf.column(f"{i:02d}")
            mine = np.where(column.known()[who], column.values[who].astype(np.float64), np.nan)
            theirs = peer[f"m{i:02d}"].cast(pa.float64()).to_numpy()
            if not np.array_equal(mine, theirs, equal_nan=True):
                differing.add(i)
    return len(differing)


def run(size: Size) -> list[Figure]:
    """Run the contenders, one process each, twice in turn; the lower of each counts."""
    people, events = SIZES[size]
    turns = 1 if size == "quick" else 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, people, events)
        best = {}
        for turn in range(turns):
            for who in CONTENDERS:
                if turn:
                    _forget(folder, who)
                used = measure_apart("benchmarks.measures", who, name, str(people))
                best[who] = min(best.get(who, used), used, key=lambda u: u.cpu)
        differing = _compare(folder)
    ours = best["ours"]
    return [
        Figure("events", events, "events"),
        Figure("measures", len(texts()), "measures"),
        at_most("columns that differ from a peer's", differing, "columns", 0),
        at_most(
            "CPU, reading and writing included, against DuckDB",
            ours.cpu,
            "s",
            0.3,
            peer=best["duckdb"].cpu,
        ),
        at_most(
            "CPU, reading and writing included, against ClickHouse",
            ours.cpu,
            "s",
            0.4,
            peer=best["clickhouse"].cpu,
        ),
        Figure("wall time", round(ours.wall, 3), "s", round(best["duckdb"].wall, 3)),
        at_most("peak memory", ours.peak_mb, "MB", 2_048),
        at_most("start of a combination never asked before", ours.answer, "ms", 100),
    ]


def _forget(folder: Path, who: str) -> None:
    if who == "duckdb":
        con = duckdb.connect(str(folder / "peer.duckdb"))
        con.execute("DROP TABLE IF EXISTS result")
        con.close()
    if who == "clickhouse":
        (folder / "clickhouse.parquet").unlink(missing_ok=True)


BENCHMARK = Benchmark("measures", "What do fifty measures over every event cost?", run)

if __name__ == "__main__":
    contender, where, count = sys.argv[1:]
    if contender == "ours":
        warm_up()  # compiled loops are loaded from the cache once per process, not per question
    tell(measure(lambda: CONTENDERS[contender](Path(where), int(count))))
