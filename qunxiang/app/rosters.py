"""Saved audiences as people look after them: their size, their changes, and what is out of date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from qunxiang.app.definitions import save_definition
from qunxiang.app.house import House
from qunxiang.app.questions import Questions
from qunxiang.app.redactions import make_redactor
from qunxiang.app.refresh import last_instant
from qunxiang.app.uses import find_uses
from qunxiang.audiences import AudienceDefinition, Cause, Refreshed
from qunxiang.catalog import Expected
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.language import Label, Rule, When, describe, write

_TOLD = 1_000


@dataclass(frozen=True)
class AudienceState:
    """An audience and what its last refresh found; `stale` says that it was changed since."""

    name: str
    zh: str
    en: str
    description: str
    owner: str
    version: int
    author: str
    at: str
    count: int | None
    share: float | None
    as_of: str | None
    entered: int | None
    left: int | None
    refreshed_version: int | None
    stale: bool
    uses: int


@dataclass(frozen=True)
class AudienceDetail(AudienceState):
    """An audience with its rule; personal values in it are masked for those who may not see them."""

    rule: Rule
    text: Label
    sentence: Label


@dataclass(frozen=True)
class AudienceChanges:
    """Who entered and who left at a refresh: how many, and the public ids of the first thousand."""

    as_of: str
    entered_count: int
    left_count: int
    entered: list[str]
    left: list[str]


@dataclass(frozen=True)
class MoveTold:
    """Who entered and who left at one moment: how many, and the public ids of the first thousand."""

    number: int
    at: datetime
    cause: Cause
    entered_count: int
    left_count: int
    entered: list[str]
    left: list[str]


class Rosters:
    """Everything that is done with saved audiences."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house = house
        self._caller = caller

    def all(self) -> list[AudienceState]:
        """Return every audience in force."""
        return list(self._states().values())

    def show(self, name: str) -> AudienceDetail:
        """Return one audience with its rule."""
        audience = self._house.catalog.get(AudienceDefinition, name)
        audience = make_redactor(self._house, self._caller)(audience)
        schema = self._house.schema()
        return AudienceDetail(
            **vars(self._states()[name]),
            rule=audience.rule,
            text=Label(write(audience.rule, "zh"), write(audience.rule, "en")),
            sentence=Label(
                describe(audience.rule, schema, "zh"), describe(audience.rule, schema, "en")
            ),
        )

    def _states(self) -> dict[str, AudienceState]:
        house = self._house
        refreshed, stored = house.audiences.newest(), house.catalog.newest(AudienceDefinition)
        uses, total = find_uses(house.catalog), house.people.people.count()
        out: dict[str, AudienceState] = {}
        for name, audience in house.catalog.all(AudienceDefinition).items():
            kept, last = stored[name], refreshed.get(name)
            out[name] = AudienceState(
                name,
                audience.zh,
                audience.en,
                audience.description,
                audience.owner,
                kept.version,
                kept.author,
                kept.at,
                last and last.count,
                last.count / total if last and total else None,
                last and last.as_of,
                last and last.entered,
                last and last.left,
                last and last.version,
                last is None or last.version != kept.version,
                len(uses.get(("audiences", name), ())),
            )
        return out

    # ── saved ────────────────────────────────────────────────────────────────────────────────────

    def save(
        self,
        name: str,
        said: str | dict[str, object] | Rule,
        expected: Expected | None = None,
        **labels: str,
    ) -> AudienceDetail:
        """Check a rule, keep it under a name, and count its members as of the last refresh.

        Members wait for the next refresh (`stale`) where there was none yet, or one is going on.

        Args:
            name: the audience.
            said: its rule, as text or tree.
            expected: the version it is to follow; None for whatever is in force.
            **labels: zh, en and description.
        """
        self._caller.require("define")
        before = self._house.catalog.all(AudienceDefinition).get(name)
        audience = AudienceDefinition(
            name=name,
            rule=Questions(self._house, self._caller).rule(said)[0],
            owner=self._caller.name if before is None else before.owner,
            **labels,
        )
        save_definition(self._house, self._caller, audience, expected)
        self._gather(name)
        return self.show(name)

    def _gather(self, name: str) -> None:
        """Evaluate an audience as of the instant of all the others, if nobody else is writing."""
        instant = last_instant(self._house)
        if instant is None:
            return
        when = When(instant, self._house.settings.time_zone)
        try:
            with self._house.exclusive():
                self._house.audiences.refresh_one(name, when, self._house.memory)
        except QunxiangError as error:
            if error.code not in {"app.busy", "profiles.audience_not_refreshed"}:
                raise

    # ── over time ────────────────────────────────────────────────────────────────────────────────

    def history(self, name: str) -> list[Refreshed]:
        """Return an audience's refreshes, newest first."""
        return self._house.audiences.history(name)

    def moves(self, name: str, after: int = 0, limit: int = 100) -> list[MoveTold]:
        """Return who entered and left behind a move, oldest first, up to a thousand of each.

        Raises:
            QunxiangError: catalog.not_found, where there never was such an audience.
        """
        self._house.audiences.history(name)
        return [
            MoveTold(
                m.number,
                m.at,
                m.cause,
                len(m.entered),
                len(m.left),
                _first(m.entered),
                _first(m.left),
            )
            for m in self._house.moves.read(name, after, limit)
        ]

    def changes(self, name: str, as_of: str | None = None) -> AudienceChanges:
        """Return who entered and left at a refresh, the last one if not said which.

        Raises:
            QunxiangError: audiences.no_refresh.
        """
        history = self._house.audiences.history(name)
        when = as_of or (history[0].as_of if history else "")
        entered, left = self._house.audiences.changes(name, when)
        return AudienceChanges(when, len(entered), len(left), _first(entered), _first(left))


def _first(ids: pa.Array) -> list[str]:
    return ids.slice(0, _TOLD).to_pylist()
