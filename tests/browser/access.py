"""What keeps somebody out of a page, as axe finds it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.stage import ROOT

_AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# What fades in has no contrast yet. What turns without an end is not waited for.
_STILL = """() => Promise.allSettled(
  document.getAnimations()
    .filter((each) => each.effect?.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished),
).then(() => undefined)"""
_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def find_barriers(page: Page, *, colours_only: bool = False) -> list[str]:
    """Return where a page breaks WCAG 2.2 A or AA.

    Args:
        page: as it stands, with what is open in it.
        colours_only: whether only what depends on the light is looked at.
    """
    if not _AXE.exists():
        pytest.skip("the console's development packages are not installed: make web")
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    page.evaluate(_STILL)
    # Of what passes only the verdict is wanted, not every place: that is most of axe's work.
    options = {"runOnly": _COLOURS if colours_only else _RULES, "resultTypes": ["violations"]}
    result: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{one['id']} ({len(one['nodes'])}) {[node['target'][0] for node in one['nodes'][:3]]}"
        for one in result["violations"]
    ]
