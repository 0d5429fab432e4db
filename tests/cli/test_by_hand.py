"""Lists and manual tags from the terminal."""

from __future__ import annotations

import json

import openpyxl

from qunxiang.sources import write_xlsx
from tests.app.company import write


def test_a_list_from_file_to_audience(line, tmp_path):
    rows = [{"手机": p} for p in ("138 1234 5001", "13812345002", "13700000000", "什么")]
    path, unknown = write(tmp_path / "vip.csv", rows), tmp_path / "unknown.xlsx"
    told = line.run(
        "list", "create", "vip", "--file", str(path), "--column", "手机", "--unknown", str(unknown)
    )
    assert "4 names (phone), 2 people, 2 changed; 2 now" in told
    assert "after qunxiang refresh" in told
    sheet = openpyxl.load_workbook(unknown).active
    assert [[c.value for c in r] for r in sheet.iter_rows()] == [
        ["row", "name", "reason"],
        ["4", "13700000000", "nobody has this identifier"],
        ["5", "什么", "nobody has this identifier"],
    ]
    done = line.json("list", "add", "vip", "M003", "zhao@aliyun.com", "nobody")
    assert (done["changed"], done["unknown"], done["count"]) == (2, 1, 4)
    assert done["unknown_names"][0]["name"] == "nobody"
    assert line.json("list", "remove", "vip", "M003")["count"] == 3
    state = line.json("list", "show", "vip")
    assert state["count"] == 3
    assert [c["cause"] for c in state["changes"]] == ["by hand", "by hand", "vip.csv: 手机"]
    names = {r["name"] for r in line.json("list", "members", "vip", "-c", "name")}
    assert names == {"张三丰", "李小四", "赵六六"}
    assert line.json("list", "members", "vip", "--as-of", "2026-01-01") == []
    assert line.json("audience", "count", "in list vip")["count"] == 3
    line.run("audience", "save", "vips", "in list vip")
    assert line.refused("list", "delete", "vip") == "app.list_in_use"
    assert [s["name"] for s in line.json("list", "all")] == ["vip"]
    assert "张三丰" in line.run("list", "members", "vip", "-c", "name")
    assert "vip" in line.run("list", "show", "vip")
    assert "vip" in line.run("list", "all")


def test_a_rule_is_frozen_as_a_list(line):
    done = line.json("list", "create", "frozen", "--rule", "city = '上海'")
    assert done["count"] == 2
    line.run("audience", "save", "beijing", "city = '北京'")
    assert line.json("list", "add", "frozen", "--rule", "@beijing")["count"] == 3
    assert line.json("list", "remove", "frozen", "--rule", "city = '上海'")["count"] == 1
    assert line.json("list", "delete", "frozen") == {"deleted": "frozen"}
    assert line.refused("list", "show", "frozen") == "catalog.not_found"


def test_a_list_that_cannot_be_made(line, tmp_path):
    line.run("list", "create", "empty")
    assert line.refused("list", "create", "empty") == "app.list_exists"
    assert line.refused("list", "create", "not a name") == "catalog.invalid"
    assert line.refused("list", "add", "empty") == "cli.nobody_named"
    assert line.refused("list", "add", "no_such", "M001") == "catalog.not_found"
    assert line.refused("list", "add", "empty", "M001", "--rule", "city = '上海'") == "cli.one_way"
    path = str(write(tmp_path / "two.csv", [{"a": "M001", "b": "1"}]))
    assert line.refused("list", "add", "empty", "--file", path) == "app.no_column"
    assert line.refused("list", "create", "other", "--file", path) == "app.no_column"
    assert line.refused("list", "show", "other") == "catalog.not_found"  # and nothing was made


def test_manual_tags(line, tmp_path):
    line.run("tag", "create", "mood", "--value", "好", "--value", "坏", "--zh", "心情")
    assert "after qunxiang refresh" in line.run("tag", "set", "mood", "13812345001", "好")
    assert line.json("tag", "show", "mood", "M001")["value"] == "好"
    assert line.refused("tag", "set", "mood", "M001", "一般") == "tags.value_not_allowed"
    assert line.refused("tag", "set", "mood", "nobody", "好") == "identity.not_found"
    assert line.refused("tag", "show", "repeat_buyer") == "tags.not_manual"
    rows = [{"card": "VIP20002", "v": "坏"}, {"card": "VIP20003", "v": "?"}]
    path = str(write(tmp_path / "moods.csv", rows))
    words = ("tag", "import", "mood", path, "--column", "card")
    assert line.refused(*words) == "cli.value_or_column"
    unknown = tmp_path / "unknown.csv"
    done = line.json(*words, "--value-column", "v", "--unknown", str(unknown))
    assert (done["by"], done["changed"], done["unknown"]) == ("member_card", 1, 1)
    assert "not a value this tag allows" in unknown.read_text(encoding="utf-8-sig")
    assert line.json(*words, "--value", "好")["changed"] == 2
    assert line.json("tag", "show", "mood")["values"] == {"好": 3, "坏": 0}
    assert line.json("tag", "clear", "mood", "M001")["changed"] == 1
    line.run("refresh", "--as-of", "2026-03-31")
    assert line.json("audience", "count", "mood = '好'")["count"] == 2
    assert "心情" not in line.run("tag", "show", "mood")
    assert line.json("show", "tags", "mood")["how"] == {"kind": "manual", "values": ["好", "坏"]}


def test_unknown_names_are_written_as_they_came(line, tmp_path):
    import pyarrow as pa  # noqa: PLC0415

    write_xlsx(pa.table({"id": ["M001", "=1+1"]}), tmp_path / "ids.xlsx")
    line.run("list", "create", "odd")
    done = line.json("list", "add", "odd", "--file", str(tmp_path / "ids.xlsx"))
    assert json.dumps(done["unknown_names"]).count("=1+1") == 1
