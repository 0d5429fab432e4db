"""The shapes of what jobs bring about: trials, landed imports, refreshes, sample data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from qunxiang.cleaning import explain
from qunxiang.errors import Lang
from qunxiang.sources import MappingDefinition


class ReasonCount(BaseModel):
    """Why something was set aside, in words, and how often."""

    code: str
    message: str
    count: int


class ExampleAnswer(BaseModel):
    """One of the first values or rows set aside for a reason; `value` is null for those who may not see it."""

    code: str
    message: str
    column: str
    row: int
    value: str | None


class TrialAnswer(BaseModel):
    """What an import would do: rows = created + updated + unchanged + rows_set_aside."""

    rows: int
    created: int
    updated: int
    unchanged: int
    rows_set_aside: int
    values_set_aside: int
    reasons: list[ReasonCount]
    examples: list[ExampleAnswer]


class LandedAnswer(BaseModel):
    """An import as it is noted; `mends` is the number of the import whose rows it mends."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    status: Literal["running", "landed", "cancelled", "interrupted", "undone"]
    file: str
    source: str
    mapping: str
    mapping_version: int
    mends: int | None
    rows: int
    bad_rows: int
    author: str
    at: datetime


class OutcomeAnswer(BaseModel):
    """What an import did, or would do; `rows` is the kind of its rows."""

    file: str
    rows: str
    number: int | None
    repeated: bool
    mapping: MappingDefinition
    trial: TrialAnswer | None
    landed: LandedAnswer | None


class StageAnswer(BaseModel):
    """One stage of a refresh."""

    stage: str
    seconds: float
    ran: bool


class GatheredAnswer(BaseModel):
    """One refresh of an audience: how many are in it, entered and left."""

    audience: str
    as_of: datetime
    version: int
    count: int
    entered: int
    left: int


class RefreshAnswer(BaseModel):
    """A finished refresh."""

    as_of: datetime
    people: int
    stages: list[StageAnswer]
    audiences: list[GatheredAnswer]


class SamplesAnswer(BaseModel):
    """What the sample data brought, or what of it was taken away, and the refresh afterwards."""

    imports: list[int]
    audiences: list[str]
    refresh: RefreshAnswer


class PullAnswer(BaseModel):
    """What a pull did: rows read, what landed of them, keys that are gone, and the refresh, if any."""

    connector: str
    met: int
    landed: list[LandedAnswer]
    gone: int
    withdrawn: int
    refresh: RefreshAnswer | None


def result_of(
    told: Mapping[str, Any], lang: Lang, values: Sequence[Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """Return what came of a job with its reasons in words, and the values of its examples if given."""
    trial = told.get("trial")
    if trial is None:
        return dict(told)
    examples = trial.get("examples", ()) if values is None else values
    said = {
        "reasons": [
            {"code": code, "message": explain(code, lang), "count": count}
            for code, count in trial["reasons"].items()
        ],
        "examples": [dict(e) | {"message": explain(e["code"], lang)} for e in examples],
    }
    return dict(told) | {"trial": trial | said}
