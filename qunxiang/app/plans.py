"""Tracking plans: proposed from what has come, tried on it, and checked before they are in force."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.app.seen import MOST_TOP, EventSeen, PropertySeen, see_events, see_properties
from qunxiang.catalog import (
    EventDefinition,
    PlanDefinition,
    PlannedEvent,
    PlannedProperty,
    PlannedType,
)
from qunxiang.cleaning import PlanTrial
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.sources import field_name

MOST_ROWS = 1_000_000
_TYPES: tuple[str, ...] = get_args(PlannedType)
_ENOUGH = 50  # rows of an event, before anything is taken for a rule
_OFTEN = 10  # rows for each distinct value, before they are taken for all there are


class Plans:
    """Proposes and tries tracking plans."""

    def __init__(self, house: House) -> None:
        self._house = house

    def propose(self, source: str, caller: Caller) -> PlanDefinition:
        """Return a plan that what has come from a source keeps to.

        Types are those of the catalog. A property is required if every row has it, bounded below
        by 0 if no number is less, and has choices if its few values come again and again.

        Raises:
            QunxiangError: app.nothing_seen, if no events have come from it.
        """
        caller.require("read")
        seen = [e for e in see_events(self._house) if e.source == source]
        if not seen:
            raise QunxiangError("app.nothing_seen", source=source)
        events = tuple(self._propose_event(one, caller) for one in seen)
        name = f"{field_name(source)}_plan"
        return PlanDefinition(
            name=name,
            zh=f"{source} 埋点方案",
            en=f"Plan for {source}",
            sources=(source,),
            events=events,
        )

    def _propose_event(self, one: EventSeen, caller: Caller) -> PlannedEvent:
        event = self._house.catalog.get(EventDefinition, one.event)
        shown = see_properties(self._house, caller, one.source, one.event)
        personal = {p.name for p in event.properties if p.personal != "none"}
        planned = tuple(
            _propose_property(p, one.rows, personal=p.name in personal) for p in shown if p.filled
        )
        return PlannedEvent(event=one.event, properties=planned)

    def try_out(self, plan: PlanDefinition, days: int, caller: Caller) -> PlanTrial:
        """Say what a plan would have done to what came within the last days, changing nothing.

        To whoever lacks the right `personal` it shows no values.
        """
        caller.require("read")
        check_plan(self._house, plan)
        since = clock.now().astimezone(dt.UTC).date() - dt.timedelta(days)
        trial = self._house.cleaning.rehearsal().try_plan(plan, since, MOST_ROWS)
        if not caller.may("personal"):
            trial.examples = dict.fromkeys(trial.examples, ())
        return trial


def _propose_property(seen: PropertySeen, rows: int, *, personal: bool) -> PlannedProperty:
    value = seen.value if seen.value in _TYPES else "text"
    more: dict[str, Any] = {}
    if value in {"number", "integer", "money"} and seen.least is not None:
        more["min"] = 0 if float(seen.least) >= 0 else None
    # A value that stands for few rows may yet have others beside it that have not come so far.
    few = len(seen.top) < MOST_TOP and len(seen.top) * _OFTEN <= seen.filled
    if value == "text" and few and not personal and seen.filled >= _ENOUGH:
        more["choices"] = tuple(sorted(seen.top))
    # What is worked out from other properties need not be sent.
    required = seen.filled == rows >= _ENOUGH and seen.name != "amount"
    return PlannedProperty.model_validate(
        {"name": seen.name, "value": value, "required": required, **more}
    )


def check_plan(house: House, plan: PlanDefinition) -> PlanDefinition:
    """Return a plan with the day from which it is in force.

    Raises:
        QunxiangError: app.plans_overlap, if another plan covers one of its sources.
    """
    mine = set(plan.sources)
    for other in house.catalog.all(PlanDefinition).values():
        both = mine & set(other.sources)
        if other.name != plan.name and (both or (not mine and not other.sources)):
            covered = ", ".join(sorted(both)) or "*"
            raise QunxiangError("app.plans_overlap", name=other.name, sources=covered)
    if plan.since is not None:
        return plan
    before = house.catalog.all(PlanDefinition).get(plan.name)
    since = before.since if before is not None else clock.now().astimezone(dt.UTC).date()
    return plan.model_copy(update={"since": since})
