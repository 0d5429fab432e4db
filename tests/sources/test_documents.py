"""JSON and Parquet: flat, exact, and nothing dropped."""

# ruff: noqa: DTZ001 a spreadsheet knows no time zones
from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qunxiang.errors import QunxiangError
from qunxiang.sources import Limits, ShapeOverrides, detect
from tests.sources.reading import everything, write

PEOPLE = [
    {"name": "张三", "address": {"city": "上海", "at": [31.2, 121.5]}, "vip": True, "age": 30},
    {"name": "李四", "address": {"city": "北京"}, "vip": None, "phone": 13812345678.0, "tags": []},
]
FLAT = [
    ["张三", "上海", "[31.2,121.5]", "true", "30", None, None, None],
    ["李四", "北京", None, None, None, "13812345678", "[]", None],
]
NAMES = ("name", "address.city", "address.at", "vip", "age", "phone", "tags", "_extra")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array(tmp_path: Path, encoding: str, indent: int | None) -> None:
    found = everything(
        write(tmp_path / "a.txt", json.dumps(PEOPLE, ensure_ascii=False, indent=indent), encoding)
    )
    assert found.shape.format == "json"
    assert found.shape.columns == NAMES
    assert found.rows == FLAT
    assert found.numbers == [1, 2]


def test_an_array_inside_an_object(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps({"code": 0, "data": {"total": 2, "list": PEOPLE}}))
    found = everything(path)
    assert found.rows == FLAT
    assert found.shape.records == "data.list"
    assert "records at data.list" in found.shape.notes
    whole = detect(path, overrides=ShapeOverrides(records="data"))
    assert whole.columns == ("total", "list", "_extra")
    with pytest.raises(QunxiangError) as told:
        detect(path, overrides=ShapeOverrides(records="data.none"))
    assert told.value.code == "sources.no_records"


def test_one_object_is_one_row(tmp_path: Path) -> None:
    assert everything(write(tmp_path / "a.json", json.dumps(PEOPLE[0]))).rows == [
        [*FLAT[0][:5], None]
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16-le"])
def test_lines(tmp_path: Path, encoding: str) -> None:
    lines = [json.dumps(each, ensure_ascii=False) for each in PEOPLE]
    path = write(
        tmp_path / "a.json",
        "\n".join([lines[0], "", "{oops", lines[1], '"text"', "[1]"]) + "\n",
        encoding,
    )
    found = everything(path, detect(path, overrides=ShapeOverrides(format="jsonl")))
    assert found.shape.format == "jsonl"
    assert found.rows == FLAT
    assert found.numbers == [1, 4]
    assert found.codes == [(3, "bad_json"), (5, "bad_json"), (6, "bad_json")]
    assert found.bad[0].raw == "{oops"


def test_lines_are_recognised(tmp_path: Path) -> None:
    lines = [json.dumps({"n": n, "内容": "x" * 100}) for n in range(5_000)]
    found = everything(write(tmp_path / "a.log", "\r\n".join(lines)))
    assert found.shape.format == "jsonl"
    assert len(found.rows) == 5_000
    assert found.numbers[-1] == 5_000


def test_late_keys_are_kept(tmp_path: Path) -> None:
    lines = [json.dumps({"n": n}) for n in range(10_050)]
    lines += [json.dumps({"n": 1, "late": {"x": 2}, "空": ""}), json.dumps({"_extra": "mine"})]
    found = everything(write(tmp_path / "a.jsonl", "\n".join(lines)))
    assert found.shape.columns == ("n", "_extra")
    assert found.rows[-2:] == [["1", '{"late.x": "2"}'], [None, '{"_extra": "mine"}']]


def test_no_digit_is_lost(tmp_path: Path) -> None:
    text = (
        '{"a": 123456789012345678901234567890, "b": 0.12345678901234567890, "c": 9007199254740993}\n'
        * 2
    )
    found = everything(write(tmp_path / "a.jsonl", text))
    assert found.rows[0] == [
        "123456789012345678901234567890",
        "0.12345678901234567890",
        "9007199254740993",
        None,
    ]


def test_keys_that_collide_are_both_kept(tmp_path: Path) -> None:
    found = everything(write(tmp_path / "a.json", '[{"a.b": 1, "a": {"b": 2}}]'))
    assert found.shape.columns == ("a.b", "a.b (2)", "_extra")
    assert found.rows == [["1", "2", None]]


def test_depth_size_and_damage(tmp_path: Path) -> None:
    deep = '{"a":' * 40 + "1" + "}" * 40
    nested = '{"a":' + "[" * 40 + "]" * 40 + "}"
    absurd = '{"a":' + "[" * 100_000 + "]" * 100_000 + "}"
    found = everything(
        write(tmp_path / "a.jsonl", "\n".join(['{"n": 1}', deep, nested, absurd, '{"n": 2}']))
    )
    assert found.rows == [["1", None], ["2", None]]
    assert [code for _, code in found.codes[:2]] == ["too_deep", "too_deep"]
    assert found.codes[2][0] == 4
    array = write(tmp_path / "a.json", json.dumps(PEOPLE))
    for text, limits, code in (
        (None, Limits(document_bytes=50), "document_too_large"),
        ('[{"a": 1}, ', Limits(), "bad_json"),
        ('[{"a": "\\ud800"}]', Limits(), "bad_json"),
    ):
        if text:
            write(array, text)
        with pytest.raises(QunxiangError) as told:
            everything(array, limits=limits)
        assert told.value.code == f"sources.{code}"
    array.write_bytes(
        b'[{"a": "\xff"}, {"b": "\xe5\xbc\xa0\xe4\xb8\x89\xe5\xbc\xa0\xe4\xb8\x89\xe5\xbc\xa0\xe4\xb8\x89\xe5\xbc\xa0\xe4\xb8\x89"}]'
    )
    shape = detect(write(tmp_path / "b.json", '[{"a": 1}]'))
    with pytest.raises(QunxiangError) as told:
        everything(array, shape)
    assert told.value.code == "sources.undecodable"


def test_an_empty_array_and_lines_too_long(tmp_path: Path) -> None:
    found = everything(write(tmp_path / "a.json", "[]"))
    assert found.rows == []
    assert found.shape.notes == ("no rows",)
    path = write(tmp_path / "a.jsonl", '{"a": 1}\n{"a": "' + "x" * 3_000_000 + '"}\n')
    with pytest.raises(QunxiangError) as told:
        everything(path, limits=Limits(row_bytes=1_000_000))
    assert told.value.code == "sources.row_too_long"


def test_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "n": pa.array([1, None], pa.int64()),
            "f": [13812345678.0, 0.1],
            "s": ["", "张三"],
            "d": pa.array(["x", "y"]).dictionary_encode(),
            "day": [dt.date(2024, 3, 5), None],
            "at": pa.array(
                [dt.datetime(2024, 3, 5, 14), dt.datetime(2024, 3, 5, 14, 0, 0, 500_000)]
            ),
            "zone": pa.array([dt.datetime(2024, 3, 5, 6)] * 2, pa.timestamp("us", "Asia/Shanghai")),
            "time": [dt.time(8, 30), None],
            "dec": [Decimal("1.10"), None],
            "list": [[1, 2], None],
            "map": [{"a": "b"}, None],
            "yes": [True, False],
            "bytes": [b"\x01\xff", None],
            "big": pa.array(["l", None], pa.large_string()),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    found = everything(tmp_path / "a.parquet")
    assert found.shape.columns == tuple(table.column_names)
    assert found.rows == [
        [
            "1",
            "13812345678",
            None,
            "x",
            "2024-03-05",
            "2024-03-05 14:00:00",
            "2024-03-05 14:00:00+0800",
            "08:30:00",
            "1.10",
            "[1,2]",
            '{"a":"b"}',
            "true",
            "01ff",
            "l",
        ],
        [
            None,
            "0.1",
            "张三",
            "y",
            None,
            "2024-03-05 14:00:00.5",
            "2024-03-05 14:00:00+0800",
            None,
            None,
            None,
            None,
            "false",
            None,
            None,
        ],
    ]
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[:-20])
    with pytest.raises(QunxiangError) as told:
        everything(tmp_path / "a.parquet")
    assert told.value.code == "sources.truncated"


def test_parquet_whose_text_is_no_text(tmp_path: Path) -> None:
    table = pa.table({"s": pa.array([b"ok", b"\xff\xfe"], pa.binary())})
    column = pa.StringArray.from_buffers(2, *table["s"].chunk(0).buffers()[1:])
    pq.write_table(pa.table({"s": column}), tmp_path / "a.parquet")
    with pytest.raises(QunxiangError) as told:
        everything(tmp_path / "a.parquet")
    assert told.value.code == "sources.undecodable"


def test_parquet_in_many_groups(tmp_path: Path) -> None:
    table = pa.table({"n": list(range(200_000))})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=30_000)
    found = everything(tmp_path / "a.parquet")
    assert [row[0] for row in found.rows] == [str(n) for n in range(200_000)]
    assert found.numbers == list(range(1, 200_001))
