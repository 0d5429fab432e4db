"""Write keys from the terminal."""

from __future__ import annotations

from qunxiang.app import House
from tests.app.streamed import land


def test_a_key_from_making_to_revoking(line) -> None:
    made = line.json(
        "key", "create", "web", "--source", "shop", "--kind", "events", "--alias", "a1"
    )
    assert made["key"].startswith("qxw_")
    (told,) = line.json("key", "list")
    assert (told["source"], told["kinds"], told["aliases"]) == ("shop", ["events"], ["a1"])
    assert made["key"].startswith(told["begins"])
    assert "shop" in line.run("key", "list")
    assert line.run("key", "create", "app").strip().startswith("qxw_")
    assert {k["name"]: k["source"] for k in line.json("key", "list")} == {
        "web": "shop",
        "app": "app",
    }
    assert line.refused("key", "create", "a1") == "governance.key_exists"
    assert line.refused("key", "create", "x", "--kind", "all") == "governance.no_kind"
    line.run("key", "revoke", "web")
    assert [k["name"] for k in line.json("key", "list")] == ["app"]
    assert line.refused("key", "revoke", "web") == "governance.no_key"


def test_sources_and_what_lands(line) -> None:
    line.run("key", "create", "site")
    by_name = {source["name"]: source for source in line.json("sources")}
    assert (by_name["site"]["ways"], by_name["site"]["received_at"]) == (["keys"], None)
    assert by_name["crm"]["ways"] == ["files"]
    assert "site" in line.run("sources")
    with House(line.folder) as house:
        land(house, [{"event": "visit [x]", "ids": {"user_id": "u1"}}], source="site")
    assert line.json("tail", "--no-follow")["event"] == "visit [x]"
    assert "visit [x]  user_id=u1" in line.run("tail", "--no-follow")
    assert line.run("tail", "--no-follow", "--source", "none") == ""
