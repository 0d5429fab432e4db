"""The first page of a workspace: what there is, what is new, what waits to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qunxiang import clock
from qunxiang.app.figures import Figures, FiguresOf
from qunxiang.app.house import House
from qunxiang.app.jobs import Job, Jobs
from qunxiang.app.refresh import Refresh, last_instant
from qunxiang.app.setaside import SetAside
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import SourceDefinition
from qunxiang.sources import Import
from qunxiang.tags import TagDefinition, starter_tags

_RECENT = timedelta(days=7)
_MOST = 5
_LOOKED_AT = 200  # jobs
_OF_THE_WHOLE = frozenset({"refresh", "rebuild"})  # one that is done makes up for those before it


@dataclass(frozen=True)
class SourceState:
    """A source: how much of it is in force, and how new it is."""

    name: str
    zh: str
    en: str
    imports: int
    rows: int
    bad_rows: int
    last_import_at: datetime
    newest_event_at: datetime | None


@dataclass(frozen=True)
class HomeState:
    """Everything the first page tells, but for the sample."""

    as_of: datetime | None
    stale: bool
    records: int
    figures: Figures | None
    sources: tuple[SourceState, ...]
    attention: tuple[Job, ...]
    set_aside: int
    done: dict[str, bool]


class Home:
    """Gathers what the first page tells."""

    def __init__(self, house: House, jobs: Jobs) -> None:
        self._house = house
        self._jobs = jobs
        self._figures = FiguresOf(house)

    def show(self) -> HomeState:
        """Return the state of the workspace."""
        house = self._house
        landed, as_of = house.sources.landed(), last_instant(house)
        figures = None if as_of is None else self._figures.at(as_of)
        aside = SetAside(house).counts()
        return HomeState(
            as_of=as_of,
            stale=bool(Refresh(house, as_of).pending()) if as_of is not None else bool(landed),
            records=sum(i.rows for i in landed),
            figures=figures,
            sources=self._sources(landed, figures),
            attention=self._attention(),
            set_aside=sum(aside[i.number].rows for i in landed if i.number in aside),
            done=self._done(landed, as_of, figures),
        )

    def _sources(
        self, landed: Sequence[Import], figures: Figures | None
    ) -> tuple[SourceState, ...]:
        known = self._house.catalog.all(SourceDefinition)
        newest = figures.newest if figures is not None else {}
        out: list[SourceState] = []
        for name in sorted({i.source for i in landed}):
            mine = [i for i in landed if i.source == name]
            told = known.get(name, SourceDefinition(name=name))
            state = SourceState(
                name=name,
                zh=told.zh or name,
                en=told.en or name,
                imports=len(mine),
                rows=sum(i.rows for i in mine),
                bad_rows=sum(i.bad_rows for i in mine),
                last_import_at=max(datetime.fromisoformat(i.at) for i in mine),
                newest_event_at=newest.get(name),
            )
            out.append(state)
        return tuple(out)

    def _attention(self) -> tuple[Job, ...]:
        """Return the jobs that failed lately and that nothing has made up for."""
        since = (clock.now() - _RECENT).isoformat()
        out: list[Job] = []
        made_up = False
        for job in self._jobs.newest(_LOOKED_AT):
            whole = job.what in _OF_THE_WHOLE
            made_up |= whole and job.status == "done"
            failed = job.status == "failed" and job.retried is None and job.at >= since
            if failed and not (whole and made_up):
                out.append(job)
        return tuple(out[:_MOST])

    def _done(
        self, landed: Sequence[Import], as_of: datetime | None, figures: Figures | None
    ) -> dict[str, bool]:
        """Return which steps of setting up are done, in their order."""
        tags, catalog = set(starter_tags()), self._house.catalog
        return {
            "owner": self._house.accounts.count() > 0,
            "data": bool(landed or self._house.stream.extent()),
            "refresh": as_of is not None,
            "portrait": figures is not None and figures.people > 0,
            "tag": any(tag not in tags for tag in catalog.all(TagDefinition).values()),
            "audience": bool(catalog.all(AudienceDefinition)),
        }
