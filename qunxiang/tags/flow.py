"""Work all tags out, in waves; the measures of all tags of a wave share one pass per event."""

from __future__ import annotations

import numpy as np
from sqlalchemy import delete, func, insert, select

from qunxiang import clock
from qunxiang.catalog import Catalog
from qunxiang.engine import Column, Shelf, State
from qunxiang.errors import QunxiangError
from qunxiang.identity import Identity, write_ids
from qunxiang.language import Evaluator, Measure, Memory, When
from qunxiang.profiles import People
from qunxiang.tags.definitions import ManualTag, TagDefinition
from qunxiang.tags.kinds import Bench, Hands, measures_of, portrait_name, work_out
from qunxiang.tags.order import rules_of, waves
from qunxiang.tags.tables import HAND_TAGS


class Tags:
    """The room's doorway: works tags out and keeps those set by hand."""

    def __init__(
        self, shelf: Shelf, state: State, catalog: Catalog, people: People, identity: Identity
    ) -> None:
        self._shelf = shelf
        self._state = state
        self._catalog = catalog
        self._people = people
        self._identity = identity

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
        bench = Bench(self._people, self._shelf, evaluator, measured, self._hands)
        out: dict[str, Column] = {}
        for tag in wave:
            column = work_out(tag.name, tag.how, bench)
            if column is not None and column.known().any():
                out[portrait_name(tag.name)] = column.shrunk()
        return out

    # ── by hand ──────────────────────────────────────────────────────────────────────────────────

    def set_by_hand(self, tag: str, person: int, value: str, *, author: str) -> None:
        """Give a person a manual tag; it shows after the next refresh of tags."""
        how = self._catalog.get(TagDefinition, tag).how
        if not isinstance(how, ManualTag):
            raise QunxiangError("tags.not_manual", name=tag)
        if how.values and value not in how.values:
            raise QunxiangError(
                "tags.value_not_allowed", name=tag, value=value, allowed="、".join(how.values)
            )
        public = write_ids(self._identity.public_ids()[[person]])[0].as_py()
        with self._state.writing() as connection:
            mine = (HAND_TAGS.c.tag == tag) & (HAND_TAGS.c.person == public)
            connection.execute(delete(HAND_TAGS).where(mine))
            row = {
                "tag": tag,
                "person": public,
                "value": value,
                "author": author,
                "at": clock.now().isoformat(),
            }
            connection.execute(insert(HAND_TAGS).values(**row))

    def unset_by_hand(self, tag: str, person: int) -> None:
        """Take a manual tag off a person."""
        public = write_ids(self._identity.public_ids()[[person]])[0].as_py()
        with self._state.writing() as connection:
            mine = (HAND_TAGS.c.tag == tag) & (HAND_TAGS.c.person == public)
            connection.execute(delete(HAND_TAGS).where(mine))

    def hands_stamp(self) -> list[object]:
        """Return what changes whenever a tag was set or unset by hand."""
        with self._state.reading() as connection:
            query = select(func.count(), func.max(HAND_TAGS.c.at)).select_from(HAND_TAGS)
            return list(connection.execute(query).one())

    def _hands(self, tag: str) -> Hands:
        with self._state.reading() as connection:
            query = (
                select(HAND_TAGS.c.person, HAND_TAGS.c.value)
                .where(HAND_TAGS.c.tag == tag)
                .order_by(HAND_TAGS.c.at)
            )
            rows = connection.execute(query).all()
        people: list[int] = []
        values: list[str] = []
        for public, value in rows:
            try:
                people.append(self._identity.find(public))
            except QunxiangError:  # whoever was erased keeps no tag
                continue
            values.append(value)
        return Hands(np.array(people, np.int64), values)
