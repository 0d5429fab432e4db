"""Builds the console into the wheel, the editable install and the sdist, if it is not built yet."""

from __future__ import annotations

import os
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _load_workshop() -> ModuleType:
    spec = spec_from_file_location("workshop", Path(__file__).parent / "scripts" / "web.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


workshop = _load_workshop()


class ConsoleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Asks for Node only when there is something to build, so that releases install without."""

    def dependencies(self) -> list[str]:
        """Return the Node to build with, if it is needed and no other one is named."""
        try:
            wanted = workshop.must_build() and not os.environ.get("QUNXIANG_NODE")
        except workshop.Failure as failure:
            self.app.abort(f"✗ {failure}")
        return [workshop.NODE] if wanted else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 the signature is the library's
        """Build the console before files are gathered."""
        try:
            workshop.build()
        except workshop.Failure as failure:
            self.app.abort(f"✗ {failure}")
