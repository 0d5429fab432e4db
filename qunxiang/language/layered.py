"""One rule over several worlds that hold different people: each answers for its own.

So a few people who changed stand beside the many who did not, whose remembered sets stay good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qunxiang.engine import Bits
from qunxiang.errors import QunxiangError
from qunxiang.language.evaluation import Evaluator, Reason, Step
from qunxiang.language.nodes import Rule


@dataclass(frozen=True)
class Stratum:
    """One of the worlds.

    Args:
        evaluator: asks it; its `among` are the people it answers for.
        numbers: the number, in the whole, of each of its people; None where it is the same.
    """

    evaluator: Evaluator
    numbers: NDArray[np.int64] | None = None

    def place(self, person: int) -> int | None:
        """Return a person's number here, None if the person is answered for elsewhere."""
        if self.numbers is None:
            here = person if person < self.evaluator.world.size else None
        else:
            found = np.flatnonzero(self.numbers == person)
            here = int(found[0]) if found.size else None
        among = self.evaluator.among
        return here if here is not None and (among is None or among.has(here)) else None


@dataclass(frozen=True)
class Layered:
    """Evaluates rules over several worlds as over one. Nobody is answered for by two.

    Args:
        strata: the worlds.
        size: how many person numbers there are in the whole.
    """

    strata: Sequence[Stratum]
    size: int

    def people(self, rule: Rule) -> Bits:
        """Return the living people for whom the rule holds."""
        words = Bits.none(self.size).words
        few: list[NDArray[np.int64]] = []
        for stratum in self.strata:
            found = stratum.evaluator.people(rule)
            if stratum.numbers is None:
                words[: found.words.size] |= found.words
            else:
                few.append(stratum.numbers[found.people()])
        if few:
            words |= Bits.of_people(np.concatenate(few), self.size).words
        return Bits(words, self.size)

    def count(self, rule: Rule) -> int:
        """Return how many people the rule holds for."""
        return sum(s.evaluator.count(rule) for s in self.strata)

    def total(self) -> int:
        """Return how many living people there are."""
        return sum(s.evaluator.total() for s in self.strata)

    def waterfall(self, rule: Rule) -> Step:
        """Return the counts of every node: alone, and as the conditions of an `all` narrow."""
        return _sum([s.evaluator.waterfall(rule) for s in self.strata])

    def why(self, rule: Rule, person: int) -> Reason:
        """Return, node by node, whether the rule holds for a person and what decided it.

        Raises:
            QunxiangError: identity.not_found if the number is nobody's.
        """
        for stratum in self.strata:
            here = stratum.place(person)
            if here is not None:
                return stratum.evaluator.why(rule, here)
        raise QunxiangError("identity.not_found", id=str(person))


def _sum(steps: list[Step]) -> Step:
    first = steps[0]
    so_far = None if first.so_far is None else sum(s.so_far or 0 for s in steps)
    parts = tuple(_sum(list(each)) for each in zip(*(s.parts for s in steps), strict=True))
    return Step(first.path, first.rule, sum(s.alone for s in steps), so_far, parts)
