"""The state tables of background jobs, kept files, preferences and sample data.

| state table | one row for each | names a person by |
| --- | --- | --- |
| jobs | piece of long work that somebody asked for | |
| uploads | file that is kept for a day; an erasure deletes all of them | |
| preferences | thing that somebody, or the team, set for their pages | value (public ids and identifiers) |
| sample_parts | import or audience that the sample data brought | |
| schedule_runs | time at which a schedule was due, and what became of it | |

On the shelf, `aside/…` counts what is set aside by import, reason and column; `aside/loaded` lists
the imports that are loaded, and `aside/stream_segment` and `aside/stream_records` how far the stream
log was read by then.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Integer, String, Table

from qunxiang.catalog import Holding, Named
from qunxiang.engine import METADATA

_TELLING = 5  # an identifier shorter than this says nothing in the middle of a text

JOBS = Table(
    "jobs",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("what", String, nullable=False),
    Column("status", String, nullable=False),  # waiting, running, done, failed, cancelled
    Column("asked", JSON, nullable=False),
    Column("upload", String),  # where the file that came with it stands, until it ends
    Column("author", String, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("cancelling", Boolean, nullable=False),
    Column("step", String, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("total", Integer),  # how many rows the step has, where that is known or estimated
    Column("step_began", String),
    Column("retried", Integer),  # the job that does it again
    Column("result", JSON),
    Column("problem", JSON),
    Column("at", String, nullable=False),
    Column("began", String),
    Column("ended", String),
)

UPLOADS = Table(
    "uploads",
    METADATA,
    Column("upload", String, primary_key=True),
    Column("file", String, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
)

PREFERENCES = Table(
    "preferences",
    METADATA,
    Column("account", String, primary_key=True),  # empty for the team's
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("at", String, nullable=False),
)

SAMPLE_PARTS = Table(
    "sample_parts",
    METADATA,
    Column("kind", String, primary_key=True),  # import, audience
    Column("name", String, primary_key=True),
    Column("version", Integer),  # of an audience, as it was saved
)

SCHEDULE_RUNS = Table(
    "schedule_runs",
    METADATA,
    Column("schedule", String, primary_key=True),
    Column("due", String, primary_key=True),  # in UTC; a time is noted once
    Column("fate", String, nullable=False),  # asked, missed, overlapped, nothing
    Column("job", Integer),
    Column("at", String, nullable=False),
)

ASIDE = "aside/"


def _without(value: Any, who: Named) -> Any:
    """Return a value without every text in it that names a person, and without what it stood for."""
    marks = {*who.ids, *(s for s in who.spellings() if len(s) >= _TELLING)}

    def names(text: Any) -> bool:
        return isinstance(text, str) and any(m.casefold() in text.casefold() for m in marks)

    def pruned(part: Any) -> Any:
        if isinstance(part, dict):
            kept = {k: v for k, v in part.items() if not names(k) and not names(v)}
            return {k: pruned(v) for k, v in kept.items()}
        if isinstance(part, list):
            return [pruned(v) for v in part if not names(v)]
        return part

    return None if names(value) else pruned(value)


HOLDINGS = (
    Holding(ASIDE, "shelf"),
    Holding("jobs", "state"),
    Holding("uploads", "state"),
    Holding("preferences", "state", "ids", ("value",), "forget", _without),
    Holding("sample_parts", "state"),
    Holding("schedule_runs", "state"),
)
