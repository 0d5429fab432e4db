"""What a tracking plan refuses at the door: one message at a time, before it is kept.

Most messages keep to the plan, which a few comparisons of texts can tell. Whatever they cannot
tell is judged by the same columns as everywhere else, so that the door never says otherwise.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

import polars as pl

from qunxiang.catalog import PlannedProperty
from qunxiang.cleaning.messages import list_cells
from qunxiang.cleaning.recipes import Options
from qunxiang.cleaning.rulebook import Definitions, Rules, find_plan
from qunxiang.cleaning.wording import CONTEXT, PROPERTY, Words
from qunxiang.sources import Message, plain

_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,4})?")
_WHOLE = re.compile(r"-?\d{1,12}")
_MOST_WORDS = 10_000  # of clients that are remembered


@dataclass
class _Event:
    """An event as the door knows it: what is planned under each word of a client, and is asked for."""

    name: str
    names: frozenset[str]
    words: Words
    planned: dict[str, PlannedProperty]
    required: frozenset[str]
    closed: bool  # properties that are not planned are refused
    columns: dict[str, PlannedProperty | None] = field(
        default_factory=dict[str, PlannedProperty | None]
    )

    def find(self, column: str) -> PlannedProperty | None:
        """Return what is planned for a column of a message."""
        if column not in self.columns:
            if len(self.columns) >= _MOST_WORDS:
                self.columns.clear()
            called = self.words.all(column[len(PROPERTY) :])
            found = next((self.planned[w] for w in sorted(called) if w in self.planned), None)
            self.columns[column] = found
        return self.columns[column]


class Door:
    """What the plan for one source refuses."""

    def __init__(self, definitions: Definitions, rules: Rules) -> None:
        self._rules = rules
        self._definitions = definitions
        self._events: dict[str, _Event | None] = {}

    def refuses(self, said: Message) -> str:
        """Return why a message is refused, as `plan.range purchase.amount`; '' if it is not."""
        if said.kind != "event":
            return ""
        event = self._event(said.event)
        if event is None:
            return ""
        rows = list_cells(event.name, said)
        if all(self._is_plainly_good(event, cells) for cells in rows):
            return ""
        return self._judge(event, rows)

    def judge(self, said: Message) -> str:
        """Say the same as `refuses`, by the columns alone."""
        event = self._event(said.event)
        return "" if event is None else self._judge(event, list_cells(event.name, said))

    def _event(self, word: str) -> _Event | None:
        """Return an event as it is planned; None where nothing of it can be refused."""
        if word not in self._events:
            if len(self._events) >= _MOST_WORDS:
                self._events.clear()
            self._events[word] = self._find(word)
        return self._events[word]

    def _find(self, word: str) -> _Event | None:
        gate = self._rules.gate
        assert gate is not None
        asked = self._rules.renames.get(plain(word), word)
        name = self._definitions.find(asked)
        names, words = self._rules.names(name), self._rules.words(name)
        planned = gate.find(names)
        if gate.accepts(names):
            return None
        if planned is None:
            refused = gate.plan.unknown_event == "refuse"
            return (
                _Event(name, names, words, {}, frozenset({"\0"}), closed=True) if refused else None
            )
        properties = {w: p for p in planned.properties for w in words.all(p.name)}
        required = frozenset(p.name for p in planned.properties if p.required)
        closed = (planned.unknown_property or gate.plan.unknown_property) == "refuse"
        return _Event(name, names, words, properties, required, closed)

    def _is_plainly_good(self, event: _Event, cells: dict[str, str | None]) -> bool:
        if self._rules.fixes:
            return False  # what the message will be only the columns can tell
        missing = set(event.required)
        met: set[str] = set()
        for column, text in cells.items():
            prop = event.find(column)
            if prop is None:
                if event.closed and text is not None and not column.startswith(CONTEXT):
                    return False
            elif prop.name in met or not _is_good(prop, text):
                return False
            else:
                met.add(prop.name)
                missing.discard(prop.name)
        return not missing

    def _judge(self, event: _Event, rows: list[dict[str, str | None]]) -> str:
        names = dict.fromkeys(n for cells in rows for n in cells)
        told = {n: [c.get(n) for c in rows] for n in names} or {"\0": [None] * len(rows)}
        frame = pl.DataFrame(told, schema=dict.fromkeys(told, pl.String))
        for broken in self._rules.violations(event.name, frame):
            if broken.action == "refuse" and broken.hit.any():
                where = f"{event.name}.{broken.word}" if broken.word else event.name
                return f"{broken.code} {where}"
        return ""


def _is_good(prop: PlannedProperty, text: str | None) -> bool:
    """Say whether a text is surely as planned."""
    if text is None or not text or text != text.strip() or prop.pattern is not None:
        return False
    if prop.max_length is not None and len(text) > prop.max_length:
        return False
    if prop.choices and text not in prop.choices:
        return False
    match prop.value:
        case None | "text":
            return True
        case "yesno":
            return text in {"true", "false"}
        case "number" | "money" | "integer":
            if not (_WHOLE if prop.value == "integer" else _NUMBER).fullmatch(text):
                return False
            low, high = prop.min, prop.max
            number = float(text)
            return (low is None or number >= low) and (high is None or number <= high)
        case _:
            return False


class Doors:
    """The doors of all sources."""

    def __init__(self, definitions: Definitions, options: Options, today: dt.date) -> None:
        self._definitions = definitions
        self._options = options
        self._today = today
        self._of: dict[str, Door | None] = {}

    def of(self, source: str) -> Door | None:
        """Return the door of a source; None where nothing is refused."""
        if source not in self._of:
            self._of[source] = self._open(source)
        return self._of[source]

    def _open(self, source: str) -> Door | None:
        plan = find_plan(self._definitions.plans, source)
        if plan is None or not plan.refuses():
            return None
        rules = self._definitions.rules(source, self._today, self._options)
        return None if rules is None or rules.gate is None else Door(self._definitions, rules)
