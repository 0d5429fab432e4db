"""Exports: no spreadsheet may run a cell, and a failed export leaves nothing behind."""

# ruff: noqa: DTZ001 a spreadsheet knows no time zones
from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from openpyxl import load_workbook

from qunxiang.errors import QunxiangError
from qunxiang.sources import exports, write_csv, write_jsonl, write_xlsx
from tests.sources.reading import everything

PAYLOADS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example","a")',
    "=WEBSERVICE(A1)",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1+1",
    "＠SUM(1)",
    " =1+1",
    "\u3000=1+1",
    "+8613812345678",
    "-",
    "=",
    "{=1+1}",
    "http://x.example",
    "https://x.example",
    "mailto:a@x.example",
    "'=1+1",
    '"=1+1"',
    "%0A=1+1",
    "=1+1\r\n=2+2",
    "=DDE(1)",
    "-2+3+cmd|' /C calc'!A0",
    "@@",
]
HARMLESS = ["-5", "-1.5", "-1e5", "12", "张三", "a=b", ""]


def payload_table() -> pa.Table:
    return pa.table({"=危险": PAYLOADS, "名": [f"n{n}" for n in range(len(PAYLOADS))]})


def test_csv_runs_nothing(tmp_path: Path) -> None:
    write_csv(payload_table(), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == len(PAYLOADS) + 1
    for row in rows:
        assert row[0].strip(" \u3000\u00a0")[0] not in "=+-@\t\r\n＝＋－＠"
    assert rows[PAYLOADS.index("+8613812345678") + 1][0] == "'+8613812345678"


def test_csv_leaves_numbers_and_plain_text_alone(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": HARMLESS,
            "int": pa.array([-5] * 6 + [None], pa.int64()),
            "float": [-1.5, 1e20, 0.1, float("inf"), 2.0, 3.0, 4.0],
            "day": [dt.date(2024, 3, 5)] * 7,
            "list": [["=1"]] * 7,
        }
    )
    write_csv(table, tmp_path / "a.csv", bom=False)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert [row[0] for row in rows] == HARMLESS
    assert [row[1] for row in rows] == ["-5"] * 6 + [""]
    assert rows[0][2:] == ["-1.5", "2024-03-05", '["=1"]']


def test_xlsx_runs_nothing_and_keeps_every_value(tmp_path: Path) -> None:
    write_xlsx(payload_table(), tmp_path / "a.xlsx", "坏[名]:字*")
    book = load_workbook(tmp_path / "a.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [cell for cell in cells if cell.hyperlink] == []
    assert everything(tmp_path / "a.xlsx").rows[1][0] == PAYLOADS[1]


def test_xlsx_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "n": [1, 10**15, None],
            "f": [0.5, float("nan"), -1.5],
            "b": [True, False, None],
            "d": [dt.date(2024, 3, 5), dt.date(1800, 1, 1), None],
            "at": pa.array([dt.datetime(2024, 3, 5, 14)] * 3, pa.timestamp("us", "Asia/Shanghai")),
            "dec": [Decimal("1.10"), None, None],
            "s": ["13812345678", "a\uffffb", None],
        }
    )
    write_xlsx(table, tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx")["Sheet1"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0] == [
        1,
        0.5,
        True,
        dt.datetime(2024, 3, 5),
        dt.datetime(2024, 3, 5, 22),
        1.1,
        "13812345678",
    ]
    assert rows[1][:4] == ["1000000000000000", "nan", False, "1800-01-01"]
    assert rows[1][6] == "a\ufffdb"


def test_xlsx_goes_on_to_another_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 10)
    batches = (pa.record_batch({"n": [n]}) for n in range(25))
    write_xlsx(batches, tmp_path / "a.xlsx", "客户")
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["客户", "客户 (2)", "客户 (3)"]
    assert [sheet.max_row for sheet in book] == [11, 11, 6]
    assert [cell.value for cell in book["客户 (3)"]["A"]] == ["n", 20, 21, 22, 23, 24]


def test_jsonl_keeps_values_as_they_are(tmp_path: Path) -> None:
    write_jsonl(payload_table(), tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    assert [json.loads(line)["=危险"] for line in lines] == PAYLOADS


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_jsonl])
def test_a_failed_export_leaves_the_old_file(tmp_path: Path, write: object) -> None:
    path = tmp_path / "a.out"
    path.write_text("old")

    def breaks() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"n": [1]})
        raise OSError("disk")

    assert callable(write)
    with pytest.raises(OSError, match="disk"):
        write(breaks(), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    reader = pa.RecordBatchReader.from_batches(pa.schema([("n", pa.int64())]), [])
    write(reader, path)
    write(iter([]), path)
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_sheet_cannot_hold_is_told(tmp_path: Path) -> None:
    with pytest.raises(QunxiangError) as told:
        write_xlsx(pa.table({"备注": ["x" * 32_768]}), tmp_path / "a.xlsx")
    assert told.value.code == "sources.cell_too_long"
    assert "备注" in told.value.message("zh")
    wide = pa.table({f"c{n}": [1] for n in range(16_385)})
    with pytest.raises(QunxiangError) as told:
        write_xlsx(wide, tmp_path / "a.xlsx")
    assert told.value.code == "sources.too_wide_for_sheet"
    assert list(tmp_path.iterdir()) == []
