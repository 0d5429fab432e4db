"""Typed tables: several writes are one, and one process at a time writes."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import pyarrow as pa
import pytest

from qunxiang.engine import Warehouse
from qunxiang.errors import QunxiangError

COLUMNS = {"a": "integer", "b": "text"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "engine" / "warehouse.duckdb"


@pytest.fixture
def warehouse(path):
    made = Warehouse(path, memory_mb=512, threads=2)
    yield made
    made.close()


def rows(*pairs) -> pa.Table:
    return pa.table({"a": [p[0] for p in pairs], "b": [p[1] for p in pairs]})


def test_every_type_comes_back_as_it_went_in(warehouse):
    types = {
        "text": ("x", pa.string()),
        "texts": (["x", "y"], pa.list_(pa.string())),
        "number": (1.5, pa.float64()),
        "integer": (2**40, pa.int64()),
        "money": (Decimal("12.3456"), pa.decimal128(18, 4)),
        "date": (dt.date(2024, 2, 29), pa.date32()),
        "moment": (dt.datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=dt.UTC), pa.timestamp("us", "UTC")),
        "yesno": (True, pa.bool_()),
        "node": (7, pa.int32()),
        "hash": (2**64 - 1, pa.uint64()),
    }
    warehouse.ensure("t", {n: n for n in types})
    warehouse.insert("t", pa.table({n: pa.array([v, None], t) for n, (v, t) in types.items()}))
    found = warehouse.read("t", list(types)).to_pylist()
    assert found == [{n: v for n, (v, _) in types.items()}, dict.fromkeys(types)]


def test_a_transaction_is_all_or_nothing(warehouse, path):
    warehouse.ensure("t", COLUMNS)
    with warehouse.transaction():
        warehouse.insert("t", rows((1, "x")))
        warehouse.insert("t", rows((2, "y")))
    with pytest.raises(ZeroDivisionError):
        write_and_fail(warehouse)
    assert warehouse.read("t", ["a"], order=["a"])["a"].to_pylist() == [1, 2]
    assert warehouse.tables() == {"t"}
    with pytest.raises(QunxiangError) as caught:
        write_nowhere(warehouse)
    assert caught.value.code == "engine.failed"
    with warehouse.transaction():  # and after a failure one can go on
        warehouse.insert("t", rows((5, "v")))
    warehouse.close()
    again = Warehouse(path, memory_mb=512, threads=2)
    assert again.read("t", ["a"], order=["a"])["a"].to_pylist() == [1, 2, 5]
    again.close()


def write_and_fail(warehouse: Warehouse) -> None:
    with warehouse.transaction():
        warehouse.insert("t", rows((3, "z")))
        warehouse.delete("t", "a", [1])
        warehouse.ensure("u", COLUMNS)
        _ = 1 / 0


def write_nowhere(warehouse: Warehouse) -> None:
    with warehouse.transaction():
        warehouse.insert("t", rows((4, "z")))
        warehouse.insert("nowhere", rows((4, "z")))


def test_ensure_adds_columns_and_keeps_rows(warehouse):
    warehouse.ensure("t", COLUMNS)
    warehouse.insert("t", rows((1, "x")))
    warehouse.ensure("t", COLUMNS | {"c": "money", 'd"; DROP TABLE t; --': "text"})
    assert set(warehouse.columns("t")) == {"a", "b", "c", 'd"; DROP TABLE t; --'}
    assert warehouse.read("t", ["a", "c"]).to_pylist() == [{"a": 1, "c": None}]
    warehouse.ensure("t", COLUMNS)
    assert len(warehouse.columns("t")) == 4


def test_reading(warehouse):
    warehouse.ensure("t", COLUMNS)
    warehouse.insert("t", rows((1, "x"), (2, "y"), (3, "x' OR 1=1 --"), (4, None)))
    assert warehouse.read("t", ["a"], where={"b": "x' OR 1=1 --"})["a"].to_pylist() == [3]
    assert warehouse.read("t", ["a"], where={"a": [1, 4, 9]}, order=["a"])["a"].to_pylist() == [
        1,
        4,
    ]
    assert warehouse.read("t", ["a"], where={"a": []})["a"].to_pylist() == []
    assert warehouse.read("t", ["a"], order=["a"], limit=2)["a"].to_pylist() == [1, 2]
    assert warehouse.count("t") == 4
    assert warehouse.count("nowhere") == 0
    assert warehouse.delete("t", "a", pa.array([1, 2, 9])) == 2
    warehouse.clear("t")
    assert warehouse.count("t") == 0
    warehouse.drop("t")
    warehouse.drop("t")
    assert warehouse.tables() == set()


def test_keyed_hashes_hang_on_the_key_alone(warehouse):
    warehouse.ensure("i", {"node": "node", "type": "text", "value": "text"})
    warehouse.insert(
        "i",
        pa.table({"node": pa.array([0, 1], pa.int32()), "type": ["t", "t"], "value": ["a", "b"]}),
    )
    both = warehouse.keyed_hashes("i", ("type", "value"), key=b"k", order="node", skip=0)
    later = warehouse.keyed_hashes("i", ("type", "value"), key=b"k", order="node", skip=1)
    other = warehouse.keyed_hashes("i", ("type", "value"), key=b"l", order="node", skip=0)
    assert both[1] == later[0]
    assert not set(both.tolist()) & set(other.tolist())


@pytest.mark.parametrize("call", [
    lambda w: w.ask("SELEC 1"),
    lambda w: w.ask("SELECT * FROM nowhere"),
    lambda w: w.read("nowhere", ["a"]),
    lambda w: w.insert("nowhere", rows((1, "x"))),
    lambda w: w.delete("nowhere", "a", [1]),
    lambda w: w.clear("nowhere"),
])  # fmt: skip
def test_errors_are_ours(warehouse, call):
    with pytest.raises(QunxiangError) as caught:
        call(warehouse)
    assert caught.value.code == "engine.failed"
    assert caught.value.message("zh")
    assert caught.value.remedy("en")


def test_a_second_process_is_refused(warehouse, path):
    warehouse.ensure("t", COLUMNS)
    code = (
        "import sys; from pathlib import Path; from qunxiang.engine import Warehouse\n"
        "from qunxiang.errors import QunxiangError\n"
        "try: Warehouse(Path(sys.argv[1]), memory_mb=512, threads=1)\n"
        "except QunxiangError as error: print(error.code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "engine.busy"
    warehouse.insert("t", rows((1, "x")))
    assert warehouse.count("t") == 1


@pytest.mark.parametrize("size", [0, 4_096])
def test_a_file_whose_making_was_killed_is_made_again(path, size):
    path.parent.mkdir()
    path.write_bytes(b"\0" * size)
    made = Warehouse(path, memory_mb=512, threads=1)
    made.ensure("t", COLUMNS)
    made.close()
    assert path.stat().st_size >= 3 * 4_096


def test_a_damaged_file_is_told(path):
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 1_000)
    with pytest.raises(QunxiangError) as caught:
        Warehouse(path, memory_mb=512, threads=1)
    assert caught.value.code == "engine.damaged"
