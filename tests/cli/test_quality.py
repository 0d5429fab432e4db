"""Plans, quality and fixes from the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from qunxiang.app import House
from tests.app.streamed import land


def test_a_plan_from_its_file_to_its_end(line, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    purchase = {"event": "purchase", "properties": [{"name": "amount", "value": "money"}]}
    file.write_text(json.dumps({"sources": ["web"], "events": [purchase]}), encoding="utf-8")
    assert line.json("plan", "test", "shop", "--file", str(file))["broken"] == []
    assert line.json("plan", "add", "shop", "--file", str(file)) == {"name": "shop", "version": 1}
    (told,) = line.json("plan", "list")
    assert (told["name"], told["actions"]["required"]) == ("shop", "set_aside")
    assert "shop" in line.run("plan", "list")
    assert "0" in line.run("plan", "test", "shop")
    assert line.refused("plan", "propose", "web") == "app.nothing_seen"
    assert line.json("plan", "propose", "shop")["sources"] == ["shop"]
    file.write_text("[]", encoding="utf-8")
    assert line.refused("plan", "add", "shop", "--file", str(file)) == "cli.bad_document"
    line.run("plan", "remove", "shop")
    assert line.json("plan", "list") == []


def test_quality_of_what_was_imported(line) -> None:
    (told,) = line.json("quality", "shop")
    assert (told["event"], told["rows"], told["set_aside"]) == ("purchase", 7, 0)
    assert "purchase" in line.run("quality")
    assert "amount" in line.run("quality", "shop", "purchase")
    detail = line.json("quality", "shop", "purchase")
    assert {p["name"]: p["seen"]["filled"] for p in detail["properties"]}["amount"] == 7
    assert line.json("quality", "nowhere") == []
    assert line.refused("quality", "shop", "visit") == "app.nothing_seen"


def test_a_fix_from_its_preview_to_its_end(line) -> None:
    groups = line.json("fix", "groups")
    assert {g["source"] for g in groups} <= {"crm", "shop"}
    assert "Reason" in line.run("fix", "groups", "crm")
    scope = ["--source", "shop", "--event", "purchase", "--property", "channel"]
    said = line.json("fix", "preview", "apps", *scope, "--map", "App=app", "--map", "H5=")
    assert (said["looked"], said["passing"], said["whole"]) == (0, 0, True)
    assert "0" in line.run("fix", "preview", "apps", *scope, "--drop")
    saved = line.json("fix", "apply", "apps", *scope, "--map", "App=app", "--map", "H5=")
    assert saved == {"name": "apps", "version": 1}
    (told,) = line.json("fix", "list")
    assert told["does"] == {"do": "map", "values": {"App": "app", "H5": None}}
    assert "apps" in line.run("fix", "list")
    assert line.json("fix", "preview", "apps")["looked"] == 0
    assert line.refused("fix", "apply", "bad", *scope, "--cast", "%H:%M") == "app.bad_fix"
    assert line.refused("fix", "apply", "bad", *scope, "--map", "App") == "cli.bad_document"
    assert (
        line.json("fix", "apply", "apps", *scope, "--default", "web", "--refresh")["version"] == 2
    )
    orders = line.json("quality", "shop", "purchase")["properties"]
    assert {p["name"]: p["seen"]["top"] for p in orders}["channel"] == ["web"]
    line.run("fix", "remove", "apps")
    line.run("refresh")
    orders = line.json("quality", "shop", "purchase")["properties"]
    assert "channel" not in {p["name"] for p in orders}
    assert line.json("fix", "replay", "shop") == {"imports": 0}


def test_a_message_is_mended_and_given_back(line, tmp_path: Path) -> None:
    said = {"event": "purchase", "id": "o1", "ids": {}, "properties": {"amount": 1}}
    with House(line.folder) as house:
        land(house, said, source="till")
    line.run("refresh")
    (told,) = line.json("message", "list", "--source", "till")
    number = str(told["number"])
    assert number in line.run("message", "list")
    assert json.loads(line.json("message", "show", number)["raw"]) == said
    assert "purchase" in line.run("message", "show", number)
    file = tmp_path / "mended.json"
    file.write_text(json.dumps(said | {"ids": {"user_id": "u1"}}), encoding="utf-8")
    mend = ["message", "mend", number, "--file", str(file)]
    assert line.json(*mend, "--dry-run")["accepted"]
    assert line.json("message", "list", "--mended") == []
    line.run(*mend, "--why", "the till knew", "--refresh")
    assert line.json("message", "list", "--source", "till") == []
    assert "the till knew" in line.run("message", "list", "--mended")
    assert line.refused("message", "mend", number, "--file", "no.json") == "sources.missing_file"
    line.run("message", "undo", number)
    assert line.refused("message", "undo", number) == "app.nothing_aside"
    line.run("refresh")
    assert len(line.json("message", "list", "--source", "till")) == 1
