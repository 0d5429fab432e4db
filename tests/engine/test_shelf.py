"""The shelf shows all columns of a step or none, and whoever holds an old one keeps it."""

from __future__ import annotations

import numpy as np
import orjson
import pyarrow as pa
import pytest

from qunxiang.engine import Column, Shelf, column_of, write_durably
from qunxiang.engine.shelf import MANIFEST
from qunxiang.errors import QunxiangError


def numbers(*values: int) -> Column:
    return Column("number", np.array(values, np.int64))


def long(value: int) -> Column:
    return Column("number", np.full(5_000, value, np.int64))  # long enough to be mapped


def test_what_is_put_on_it_is_read_from_it(tmp_path):
    words = column_of(pa.array(["a", None, "b"]), "text")
    lists = column_of(pa.array([["a", "b"], None, ["b"]], pa.list_(pa.string())), "texts")
    Shelf(tmp_path).publish(
        {"x/n": numbers(1, 2, 3), "x/w": words, "y": lists}, notes={"y": {"a": 1}}
    )
    again = Shelf(tmp_path)
    assert sorted(again.names()) == ["x/n", "x/w", "y"]
    assert sorted(again.names("x/")) == ["x/n", "x/w"]
    assert again.column("x/n").values.tolist() == [1, 2, 3]
    assert again.column("x/w").arrow().to_pylist() == ["a", None, "b"]
    assert again.column("y").arrow().to_pylist() == [["a", "b"], [], ["b"]]
    assert again.entry("y").notes == {"a": 1}
    assert again.version == 1
    with pytest.raises(QunxiangError) as caught:
        again.column("z")
    assert caught.value.code == "engine.no_column"


def test_a_step_is_all_or_nothing(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.publish({"a": numbers(1), "b": numbers(1)})
    before = {p.name for p in tmp_path.iterdir()}
    # A kill just before the manifest is replaced: new files are there, and no manifest names them.
    dying = Shelf(tmp_path)
    for place, name in enumerate(("a", "b")):
        dying._save(f"{dying.version + 1:08d}-{place:04d}", numbers(2))
        assert Shelf(tmp_path).column(name).values.tolist() == [1]
    (tmp_path / (MANIFEST + ".new")).write_bytes(b'{"version": 2, "colu')
    reopened = Shelf(tmp_path)
    assert reopened.version == 1
    assert [reopened.column(n).values.tolist() for n in ("a", "b")] == [[1], [1]]
    # The next step writes over what was left, and sweeps the rest.
    reopened.publish({"a": numbers(3)})
    assert Shelf(tmp_path).column("a").values.tolist() == [3]
    assert Shelf(tmp_path).column("b").values.tolist() == [1]
    assert len(list(tmp_path.iterdir())) == len(before)


def test_a_column_that_cannot_be_written_changes_nothing(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.publish({"a": numbers(1)})
    broken = Column("number", np.array([object()]))
    with pytest.raises(ValueError, match="pickle"):
        shelf.publish({"a": numbers(2), "b": broken})
    assert shelf.column("a").values.tolist() == [1]
    assert "b" not in Shelf(tmp_path)
    assert Shelf(tmp_path).version == shelf.version == 1


def test_readers_of_an_old_map_keep_reading(tmp_path):
    writer = Shelf(tmp_path)
    writer.publish({"a": long(1)})
    reader = Shelf(tmp_path)
    old = reader.column("a")
    for n in range(2, 6):
        writer.publish({"a": long(n)})
        writer.sweep()
        assert int(old.values.sum()) == 5_000
    assert int(reader.column("a").values[0]) == 1
    reader.reload()
    assert int(reader.column("a").values[0]) == 5
    assert reader.entry("a").version == reader.version == 5


def test_versions_tell_what_changed(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.publish({"a": numbers(1), "b": numbers(1)})
    shelf.publish({"a": numbers(2)})
    assert (shelf.entry("a").version, shelf.entry("b").version) == (2, 1)


def test_columns_are_taken_off(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.publish({"t/x": numbers(1), "t/y": numbers(2), "tt": numbers(3), "u": numbers(4)})
    shelf.publish({"t/x": numbers(5)}, remove=("t/", "u"))
    assert sorted(Shelf(tmp_path).names()) == ["t/x", "tt"]
    assert shelf.column("t/x").values.tolist() == [5]
    kept = {p.name.split(".")[0] for p in tmp_path.iterdir()}
    assert len(kept) == 3  # two columns and the manifest


def test_a_damaged_manifest_is_told(tmp_path):
    Shelf(tmp_path).publish({"a": numbers(1)})
    for bad in (
        b"{",
        b"[]",
        b'{"version": 1}',
        orjson.dumps({"version": 1, "columns": {"a": {"x": 1}}}),
    ):
        (tmp_path / MANIFEST).write_bytes(bad)
        with pytest.raises(QunxiangError) as caught:
            Shelf(tmp_path)
        assert caught.value.code == "engine.shelf_damaged"


def test_small_files_are_replaced_whole(tmp_path):
    path = tmp_path / "stamps.json"
    write_durably(path, b"one")
    write_durably(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["stamps.json"]
