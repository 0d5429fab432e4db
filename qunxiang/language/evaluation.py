"""From rule to people: each leaf gives a set, and all, any and not combine the sets.

A leaf's set is remembered under (leaf, version of the data it reads, instant), so that changing one
condition of a rule asks only that condition again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.engine import (
    AND,
    MINUS,
    OR,
    Bits,
    Column,
    Timeline,
    combine,
    combine_sets,
    count_combined,
    hash_strings,
)
from qunxiang.language.comparisons import prepare
from qunxiang.language.measures import measure_all
from qunxiang.language.nodes import (
    All,
    AnyOf,
    Bucket,
    Compare,
    InAudience,
    Leaf,
    Listed,
    Measure,
    Measured,
    Not,
    Rule,
)
from qunxiang.language.windows import When

Key = tuple[Any, ...]


class World(Protocol):
    """What rules are evaluated over; whoever holds the data provides it."""

    @property
    def size(self) -> int:
        """How many person numbers there are."""
        ...

    @property
    def people(self) -> Bits:
        """The living people."""
        ...

    def version(self, leaf: Rule) -> int:
        """Return a number that changes whenever the data a leaf reads may have changed."""
        ...

    def column(self, name: str) -> Column | None:
        """Return an attribute, tag or score; None if nobody has it yet."""
        ...

    def timeline(self, event: str) -> Timeline | None:
        """Return the timeline of an event, None if it never happened."""
        ...

    def members(self, audience: str) -> Bits:
        """Return the members of an audience now."""
        ...

    def listed(self, name: str) -> Bits:
        """Return the people on a list."""
        ...

    def public_ids(self) -> NDArray[np.uint64]:
        """Return each person's public id."""
        ...


class Memory:
    """Sets of people by leaf, the least recently used forgotten beyond a number of bytes."""

    def __init__(self, most_bytes: int = 512 << 20) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._sets: OrderedDict[Key, Bits] = OrderedDict()

    def get(self, key: Key) -> Bits | None:
        """Return the set under a key, if it is remembered."""
        found = self._sets.get(key)
        if found is not None:
            self._sets.move_to_end(key)
        return found

    def put(self, key: Key, bits: Bits) -> None:
        """Remember a set."""
        if key not in self._sets:
            self._bytes += bits.words.nbytes
        self._sets[key] = bits
        while self._bytes > self._most and len(self._sets) > 1:
            _, forgotten = self._sets.popitem(last=False)
            self._bytes -= forgotten.words.nbytes


@dataclass(frozen=True)
class Step:
    """One node of a rule with its count: alone, and, among the parts of an `all`, so far."""

    path: str
    rule: Rule
    alone: int
    so_far: int | None = None
    parts: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Whether a node holds for one person, and the value that decided a leaf."""

    path: str
    rule: Rule
    holds: bool
    value: Any = None
    parts: tuple[Reason, ...] = ()


@dataclass
class Evaluator:
    """Evaluates checked rules over one world at one instant.

    Args:
        world: the people, and what is known of them.
        when: the instant and the time zone.
        memory: the sets of leaves; of all people, whoever is asked about.
        among: whom answers are about; everybody if not given.
    """

    world: World
    when: When
    memory: Memory = field(default_factory=Memory)
    among: Bits | None = None

    def people(self, rule: Rule) -> Bits:
        """Return the living people for whom the rule holds."""
        self._fetch(_leaves(rule))
        return self._within(self._set(rule))

    def count(self, rule: Rule) -> int:
        """Return how many people the rule holds for."""
        self._fetch(_leaves(rule))
        sets: list[Bits] = []
        program = self._program(rule, sets)
        if self.among is not None:
            program += [*_put(self.among, sets), AND]
        return count_combined(program, sets)

    def total(self) -> int:
        """Return how many living people there are."""
        return self._within(self.world.people).count()

    def _within(self, found: Bits) -> Bits:
        return found if self.among is None else found & self.among

    def _set(self, rule: Rule) -> Bits:
        sets: list[Bits] = []
        program = self._program(rule, sets)
        return sets[0] if len(program) == 1 else combine_sets(program, sets)

    def _program(self, rule: Rule, sets: list[Bits]) -> list[int]:
        """Return how the sets of a rule's leaves, which are appended, are combined."""
        match rule:
            case All(of=of) if of:
                return self._joined(of, AND, sets)
            case AnyOf(of=of) if of:
                return self._joined(of, OR, sets)
            case Not(of=of):
                return [*_put(self.world.people, sets), *self._program(of, sets), MINUS]
            case All():
                return _put(self.world.people, sets)
            case AnyOf():
                return _put(Bits.none(self.world.size), sets)
            case _:
                return _put(self._leaf(rule), sets)

    def _joined(self, rules: Sequence[Rule], how: int, sets: list[Bits]) -> list[int]:
        program: list[int] = []
        for place, rule in enumerate(rules):
            program += self._program(rule, sets)
            if place:
                program.append(how)
        return program

    def together(self, rules: Sequence[Rule], measures: Sequence[Measure]) -> list[Column]:
        """Evaluate measures, and the leaves of rules for later, all in one pass per event."""
        return self._fetch([leaf for rule in rules for leaf in _leaves(rule)], measures)

    def waterfall(self, rule: Rule) -> Step:
        """Return the counts of every node: alone, and as the conditions of an `all` narrow."""
        self._fetch(_leaves(rule))
        return self._step(rule, "", None)

    def why(self, rule: Rule, person: int) -> Reason:
        """Return, node by node, whether the rule holds for a person and what decided it."""
        self._fetch(_leaves(rule))
        return self._reason(rule, "", person)

    def _leaf(self, leaf: Leaf) -> Bits:
        found = self.memory.get(self._key(leaf))
        if found is None:  # forgotten again, as the memory was too small for all leaves
            self._fetch([leaf])
            found = self.memory.get(self._key(leaf))
        assert found is not None, "the newest set is always remembered"
        return found

    def _key(self, leaf: Leaf) -> Key:
        return (leaf, self.world.version(leaf), self.when.now, self.when.zone)

    def _fetch(self, leaves: Iterable[Leaf], measures: Sequence[Measure] = ()) -> list[Column]:
        missing = [leaf for leaf in leaves if self.memory.get(self._key(leaf)) is None]
        measured = list(dict.fromkeys(leaf for leaf in missing if isinstance(leaf, Measured)))
        wanted = list(dict.fromkeys([*measures, *(leaf.measure for leaf in measured)]))
        columns = dict(zip(wanted, measure_all(self.world, wanted, self.when), strict=True))
        for leaf in measured:
            column = columns[leaf.measure]
            self._remember(leaf, prepare(column, leaf.op, leaf.value, self.when)(column))
        for leaf in missing:
            if not isinstance(leaf, Measured):
                self._remember(leaf, self._ask(leaf))
        return [columns[m] for m in measures]

    def _remember(self, leaf: Leaf, found: Bits) -> None:
        self.memory.put(self._key(leaf), found & self.world.people)

    def _ask(self, leaf: Leaf) -> Bits:
        match leaf:
            case Compare(field=name, op=op, value=value):
                column = self.world.column(name)
                if column is None:
                    size = self.world.size
                    return Bits.everyone(size) if op == "unknown" else Bits.none(size)
                return prepare(column, op, value, self.when)(column)
            case InAudience(audience=audience):
                return self.world.members(audience)
            case Listed(list=name):
                return self.world.listed(name)
            case Bucket():
                return _bucket(leaf, self.world.public_ids())
            case _:
                raise AssertionError(leaf)

    def _step(self, rule: Rule, path: str, so_far: int | None) -> Step:
        alone = self._within(self._set(rule)).count()
        prefix = f"{path}." if path else ""
        if isinstance(rule, Not):
            return Step(path, rule, alone, so_far, (self._step(rule.of, f"{prefix}of", None),))
        if not isinstance(rule, All | AnyOf):
            return Step(path, rule, alone, so_far)
        parts: list[Step] = []
        left = self._within(self.world.people)
        for place, each in enumerate(rule.of):
            left &= self._set(each)
            running = left.count() if isinstance(rule, All) else None
            parts.append(self._step(each, f"{prefix}of.{place}", running))
        return Step(path, rule, alone, so_far, tuple(parts))

    def _reason(self, rule: Rule, path: str, person: int) -> Reason:
        holds = self._set(rule).has(person)
        prefix = f"{path}." if path else ""
        if isinstance(rule, Not):
            return Reason(path, rule, holds, None, (self._reason(rule.of, f"{prefix}of", person),))
        if isinstance(rule, All | AnyOf):
            parts = (self._reason(r, f"{prefix}of.{i}", person) for i, r in enumerate(rule.of))
            return Reason(path, rule, holds, None, tuple(parts))
        return Reason(path, rule, holds, self._value(rule, person))

    def _value(self, leaf: Leaf, person: int) -> Any:
        one = np.array([person])
        if isinstance(leaf, Measured):
            column = measure_all(self.world, [leaf.measure], self.when, only=one)[0]
            return column.value(0)
        if isinstance(leaf, Compare):
            column = self.world.column(leaf.field)
            return None if column is None else column.value(person)
        return None


def _put(one: Bits, sets: list[Bits]) -> list[int]:
    sets.append(one)
    return [len(sets) - 1]


def _leaves(rule: Rule) -> list[Leaf]:
    found: list[Leaf] = []
    todo: list[Rule] = [rule]
    while todo:
        node = todo.pop()
        if isinstance(node, All | AnyOf):
            todo.extend(node.of)
        elif isinstance(node, Not):
            todo.append(node.of)
        else:
            found.append(node)
    return found


def _bucket(leaf: Bucket, ids: NDArray[np.uint64]) -> Bits:
    """Return a stable share of people: a hash of seed and public id, in [0, 100)."""
    seed = hash_strings(pa.array([leaf.seed], pa.string()))[0]
    mixed = combine([ids, np.full(ids.size, seed)])
    percent = (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53) * 100
    return Bits.of_flags((percent >= leaf.start) & (percent < leaf.end))
