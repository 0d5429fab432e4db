"""Processes that tests start are as a user's: without pandas, which only benchmarks bring.

Arrow looks for it in every process, and to load it takes a fifth of the time in which one starts.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


class Without(MetaPathFinder):
    """Finds that pandas is not installed."""

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse pandas, and leave every other module to those who find them."""
        if name == "pandas":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Without())
