"""How far the pulls of a connector have come: told by the imports in force, and by nothing else.

The mark stands in the note of the import that reached it, and counts from the moment that import
is landed. So there is no moment at which rows are durable and the mark is not, or the other way
round; undoing an import moves the mark back with it.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from qunxiang.sources.cursors import rank
from qunxiang.sources.flow import Import
from qunxiang.sources.origins import PullNote

MOST_SEEN = 5_000
_BYTES = 8


@dataclass(frozen=True)
class Mark:
    """How far a connector has come.

    Attributes:
        cursor: the last value, as text.
        kind: what it was before it was text.
        seen: hashes of the rows that the next pull meets again.
    """

    cursor: str
    kind: str
    seen: frozenset[int] = field(default=frozenset())


def note_of(one: Import) -> PullNote | None:
    """Return which pull brought an import, None if none did."""
    told = one.shape.get("pull")
    return None if told is None else PullNote.model_validate(told)


def find_mark(imports: Iterable[Import], connector: str) -> Mark | None:
    """Return how far a connector has come, by the imports in force, oldest first; None if nowhere."""
    found: Mark | None = None
    for one in imports:
        note = note_of(one)
        if note is None or note.connector != connector or note.cursor is None:
            continue
        found = Mark(note.cursor, note.kind, frozenset(unpack(note.seen)))
    return found


def pack(hashes: Iterable[int]) -> str:
    """Return hashes as short text."""
    raw = b"".join(h.to_bytes(_BYTES, "little") for h in hashes)
    return base64.b64encode(raw).decode()


def unpack(text: str) -> list[int]:
    """Return the hashes that `pack` wrote."""
    raw = base64.b64decode(text)
    return [int.from_bytes(raw[n : n + _BYTES], "little") for n in range(0, len(raw), _BYTES)]


class Reach:
    """Follows the cursor over the rows of one pull.

    Rows with the cursor's last value come again with the next pull, because more of that value may
    have been written since; their hashes are kept, so that they do not land again. Of more than
    MOST_SEEN such rows none is kept: they land again, and being the same rows change nothing.
    """

    def __init__(self, before: Mark | None, *, ordered: bool) -> None:
        self._before = before
        self._ordered = ordered
        self._cursor = before.cursor if before else None
        self._kind = before.kind if before else "text"
        self._recent: deque[tuple[str, int]] = deque(maxlen=MOST_SEEN + 1 if ordered else None)

    @property
    def cursor(self) -> str | None:
        """The last value so far."""
        return self._cursor

    @property
    def kind(self) -> str:
        """What the last value was before it was text."""
        return self._kind

    def follow(self, cursor: str | None, kind: str | None, mark: int) -> None:
        """Take note of a row that was met."""
        if cursor is None:
            return
        self._recent.append((cursor, mark))
        if self._ordered or self._cursor is None or self._is_later(cursor, kind or "text"):
            self._cursor = cursor
            self._kind = kind or self._kind

    def _is_later(self, cursor: str, kind: str) -> bool:
        both = {kind, self._kind}
        assert self._cursor is not None
        if both == {"integer"}:
            return int(cursor) >= int(self._cursor)
        return cursor >= self._cursor

    def seen(self, begins: str | None) -> list[int]:
        """Return the hashes of rows that the next pull will meet again, beginning at a value.

        Args:
            begins: where the next pull begins, if that is before the last value.
        """
        again = [m for c, m in self._recent if comes_again(c, self._cursor, begins, self._kind)]
        return [] if len(again) > MOST_SEEN else again


def comes_again(cursor: str | None, last: str | None, begins: str | None, kind: str) -> bool:
    """Say whether the next pull meets a row again, by its cursor.

    Args:
        cursor: the row's.
        last: the last one that was reached.
        begins: where the next pull begins, if that is before it.
        kind: what they were before they were text.
    """
    if cursor is None:
        return False
    if begins is None or begins == last:
        return cursor == last
    return rank(cursor, kind) >= rank(begins, kind)
