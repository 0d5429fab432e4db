"""Plans, quality and fixes from the terminal."""

from __future__ import annotations

import json
from pathlib import Path


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
