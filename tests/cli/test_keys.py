"""Write keys from the terminal."""

from __future__ import annotations


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
