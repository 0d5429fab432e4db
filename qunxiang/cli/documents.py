"""Definitions that people wrote into files, JSON or TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import orjson

from qunxiang.errors import QunxiangError


def read_document(file: Path) -> dict[str, Any]:
    """Return what a file says.

    Raises:
        QunxiangError: cli.bad_document, if it cannot be read or is no object.
    """
    try:
        raw = file.read_bytes()
        found = tomllib.loads(raw.decode()) if file.suffix == ".toml" else orjson.loads(raw)
    except (OSError, ValueError) as error:
        raise QunxiangError("cli.bad_document", where=str(file), reason=str(error)) from error
    if not isinstance(found, dict):
        raise QunxiangError("cli.bad_document", where=str(file), reason="not an object")
    return found
