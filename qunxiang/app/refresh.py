"""Refresh: from landed rows to audiences, stage by stage, doing again only what must be.

Each stage has a stamp: a hash of everything it reads. A stage whose stamp is the one it last
finished under is passed over. Stamps are written after a stage has published, so a kill at any
point means that a stage runs once more, never that one is missed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.setaside import SetAside
from qunxiang.audiences import AudienceDefinition, Refreshed
from qunxiang.catalog import (
    Definition,
    EventDefinition,
    FieldDefinition,
    FixDefinition,
    IdentifierDefinition,
    ListDefinition,
    SourceDefinition,
)
from qunxiang.engine import write_durably
from qunxiang.language import When
from qunxiang.models import LifecycleDefinition, RfmDefinition
from qunxiang.sources import is_stream
from qunxiang.tags import TagDefinition

Stamp = str
_STAMPS, _INSTANT, _BEGAN, _READ = "stamps.json", "as_of", "began", "read"
_HALFWAY = "halfway"  # stands from the first stage that runs until the last has
_PINNED = "pinned"  # the instant was asked for: it is to stay
Tell = Callable[[str, int], None]


@dataclass(frozen=True)
class StageDone:
    """One stage of a refresh: how long it took, and whether it had anything to do."""

    stage: str
    seconds: float
    ran: bool


@dataclass(frozen=True)
class RefreshDone:
    """A refresh: its instant, its stages, and what became of each audience."""

    as_of: datetime
    people: int
    stages: tuple[StageDone, ...]
    audiences: tuple[Refreshed, ...]


class Refresh:
    """One run over the stages."""

    def __init__(
        self,
        house: House,
        as_of: datetime | None = None,
        tell: Tell = lambda _s, _n: None,
        *,
        pinned: bool | None = None,
    ) -> None:
        """Remember what to do.

        Args:
            house: the workspace.
            as_of: the instant of every answer; now if not given.
            tell: called with the stage and the rows done of it.
            pinned: whether a server is to tell people as of that instant until the next refresh,
                and not as of now; as if an instant is given, unless said.
        """
        self._pinned = as_of is not None if pinned is None else pinned
        self._house = house
        self._when = When(as_of or clock.now(), house.settings.time_zone)
        self._tell = tell
        self._audiences: tuple[Refreshed, ...] = ()
        self._path = house.engine / _STAMPS
        self._stamps = _read_stamps(house)

    def run(self) -> RefreshDone:
        """Run every stage that has something to do, in order."""
        began = clock.now().isoformat()
        with self._house.exclusive():
            done = tuple(self._stage(name, work, stamp) for name, work, stamp in self._stages())
            read = self._house.cleaning.stream().positions()
            self._stamps |= {_INSTANT: self._when.as_of.isoformat(), _BEGAN: began}
            self._stamps.pop(_HALFWAY, None)
            self._stamps[_PINNED] = self._pinned
            self._stamps[_READ] = {str(segment): records for segment, records in read.items()}
            self._keep_stamps()
            if any(stage.ran for stage in done):
                # Whoever asks next is told what this run found; whoever follows begins from it.
                self._house.present = None
        return RefreshDone(
            self._when.as_of, self._house.people.people.count(), done, self._audiences
        )

    def pending(self) -> list[str]:
        """Return the stages whose inputs have changed since they last ran."""
        return [name for name, _, stamp in self._stages() if self._is_stale(name, _hash(stamp()))]

    def _stages(self) -> tuple[tuple[str, Callable[[], object], Callable[[], Any]], ...]:
        return (
            ("clean", self._clean, self._landed),
            ("identity", self._resolve, self._sightings),
            ("timelines", self._timelines, self._events),
            ("portraits", self._portraits, self._fields),
            ("models", self._models, self._scored),
            ("tags", self._tags, self._tagged),
            ("audiences", self._gather, self._gathered),
        )

    def _is_stale(self, name: str, wanted: Stamp) -> bool:
        return self._stamps.get(name) != wanted

    def load(self) -> StageDone:
        """Run the first stage alone: landed rows become tidy ones."""
        with self._house.exclusive():
            return self._stage("clean", self._clean, self._landed)

    def repeat(self, name: str) -> None:
        """Have a stage run at the next refresh, whether or not what it reads has changed."""
        self._stamps.pop(name, None)
        self._keep_stamps()

    def _stage(self, name: str, work: Callable[[], object], stamp: Callable[[], Any]) -> StageDone:
        began = time.perf_counter()
        self._tell(name, 0)
        wanted = _hash(stamp())
        ran = self._is_stale(name, wanted)
        if ran:
            if name != "clean":  # which leaves what people read as it was
                self._stamps[_HALFWAY] = wanted
                self._keep_stamps()
            work()
            # Messages bring definitions along; whatever else is written meanwhile counts next time.
            self._stamps[name] = _hash(stamp()) if name == "clean" else wanted
            self._keep_stamps()
        return StageDone(name, time.perf_counter() - began, ran)

    def _keep_stamps(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(self._path, orjson.dumps(self._stamps))

    # ── what each stage does ─────────────────────────────────────────────────────────────────────

    def _clean(self) -> None:
        self._house.cleaning.refresh(lambda rows: self._tell("clean", rows))
        SetAside(self._house).publish()

    def _resolve(self) -> None:
        self._house.identity.resolve()

    def _timelines(self) -> None:
        self._house.profiles.draw_timelines()

    def _portraits(self) -> None:
        self._house.profiles.draw_portraits(self._house.sources.landed())

    def _models(self) -> None:
        self._house.models.refresh(self._when)

    def _tags(self) -> None:
        self._house.tags.refresh(self._when, self._house.memory)

    def _gather(self) -> None:
        self._audiences = tuple(self._house.audiences.refresh(self._when, self._house.memory))

    # ── what each stage reads ────────────────────────────────────────────────────────────────────

    def _defined(self, *classes: type[Definition]) -> list[Any]:
        catalog = self._house.catalog
        return [d.model_dump(mode="json") for cls in classes for d in catalog.all(cls).values()]

    @cached_property
    def _arrived(self) -> Any:
        """What had come in when this run began."""
        sources = self._house.sources
        imports = [(i.number, i.mends) for i in sources.landed() if not is_stream(i.shape)]
        mends = sorted(sources.mends.all().marks.items())
        return [imports, sorted(sources.undone_days()), sources.stream.extent(), mends]

    def _landed(self) -> Any:
        return [self._arrived, self._defined(FieldDefinition, EventDefinition, FixDefinition)]

    def _sightings(self) -> Any:
        return [self._stamps.get("clean"), self._defined(IdentifierDefinition)]

    def _events(self) -> Any:
        return [self._stamps.get("identity"), self._defined(EventDefinition), self._when.zone]

    def _fields(self) -> Any:
        return [self._stamps.get("identity"), self._defined(FieldDefinition, SourceDefinition)]

    def _scored(self) -> Any:
        return [
            self._stamps.get("timelines"),
            self._when.now,
            self._defined(RfmDefinition, LifecycleDefinition),
        ]

    def _tagged(self) -> Any:
        earlier = [
            self._stamps.get("portraits"),
            self._stamps.get("models"),
            self._house.hands.stamp(),
        ]
        return [*earlier, self._defined(TagDefinition, ListDefinition)]

    def _gathered(self) -> Any:
        return [self._stamps.get("tags"), self._defined(AudienceDefinition)]


def _hash(read: Any) -> Stamp:
    return hashlib.sha256(orjson.dumps(read, default=str)).hexdigest()


def _read_stamps(house: House) -> dict[str, Any]:
    path = house.engine / _STAMPS
    return orjson.loads(path.read_bytes()) if path.exists() else {}


def last_instant(house: House) -> datetime | None:
    """Return the instant the workspace was last brought up to, None if it never was."""
    if house.instant is not None:
        return house.instant
    told = _read_stamps(house).get(_INSTANT)
    return None if told is None else datetime.fromisoformat(told)


def is_whole(house: House) -> bool:
    """Say whether what people read is all of one refresh, none being half-way or broken off."""
    return _INSTANT in (stamps := _read_stamps(house)) and _HALFWAY not in stamps


def is_pinned(house: House) -> bool:
    """Say whether the last refresh was asked to be of an instant that is to stay."""
    return bool(_read_stamps(house).get(_PINNED, False))


def last_read(house: House) -> dict[int, int]:
    """Return how many records of each segment of the stream log the last refresh had read."""
    return {
        int(segment): records for segment, records in _read_stamps(house).get(_READ, {}).items()
    }


def last_begun(house: House) -> datetime | None:
    """Return when the last finished refresh began: it knows of nothing that was said later."""
    told = _read_stamps(house).get(_BEGAN)
    return None if told is None else datetime.fromisoformat(told)


def rebuild(
    house: House,
    as_of: datetime | None = None,
    tell: Tell = lambda _s, _n: None,
    *,
    pinned: bool | None = None,
) -> RefreshDone:
    """Make the engine anew from the landing log and the state store; it takes the old one's place."""
    with house.exclusive(), house.made_anew() as fresh:
        return Refresh(fresh, as_of, tell, pinned=pinned).run()
