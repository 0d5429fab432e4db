"""The state table this room writes: every version of every definition.

Definitions name no person, save lists of people, whose `people` are public ids that erasure removes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Integer, String, Table

from qunxiang.catalog.holdings import Holding, Named
from qunxiang.engine import METADATA

DEFINITIONS = Table(
    "definitions",
    METADATA,
    Column("kind", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("status", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
    Column("body", JSON, nullable=False),
)


def _without(body: Any, who: Named) -> Any:
    if not set(body.get("people", ())) & set(who.ids):
        return body
    return body | {"people": [p for p in body["people"] if p not in who.ids]}


HOLDINGS = (Holding("definitions", "state", "ids", ("body",), "forget", _without),)
