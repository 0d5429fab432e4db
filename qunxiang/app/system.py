"""What somebody who looks after a workspace wants to know: how large it is, and how it is set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from qunxiang.app.house import House
from qunxiang.settings import Settings


@dataclass(frozen=True)
class StoreSize:
    """A store: where it is, and how many bytes it takes, None where that is another server's."""

    name: str
    path: str
    bytes: int | None


def measure_stores(house: House) -> list[StoreSize]:
    """Return every store of a workspace with its size."""
    folder, url = house.folder, house.settings.state_url
    state = (
        StoreSize("state", make_url(url).render_as_string(hide_password=True), None)
        if url
        else _store("state", folder / "state.db", folder.glob("state.db*"))
    )
    engine = house.engine
    return [
        _store("log", folder / "log", _files(folder / "log")),
        state,
        _store("warehouse", engine / "warehouse.duckdb", engine.glob("warehouse.duckdb*")),
        _store("shelf", engine / "shelf", _files(engine / "shelf")),
        _store("uploads", folder / "uploads", _files(folder / "uploads")),
    ]


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _store(name: str, path: Path, files: Iterable[Path]) -> StoreSize:
    total = 0
    for file in files:
        try:
            total += file.stat().st_size
        except FileNotFoundError:  # swept while we look
            continue
    return StoreSize(name, str(path), total)


def list_settings(house: House) -> list[tuple[str, Any, Any, str]]:
    """Return every setting: name, value, default and description; a URL's password is hidden."""
    told = house.settings.model_dump()
    if told["state_url"]:
        told["state_url"] = make_url(told["state_url"]).render_as_string(hide_password=True)
    if told["stream_url"]:
        told["stream_url"] = make_url(told["stream_url"]).render_as_string(hide_password=True)
    fields = Settings.model_fields
    return [(name, told[name], f.default, f.description or "") for name, f in fields.items()]


def read_notice() -> list[str]:
    """Return the paragraphs of the notice: whose data and works come with Qunxiang."""
    text = distribution("qunxiang").read_text("licenses/NOTICE") or ""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
