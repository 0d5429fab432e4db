"""How fast is a CSV imported, beside DuckDB's own read_csv and insert of the same file?"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from benchmarks.figures import (
    Benchmark,
    Figure,
    Size,
    at_least,
    at_most,
    measure,
    measure_apart,
    tell,
)
from qunxiang.app import House, Imports, Refresh
from qunxiang.governance import HOUSEHOLDER

ROWS: dict[Size, int] = {"quick": 200_000, "usual": 1_000_000, "full": 1_000_000}


def make_file(path: Path, rows: int) -> None:
    """Write order lines of ten columns as a shop exports them."""
    draw = np.random.default_rng(3)
    lines = np.arange(rows)
    frame = pl.DataFrame(
        {
            "订单号": lines // 3 + 10_000_000,
            "子订单号": lines,
            "用户编号": draw.integers(1, rows // 10, rows),
            "商品编码": draw.integers(100, 999, rows),
            "类目": np.array(["面部护理", "面膜", "防晒", "洁面", "精华"])[
                draw.integers(0, 5, rows)
            ],
            "数量": draw.integers(1, 5, rows),
            "单价": draw.integers(6_900, 198_000, rows) / 100,
            "实付金额": draw.integers(6_900, 398_000, rows) / 100,
            "下单时间": pl.Series(draw.integers(1_640_000_000, 1_767_000_000, rows)).cast(pl.Int64),
            "支付方式": np.array(["微信", "支付宝", "银行卡"])[draw.integers(0, 3, rows)],
        }
    )
    when = pl.from_epoch("下单时间").dt.strftime("%Y-%m-%d %H:%M:%S")
    frame.with_columns(when).write_csv(path)


def _ours(file: Path, folder: Path) -> dict[str, float]:
    with House(folder / "ours") as house:
        imports = Imports(house)
        look = imports.look(file, "orders")
        landed = measure(lambda: imports.bring(file, look, HOUSEHOLDER))
        cleaned = measure(lambda: Refresh(house).load())
        rows = house.warehouse.count("event_purchase")
    return {"rows": rows, "land": landed.wall, "clean": cleaned.wall}


def _peer(file: Path, folder: Path) -> dict[str, float]:
    con = duckdb.connect(str(folder / "peer.duckdb"))
    con.execute("SET threads = 2")
    used = measure(
        lambda: con.execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [str(file)]).fetchall()
    )
    rows = con.execute("SELECT count(*) FROM t").fetchall()[0][0]
    con.close()
    return {"rows": rows, "wall": used.wall}


def run(size: Size) -> list[Figure]:
    """Measure each in a process of its own, ours after one small run that loads compiled loops."""
    rows = ROWS[size]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "orders.csv"
        make_file(file, rows)
        peer = measure_apart("benchmarks.imports", "peer", str(file), name)
        ours = measure_apart("benchmarks.imports", "ours", str(file), name)
    if ours.answer["rows"] != rows or peer.answer["rows"] != rows:
        raise SystemExit(f"rows differ: {ours.answer}, {peer.answer}")
    theirs = rows / peer.answer["wall"]
    landed = rows / ours.answer["land"]
    whole = rows / (ours.answer["land"] + ours.answer["clean"])
    return [
        Figure("rows", rows, "rows"),
        at_least(
            "import: read, mapped, durable in the landing log", landed, "rows/s", 0.25, peer=theirs
        ),
        Figure(
            "import and cleaning into typed rows with identifiers",
            round(whole),
            "rows/s",
            round(theirs),
        ),
        at_most("peak memory", ours.peak_mb, "MB", 2_048),
    ]


BENCHMARK = Benchmark(
    "imports", "How fast is a file imported, beside DuckDB's read_csv and insert?", run
)

if __name__ == "__main__":
    which, path, where = sys.argv[1:]
    tell(measure(lambda: (_ours if which == "ours" else _peer)(Path(path), Path(where))))
