"""Routes: connectors tried and pulled from, the secrets they use, and what runs by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response
from pydantic import BaseModel, Field

from qunxiang import clock
from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.api.jobs import JobAnswer, JobsOf, TellerOf
from qunxiang.app import REFRESH, Fate, Pulls, ScheduleDefinition, Schedules, list_times
from qunxiang.catalog import Name, read_definition
from qunxiang.sources import ConnectorDefinition, MappingDefinition, list_templates

router = APIRouter(tags=["connectors"])
_SHOWN = 20
_COMING = 5


class ConnectorAnswer(BaseModel):
    """A connector and how far it has come; null where nothing was pulled yet."""

    definition: ConnectorDefinition
    imports: int
    rows: int
    cursor: str | None
    pulled_at: datetime | None


class TriedAnswer(BaseModel):
    """What a connector would bring: the first rows, and what their columns are taken to mean.

    `known` says that the mapping was used before; `files` lie ready in a watched folder.
    """

    columns: list[str]
    rows: list[dict[str, str | None]]
    mapping: MappingDefinition
    known: bool
    files: list[str]


class PullAsk(BaseModel):
    """How to pull: whether everything is read anew, and whether a refresh follows if anything came."""

    anew: bool = False
    then_refresh: bool = False


class SecretAnswer(BaseModel):
    """A secret, without itself."""

    name: str
    author: str
    at: datetime


class NewSecret(BaseModel):
    """A password or token, to be kept sealed."""

    value: str = Field(min_length=1, max_length=20_000)


class RunAnswer(BaseModel):
    """A time that came of a schedule, what became of it, and the number of its job."""

    due: datetime
    fate: Fate
    job: int | None


class ScheduleAnswer(BaseModel):
    """A schedule, the time zone it is read in, its last run and its next five."""

    definition: ScheduleDefinition
    zone: str
    last: RunAnswer | None
    next: list[datetime]


class HistoryAnswer(BaseModel):
    """An import that a pull brought.

    `rows` landed, or, of a withdrawal, were `withdrawn` because they are gone where they came from;
    `cursor` is how far it reached, `file` which file of a folder it is.
    """

    number: int
    at: datetime
    author: str
    status: str
    rows: int
    bad_rows: int
    withdrawn: int
    cursor: str | None
    file: str | None


class TimesAsk(BaseModel):
    """A cron expression, and the time zone it is read in; the workspace's if none."""

    cron: str = Field(max_length=200)
    zone: str | None = None


class TimesAnswer(BaseModel):
    """The time zone an expression is read in, and the next five times that come of it."""

    zone: str
    next: list[datetime]


class TemplateAnswer(BaseModel):
    """Columns of an export that are known by the system that writes it."""

    name: str
    zh: str
    en: str
    rows: str
    columns: dict[str, str]


@router.get("/connectors")
def list_connectors(caller: CallerOf, house: HouseOf) -> list[ConnectorAnswer]:
    """List the connectors and how far each has come."""
    caller.require("read")
    states = Pulls(house).states()
    return [ConnectorAnswer.model_validate(s, from_attributes=True) for s in states]


@router.get("/connectors/{name}/pulls")
def list_pulls(name: str, caller: CallerOf, house: HouseOf) -> list[HistoryAnswer]:
    """List what the pulls of a connector brought, newest first, and what they found to be gone."""
    caller.require("read")
    house.catalog.get(ConnectorDefinition, name)
    return [
        HistoryAnswer(
            number=one.number,
            at=datetime.fromisoformat(one.at),
            author=one.author,
            status=one.status,
            rows=0 if one.withdraws else one.rows,
            bad_rows=one.bad_rows,
            withdrawn=sum(one.withdraws.values()),
            cursor=note.cursor,
            file=None if note.file is None else note.file.split("|")[0],
        )
        for one, note in Pulls(house).history(name)
    ]


@router.post("/connectors/{name}/test")
def try_connector(
    name: str,
    caller: CallerOf,
    house: HouseOf,
    body: Annotated[
        dict[str, Any] | None,
        Body(description="A connector that is not saved yet; by default the one of this name."),
    ] = None,
) -> TriedAnswer:
    """Connect, and show columns and first rows; nothing is saved."""
    caller.require("import")
    if body is None:
        definition = house.catalog.get(ConnectorDefinition, name)
    else:
        definition = read_definition(ConnectorDefinition, body | {"name": name})
    tried = Pulls(house).try_out(definition, caller)
    return TriedAnswer(
        columns=tried.look.sample.schema.names,
        rows=tried.look.sample.slice(0, _SHOWN).to_pylist(),
        mapping=tried.look.mapping,
        known=tried.look.known,
        files=list(tried.files),
    )


@router.post("/connectors/{name}/pull")
def pull(
    name: str,
    asked: PullAsk,
    caller: CallerOf,
    jobs: JobsOf,
    teller: TellerOf,
    response: Response,
) -> JobAnswer:
    """Land what is new since the last pull, as a job."""
    caller.require("import")
    if asked.then_refresh:
        caller.require("refresh")
    job = jobs.ask("pull", caller, {"connector": name, **asked.model_dump()})
    return teller.tell(job, response)


@router.get("/secrets")
def list_secrets(caller: CallerOf, house: HouseOf) -> list[SecretAnswer]:
    """List the names of the secrets that are kept, never the secrets."""
    caller.require("admin")
    return [SecretAnswer.model_validate(k, from_attributes=True) for k in house.keychain.all()]


@router.put("/secrets/{name}", status_code=204)
def put_secret(
    name: Annotated[Name, Path()], secret: NewSecret, caller: CallerOf, house: HouseOf
) -> None:
    """Keep a password or token of another system, sealed, in place of any before it."""
    caller.require("admin")
    house.keychain.put(name, secret.value, caller)
    house.audit.note(caller.name, "set secret", name=name)


@router.delete("/secrets/{name}", status_code=204)
def drop_secret(name: str, caller: CallerOf, house: HouseOf) -> None:
    """Forget a secret."""
    caller.require("admin")
    house.keychain.drop(name, caller)
    house.audit.note(caller.name, "drop secret", name=name)


@router.get("/schedules")
def list_schedules(caller: CallerOf, house: HouseOf, jobs: JobsOf) -> list[ScheduleAnswer]:
    """List what runs by itself, with the last run of each and the next five."""
    caller.require("read")
    states = Schedules(house, jobs).states()
    return [ScheduleAnswer.model_validate(s, from_attributes=True) for s in states]


@router.post("/schedules/times")
def list_schedule_times(asked: TimesAsk, caller: CallerOf, house: HouseOf) -> TimesAnswer:
    """Say when a cron expression comes true next, of a schedule that is not saved yet, too."""
    caller.require("read")
    body = {"name": "asked", "runs": REFRESH, **asked.model_dump()}
    schedule = read_definition(ScheduleDefinition, body)
    zone = house.settings.time_zone
    return TimesAnswer(
        zone=asked.zone or zone, next=list_times(schedule, clock.now(), zone, _COMING)
    )


@router.get("/schedules/{name}/runs")
def list_schedule_runs(
    name: str, caller: CallerOf, house: HouseOf, jobs: JobsOf
) -> list[RunAnswer]:
    """List the last times that came of a schedule, newest first, and what became of each."""
    caller.require("read")
    house.catalog.get(ScheduleDefinition, name)
    runs = Schedules(house, jobs).runs(name)
    return [RunAnswer.model_validate(r, from_attributes=True) for r in runs]


@router.get("/templates")
def get_templates(caller: CallerOf) -> list[TemplateAnswer]:
    """List the exports whose columns are known by the system that writes them."""
    caller.require("read")
    return [TemplateAnswer.model_validate(t, from_attributes=True) for t in list_templates()]
