"""Write the snapshots anew: `python tests/renew_snapshots.py`, then look at the difference."""

from __future__ import annotations

import importlib
import json
import re
import tempfile
import tomllib
from pathlib import Path

from qunxiang.api import create_app
from qunxiang.app import House

ROOT = Path(__file__).parents[1]
SNAPSHOTS = Path(__file__).parent / "snapshots"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, House(Path(folder)) as house:
        document = json.dumps(
            create_app(house).openapi(), ensure_ascii=False, indent=1, sort_keys=True
        )
    (SNAPSHOTS / "openapi.json").write_text(document + "\n", encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = sorted(re.split(r"[<>=\[]", d)[0] for d in project["dependencies"])
    (SNAPSHOTS / "dependencies.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    lines: list[str] = []
    for path in sorted((ROOT / "qunxiang").glob("*/__init__.py")):
        module = importlib.import_module(f"qunxiang.{path.parent.name}")
        lines.append(f"{path.parent.name}: {' '.join(sorted(module.__all__))}")
    (SNAPSHOTS / "public_names.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
