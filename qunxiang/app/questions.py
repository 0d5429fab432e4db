"""Ask: who satisfies a rule, how many, why, and what they are like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang import clock
from qunxiang.app.house import House
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import FieldDefinition
from qunxiang.cleaning import respell
from qunxiang.engine import Bits, combine, hash_strings, rank
from qunxiang.errors import LanguageError
from qunxiang.governance import Caller, mask
from qunxiang.identity import write_ids
from qunxiang.insights import Portrait, draw
from qunxiang.language import Evaluator, Layered, Reason, Rule, Step, When, check, load, locate

_PAGE = 65_536
_SAMPLE = "sample"


@dataclass(frozen=True)
class Count:
    """How many people a rule holds for, of how many, and how its conditions narrow."""

    count: int
    total: int
    as_of: datetime
    steps: Step
    warnings: tuple[LanguageError, ...]


@dataclass(frozen=True)
class Order:
    """By which column people stand in order; those of whom it is not known come last either way."""

    by: str
    descending: bool = False


class Questions:
    """Everything that is asked of the people, by whoever asks."""

    def __init__(self, house: House, caller: Caller, as_of: datetime | None = None) -> None:
        caller.require("read")
        self._house, self._now = house, house.now
        self._caller = caller
        self.when = When(as_of or clock.now(), house.settings.time_zone)

    # ── rules ────────────────────────────────────────────────────────────────────────────────────

    def rule(self, said: str | dict[str, object] | Rule) -> tuple[Rule, tuple[LanguageError, ...]]:
        """Return a checked rule, from text or tree, in the spelling that is stored, and warnings."""
        limits = self._house.limits
        schema = self._house.schema(personal=self._caller.may("personal"))
        spans = None
        if isinstance(said, str):
            located = locate(said, limits)
            tree, spans = located.tree, located.spans
        else:
            tree = load(said, limits) if isinstance(said, dict) else said
        named = check(tree, schema, limits, spans).tree
        fields = self._house.catalog.all(FieldDefinition)
        checked = check(respell(named, fields, self._house.settings), schema, limits, spans)
        return checked.tree, tuple(checked.warnings)

    def count(self, said: str | dict[str, object] | Rule) -> Count:
        """Return how many people a rule holds for, with the waterfall of its conditions."""
        rule, warnings = self.rule(said)
        asked = self._evaluator()
        steps, total = asked.waterfall(rule), asked.total()
        return Count(steps.alone, total, self.when.as_of, steps, warnings)

    def people(self, said: str | dict[str, object] | Rule) -> Bits:
        """Return the set of people a rule holds for."""
        return self._evaluator().people(self.rule(said)[0])

    def why(self, said: str | dict[str, object] | Rule, person: int) -> Reason:
        """Return, condition by condition, why a person is in or not."""
        return self._evaluator().why(self.rule(said)[0], person)

    def _evaluator(self) -> Evaluator | Layered:
        return self._now.evaluator(self.when)

    # ── members ──────────────────────────────────────────────────────────────────────────────────

    def members(
        self,
        people: Bits,
        columns: Sequence[str] = (),
        *,
        limit: int | None = None,
        offset: int = 0,
        order: Order | None = None,
    ) -> pa.Table:
        """Return people as a table: public id, then the columns asked for, masked by right.

        Args:
            people: whom.
            columns: names or labels of fields, scores and tags.
            limit: how many at most.
            offset: how many to pass over first.
            order: by which column; None for the order in which they came to be known.

        Raises:
            LanguageError: language.field_hidden, for an order that would tell what is masked.
        """
        named = self._named(columns)
        numbers = people.people() if order is None else self._in_order(people, order)
        numbers = numbers[offset : None if limit is None else offset + limit]
        return pa.Table.from_batches([self._rows(numbers, named)])

    def sample(
        self, people: Bits, columns: Sequence[str] = (), *, size: int = 20, seed: str = ""
    ) -> pa.Table:
        """Return some of the people, chosen at random, and the same ones for the same seed."""
        numbers = people.people()
        ids = self._now.people.public_ids(numbers)
        salt = hash_strings(pa.array([_SAMPLE + seed], pa.string()))
        drawn = np.argsort(combine([ids, np.repeat(salt, ids.size)]), kind="stable")[:size]
        return pa.Table.from_batches([self._rows(numbers[drawn], self._named(columns))])

    def _in_order(self, people: Bits, order: Order) -> NDArray[np.int64]:
        name = self._named([order.by])[order.by]
        if name in self._masked():
            raise LanguageError("language.field_hidden", name=name)
        numbers, column = people.people(), self._now.people.column(name)
        if column is None:
            return numbers
        return numbers[rank(column.take(numbers), descending=order.descending)]

    def pages(self, people: Bits, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield people in pages, for an export in bounded memory."""
        numbers, named = people.people(), self._named(columns)
        for begin in range(0, max(1, numbers.size), _PAGE):
            yield self._rows(numbers[begin : begin + _PAGE], named)

    def _named(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the field, score or tag each column asked for is, by its name or a label.

        Raises:
            LanguageError: language.field_unknown, with the nearest names; language.name_ambiguous.
        """
        if not columns:
            return {}
        schema = self._house.schema()
        return {said: schema.find_field(said).name for said in columns}

    def _rows(self, numbers: NDArray[np.int64], columns: Mapping[str, str]) -> pa.RecordBatch:
        world, masked = self._now.people, self._masked()
        data: dict[str, pa.Array] = {"person": write_ids(world.public_ids(numbers))}
        for said, name in columns.items():
            column = world.column(name)
            values = (
                pa.nulls(numbers.size, pa.string())
                if column is None
                else column.take(numbers).arrow()
            )
            field = masked.get(name)
            data[said] = values if field is None else mask(values, field)
        return pa.RecordBatch.from_pydict(data)

    def _masked(self) -> dict[str, FieldDefinition]:
        """Return which columns to mask for this caller, and how."""
        return {} if self._caller.may("personal") else self._house.masked_columns()

    # ── group portraits ──────────────────────────────────────────────────────────────────────────

    def portrait(self, group: Bits, names: Sequence[str] = ()) -> list[Portrait]:
        """Return what a group is like next to everybody, in each tag, score and plain field.

        Raises:
            LanguageError: language.field_hidden, for a column whose values the caller may not see;
                language.field_unknown, with the nearest names.
        """
        world = self._now.people
        chosen = list(self._named(names).values())
        for name in self._masked().keys() & set(chosen):
            raise LanguageError("language.field_hidden", name=name)
        drawn: list[Portrait] = []
        for name in chosen or self._portrait_names():
            column = world.column(name)
            empty = Portrait(name, 0, 0.0, 0, 0.0)  # nobody has it yet
            drawn.append(empty if column is None else draw(name, column, group, world.people))
        return drawn

    def _portrait_names(self) -> list[str]:
        """Return every column worth showing of a group: none that names or reaches a person."""
        world = self._now.people
        hidden = self._house.masked_columns()
        out: list[str] = []
        for name in world.columns():
            column = world.column(name)
            few = column is not None and (
                column.kind not in {"text", "texts"} or len(column.words) <= 1_000
            )
            if few and name not in hidden:
                out.append(name)
        return out

    # ── audiences ────────────────────────────────────────────────────────────────────────────────

    def save_audience(
        self, name: str, said: str | dict[str, object] | Rule, **labels: str
    ) -> AudienceDefinition:
        """Check a rule and keep it under a name; members come with the next refresh."""
        self._caller.require("define")
        audience = AudienceDefinition(
            name=name, rule=self.rule(said)[0], owner=self._caller.name, **labels
        )
        self._house.audiences.check_order(audience)
        self._house.catalog.save(audience, author=self._caller.name)
        self._house.audit.note(self._caller.name, "save definition", kind="audience", name=name)
        return audience

    def audience(self, name: str) -> Bits:
        """Return the people in a saved audience as of now."""
        saved = self._house.catalog.get(AudienceDefinition, name)
        return self._evaluator().people(saved.rule)

    def everybody(self) -> Bits:
        """Return all living people."""
        return self._now.people.people
