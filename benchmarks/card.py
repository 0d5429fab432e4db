"""How fast is one person's card, with a hundred million events stored?

The shelf of so many events is written as a refresh leaves it, scored and tagged, and a server
answers the cards and the newest hundred events of people picked at random, one after the other. The
peer of the store's part is DuckDB: the same hundred events of the same people, from a table of the
same events in the order in which they arrived.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import orjson
import polars as pl
import pyarrow as pa

from benchmarks.figures import Benchmark, Figure, Size, at_least, at_most
from benchmarks.live import Door, sign_in
from benchmarks.servers import serving
from qunxiang.app import Happenings, House
from qunxiang.engine import Column, column_of
from qunxiang.governance import HOUSEHOLDER
from qunxiang.identity import write_ids
from qunxiang.identity.circles import draw_circles
from qunxiang.identity.finding import draw_index
from qunxiang.language import When

EVENTS: dict[Size, int] = {"quick": 200_000, "usual": 10_000_000, "full": 100_000_000}
ASKED: dict[Size, int] = {"quick": 60, "usual": 400, "full": 1_000}
GOAL_MS, STORE_GOAL_MS, GOAL_TIMES = 50.0, 5.0, 20.0
_EACH = 20  # events of a person
_NEWEST = 100
_PEER_ASKED = 80
_SEED = 5
_AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
_DAY = 86_400_000_000
_WORDS = {"category": 12, "channel": 6, "product": 400}


def _moments(rng: np.random.Generator, people: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return when each of everybody's events happened, person by person in order of time."""
    now = int(_AS_OF.timestamp() * 1e6)
    at = now - rng.integers(0, 720 * _DAY, (people, _EACH))
    at.sort(axis=1)
    return at.ravel()


def _timeline(event: str, at: Any, people: int, rng: np.random.Generator) -> dict[str, Column]:
    place = f"timeline/{event}/"
    person = np.repeat(np.arange(people, dtype=np.int32), _EACH)
    columns = {
        "people": Column("number", np.arange(people, dtype=np.int32)),
        "offsets": Column("number", np.arange(people + 1, dtype=np.int64) * _EACH),
        "at": Column("moment", at),
        "day": Column("date", (at // _DAY).astype(np.int32)),
        "row": Column("number", rng.integers(1, 1 << 63, at.size, np.uint64)),
        "actor": Column("number", person),
        "of/source": Column("text", np.zeros(at.size, np.int8), pa.array(["shop"])),
        "of/amount": Column("money", rng.integers(9, 900, at.size, np.int64) * 10_000),
    }
    for name, count in _WORDS.items():
        codes = rng.integers(0, count, at.size, np.int16)
        words = pa.array([f"{name} {n}" for n in range(count)])
        columns[f"of/{name}"] = Column("text", codes, words)
    return {place + name: column for name, column in columns.items()}


def _people(people: int, rng: np.random.Generator) -> dict[str, Column]:
    every = np.arange(people, dtype=np.int32)
    values = pl.Series([f"u{n:09d}" for n in range(people)]).to_arrow()
    ids = rng.permutation(np.arange(1, people + 1, dtype=np.uint64)) << np.uint64(24)
    moment = pl.Datetime("us", "UTC")
    seen = pl.DataFrame({"left": every, "right": every}).with_columns(
        pl.lit(2, dtype=pl.Int32).alias("rank"),
        pl.lit(1, dtype=pl.Int32).alias("import_no"),
        pl.lit(1, dtype=pl.Int64).alias("row_no"),
        pl.lit("shop").alias("source"),
        pl.lit(None, dtype=moment).alias("at"),
    )
    partings = seen.clear().select("left", "right", "at")
    cities = pa.array([f"城市 {n}" for n in range(300)])
    columns = {
        "identity/person": Column("number", every),
        "identity/anchor": Column("number", every),
        "identity/alive": Column("yesno", np.ones(people, np.int8)),
        "identity/node_id": Column("number", ids),
        "identity/type": Column("text", np.zeros(people, np.int8), pa.array(["user_id"])),
        "identity/value": column_of(values.cast(pa.string()), "text"),
        "portrait/city": Column("text", rng.integers(0, 300, people, np.int16), cities),
    }
    columns |= draw_circles(seen, partings, np.zeros(0, np.int32), people)
    return columns | draw_index(values.cast(pa.string()), ids)


def _build(folder: Path, events: int) -> None:
    """Write the shelf."""
    rng, people = np.random.default_rng(_SEED), events // _EACH
    with House(folder) as house:
        at = _moments(rng, people)
        house.shelf.publish(_people(people, rng))
        house.shelf.publish(_timeline("purchase", at, people, rng))
        when = When(_AS_OF, house.settings.time_zone)
        house.models.refresh(when)
        house.tags.refresh(when, house.memory)
        told = {"as_of": _AS_OF.isoformat(), "began": _AS_OF.isoformat(), "read": {}}
        (house.engine / "stamps.json").write_bytes(orjson.dumps(told))


def _in_order_of_arrival(folder: Path, events: int) -> duckdb.DuckDBPyConnection:
    at = _moments(np.random.default_rng(_SEED), events // _EACH)
    order = np.argsort(at, kind="stable")
    connection = duckdb.connect(str(folder / "peer.duckdb"))
    connection.execute("set threads = 2")
    arriving = pa.table(
        {
            "person": (order // _EACH).astype(np.int32),
            "at": at[order],
            "category": (order % 12).astype(np.int16),
            "channel": (order % 6).astype(np.int16),
            "product": (order % 400).astype(np.int16),
            "amount": (order % 900).astype(np.int64),
        }
    )
    connection.register("arriving", arriving)
    connection.execute("create table events as select * from arriving")
    connection.unregister("arriving")
    return connection


def _times(asked: Sequence[int], ask: Callable[[int], object]) -> list[float]:
    """Return how long each question takes, ms; the first few, which read and compile, left out."""
    took: list[float] = []
    for place, person in enumerate(asked):
        began = time.perf_counter()
        ask(person)
        if place >= min(20, len(asked) // 4):
            took.append((time.perf_counter() - began) * 1e3)
    return took


def run(size: Size) -> list[Figure]:
    """Write a shelf, ask it, ask it through a server, and ask DuckDB."""
    events = EVENTS[size]
    rng = np.random.default_rng(9)
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name) / "house"
        # In a process of its own, whose memory the server then has for what it reads.
        builder = get_context("spawn").Process(target=_build, args=(folder, events))
        builder.start()
        builder.join()
        assert builder.exitcode == 0, "the shelf was written"
        asked = rng.integers(0, events // _EACH, ASKED[size]).tolist()
        with House(folder) as house:
            happened = Happenings(house, HOUSEHOLDER)
            store = _times(asked, lambda person: happened.page(person, limit=_NEWEST))
            ids = write_ids(house.people.public_ids(asked)).to_pylist()
        site = stack.enter_context(serving(folder))
        door = stack.enter_context(closing(Door(site.address, sign_in(site))))
        while not door.ask("GET", "/v1/live")["following"]:
            time.sleep(0.2)

        def card(place: int) -> None:
            door.ask("GET", f"/v1/persons/{ids[place]}")
            door.ask("GET", f"/v1/persons/{ids[place]}/timeline?limit={_NEWEST}")

        over_http = _times(range(len(ids)), card)
        stack.close()
        connection = _in_order_of_arrival(Path(name), events)
        query = f'select * from events where person = ? order by "at" desc limit {_NEWEST}'
        peer = _times(
            asked[:_PEER_ASKED], lambda person: connection.execute(query, [person]).fetchall()
        )
        connection.close()
    p95, p99, other = (
        float(np.quantile(of, q)) for of, q in ((over_http, 0.95), (store, 0.99), (peer, 0.5))
    )
    return [
        Figure("events stored", events, "events"),
        Figure("people", events // _EACH, "people"),
        at_most("card and newest events over HTTP, p95", round(p95, 2), "ms", GOAL_MS),
        at_most("newest events from the store, p99", round(p99, 3), "ms", STORE_GOAL_MS),
        at_least(
            "people answered a second by the store, beside a table in order of arrival",
            1e3 / float(np.median(store)),
            "people/s",
            GOAL_TIMES,
            peer=1e3 / other,
        ),
    ]


BENCHMARK = Benchmark("card", "How fast is one person's card, with many events stored?", run)
