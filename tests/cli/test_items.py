"""Items from the terminal."""

from __future__ import annotations

from pathlib import Path

from qunxiang.app import House, Refresh
from tests.app.streamed import land
from tests.cli.conftest import Line


def test_items_are_listed(tmp_path: Path) -> None:
    with House(tmp_path / "w") as house:
        for n, kind in enumerate(("product", "store")):
            item = {"type": "item", "item": [kind, "s1"], "properties": {"n": n}}
            land(house, item | {"id": str(n), "at": "2026-03-01"})
        Refresh(house).run()
    line = Line(tmp_path / "w")
    assert [one["type"] for one in line.json("items")] == ["product", "store"]
    (told,) = line.json("items", "--type", "store")
    assert (told["id"], told["content"]) == ("s1", '{"n":1}')
    assert "product" in line.run("items", "--limit", "1")
