"""How much the console asks a visitor to download, compressed, by the manifest of its build."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import Any

import pytest

from qunxiang.api.console import CONSOLE

KB = 1_000
ENTRY, ROUTE, CHARTS, STYLES = 260 * KB, 150 * KB, 270 * KB, 30 * KB
Manifest = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    path = CONSOLE / ".vite" / "manifest.json"
    assert path.is_file(), "build the console: python scripts/web.py build"
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def weight(file: str) -> int:
    return len(gzip.compress((CONSOLE / file).read_bytes(), 9))


def entry_of(manifest: Manifest) -> str:
    (entry,) = (key for key, chunk in manifest.items() if chunk.get("isEntry"))
    return entry


def chunks_of(manifest: Manifest, key: str) -> set[str]:
    """Return a chunk and all it cannot begin without."""
    found, ahead = set(), [key]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += manifest[one].get("imports", [])
    return found


def charts_of(manifest: Manifest) -> set[str]:
    """Return the chunks of the chart library and its renderer: known by words that they keep."""
    words = (b"_echarts_instance_", b"__zr_normal__")
    return {
        key
        for key, chunk in manifest.items()
        if chunk["file"].endswith(".js")
        and any(word in (CONSOLE / chunk["file"]).read_bytes() for word in words)
    }


def heavy(manifest: Manifest, chunks: set[str]) -> tuple[int, dict[str, int]]:
    files = {manifest[key]["file"]: weight(manifest[key]["file"]) for key in chunks}
    return sum(files.values()), files


def test_the_entry_is_light(manifest: Manifest) -> None:
    total, files = heavy(manifest, chunks_of(manifest, entry_of(manifest)))
    assert total <= ENTRY, files


def test_every_route_is_light_but_for_charts(manifest: Manifest) -> None:
    there = chunks_of(manifest, entry_of(manifest)) | charts_of(manifest)
    for key, chunk in manifest.items():
        if chunk.get("isDynamicEntry") and key not in there:
            total, files = heavy(manifest, chunks_of(manifest, key) - there)
            assert total <= ROUTE, (key, files)


def test_charts_are_light_and_come_when_asked_for(manifest: Manifest) -> None:
    charts = charts_of(manifest)
    assert not charts & chunks_of(manifest, entry_of(manifest)), "the entry brings the charts"
    total, files = heavy(manifest, charts)
    assert total <= CHARTS, files


def test_styles_are_light(manifest: Manifest) -> None:
    files = {f for chunk in manifest.values() for f in chunk.get("css", [])}
    files |= {c["file"] for c in manifest.values() if c["file"].endswith(".css")}
    assert sum(weight(f) for f in files) <= STYLES, {f: weight(f) for f in files}


def test_the_snippets_are_light_and_stand_alone() -> None:
    for name, most in (("qx", 5 * KB), ("qx-wx", 5 * KB)):
        assert weight(f"snippet/{name}.js") <= most
        text = (CONSOLE / "snippet" / f"{name}.js").read_text(encoding="utf-8")
        assert not [word for word in ("require(", "import(", "import ") if word in text]
