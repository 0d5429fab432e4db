"""How a request names people: one by one, by a rule or audience, or by an uploaded file's column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Form, UploadFile
from pydantic import BaseModel, Field

from qunxiang.api.callers import HouseOf
from qunxiang.api.jobs import JobsOf
from qunxiang.app import Change, House, Match, Matches, Questions
from qunxiang.errors import Lang, QunxiangError
from qunxiang.governance import Caller

Column = Annotated[
    str | None,
    Form(description="The column with the identifiers; may be left out if there is one."),
]
By = Annotated[
    str | None, Form(description="The identifiers' type; left out, the one that finds most.")
]
_TOLD = 100


class Named(BaseModel):
    """People: identifiers' values, or a rule (text or tree), or a saved audience."""

    people: list[str] = Field(default=[], max_length=10_000)
    rule: str | dict[str, Any] | None = None
    audience: str | None = None

    def given(self) -> int:
        """Return in how many ways people are named."""
        return bool(self.people) + (self.rule is not None) + (self.audience is not None)


class UnknownName(BaseModel):
    """A name that is of no use, where it stands, and why."""

    row: str | None
    name: str | None
    reason: str


class ChangeAnswer(BaseModel):
    """What a change by hand did; `unknown_names` are the first of the `unknown`, with reasons.

    Rules see the change of a list at once; tags and the members of audiences after the next refresh.
    """

    name: str
    by: str
    names: int
    people: int
    changed: int
    unknown: int
    count: int
    unknown_names: list[UnknownName]


def match_named(named: Named, house: House, caller: Caller) -> Match:
    """Return whom a request names."""
    if named.given() != 1:
        raise QunxiangError(
            "api.invalid", where="people", reason="one of people, rule and audience is needed"
        )
    matches = Matches(house)
    if named.people:
        return matches.of_names(named.people)
    asked = Questions(house, caller)
    if named.audience is not None:
        return matches.of_people(asked.audience(named.audience), f"audience {named.audience}")
    assert named.rule is not None
    return matches.of_people(asked.people(named.rule), "rule")


class Uploads:
    """Finds the people that an uploaded file names."""

    def __init__(self, house: HouseOf, jobs: JobsOf) -> None:
        self._house = house
        self._jobs = jobs

    def match(
        self, file: UploadFile, column: str | None, by: str | None, also: Sequence[str] = ()
    ) -> Match:
        """Return whom a column of the file names."""
        with self._jobs.uploads.receive(file.filename or "upload", file.file) as path:
            return Matches(self._house).of_file(path, column, by=by, also=also)


UploadsOf = Annotated[Uploads, Depends(Uploads)]


def change_answer(done: Change, match: Match, lang: Lang) -> ChangeAnswer:
    """Return a change by hand as it is sent."""
    left = match.unknown(lang).slice(0, _TOLD).to_pylist()
    told = [UnknownName.model_validate(each) for each in left]
    return ChangeAnswer(**vars(done), unknown_names=told)
