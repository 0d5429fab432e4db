"""Work all tags out, in waves; the measures of all tags of a wave share one pass per event."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.catalog import Catalog
from qunxiang.engine import Column, Shelf
from qunxiang.errors import QunxiangError
from qunxiang.language import Evaluator, Measure, Memory, When
from qunxiang.profiles import HandChange, Hands, People
from qunxiang.tags.definitions import ManualTag, TagDefinition
from qunxiang.tags.kinds import Bench, allowed, measures_of, portrait_name, work_out
from qunxiang.tags.order import rules_of, waves


class Tags:
    """The room's doorway: works tags out and keeps those set by hand."""

    def __init__(self, shelf: Shelf, catalog: Catalog, people: People, hands: Hands) -> None:
        self._shelf = shelf
        self._catalog = catalog
        self._people = people
        self._hands = hands

    def refresh(self, when: When, memory: Memory) -> int:
        """Work every tag out as of an instant; return how many tags somebody has."""
        tags = self._catalog.all(TagDefinition)
        found = 0
        for wave in waves(tags):
            columns = self._work_out(wave, when, memory)
            gone = tuple(
                portrait_name(t.name) for t in wave if portrait_name(t.name) not in columns
            )
            self._shelf.publish(columns, remove=gone)
            found += len(columns)
        return found

    def _work_out(self, wave: list[TagDefinition], when: When, memory: Memory) -> dict[str, Column]:
        evaluator = Evaluator(self._people, when, memory)
        measures = list(dict.fromkeys(m for t in wave for m in measures_of(t.how)))
        rules = [rule for t in wave for rule in rules_of(t.how)]
        columns = evaluator.together(rules, measures)
        measured: dict[Measure, Column] = dict(zip(measures, columns, strict=True))
        bench = Bench(self._people, self._shelf, evaluator, measured, self.by_hand)
        out: dict[str, Column] = {}
        for tag in wave:
            column = work_out(tag.name, tag.how, bench)
            if column is not None and column.known().any():
                out[portrait_name(tag.name)] = column.shrunk()
        return out

    def try_out(self, tag: TagDefinition, when: When, memory: Memory) -> Column | None:
        """Return the column of a tag as it would be, keeping nothing; None where nobody has a value."""
        return self._work_out([tag], when, memory).get(portrait_name(tag.name))

    # ── by hand ──────────────────────────────────────────────────────────────────────────────────

    def manual(self, tag: str) -> ManualTag:
        """Return how a tag is set by hand; raise tags.not_manual if it is worked out."""
        how = self._catalog.get(TagDefinition, tag).how
        if not isinstance(how, ManualTag):
            raise QunxiangError("tags.not_manual", name=tag)
        return how

    def set_by_hand(
        self, tag: str, people: NDArray[np.int64], values: pa.Array, *, by: tuple[str, str]
    ) -> HandChange:
        """Give people values of a manual tag, or take it off (null); it shows after the next refresh.

        Args:
            tag: its name.
            people: person numbers.
            values: text, one for each of `people`.
            by: the author, and where the people come from.

        Raises:
            QunxiangError: tags.not_manual; tags.value_not_allowed, naming the first such value.
        """
        how = self.manual(tag)
        for value in values.filter(pa.compute.invert(allowed(how, values))).slice(0, 1).to_pylist():
            raise QunxiangError(
                "tags.value_not_allowed",
                name=tag,
                value=value,
                allowed="、".join(how.values) or "*",
            )
        return self._hands.say("tag", tag, people, values, by=by)

    def by_hand(self, tag: str) -> Column:
        """Return what was set by hand for one tag, as a column of people."""
        codes, words = self._hands.people("tag", tag)
        return Column("text", codes, pa.array(words, pa.string()))
