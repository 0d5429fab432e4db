"""Messages that were set aside, mended one by one: looked at, tried, put back, and given back.

What came stays in the log. What a person made of it stands in the state store, is read in its place
from the next refresh on, by a rebuild too, and goes with whoever is erased.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import polars as pl

from qunxiang.app.house import House
from qunxiang.cleaning import SET_ASIDE, Rehearsed, word_of
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.sources import DAY, ID, REPEAT, Mend, Portion, put_mended

MOST_LISTED = 200
MOST_BYTES = 1_000_000  # of a mended message
_TELLING = re.compile(r"\S*@\S*|\d[\d\s()+-]{4,}\d")
_TECHNICAL = frozenset({"row_no", "row_id", "content", "import_no", "source", "actor"})


@dataclass(frozen=True)
class Fault:
    """Why something of a message is set aside; `whole` if the message is, and not a value of it."""

    event: str
    column: str
    code: str
    value: str | None
    whole: bool


@dataclass(frozen=True)
class Waiting:
    """A message of which something was set aside: its number in the log, its day, and why."""

    number: int
    source: str
    day: str
    faults: tuple[Fault, ...]
    mended: bool


@dataclass(frozen=True)
class Became:
    """What becomes of a message: rows, by what they are, and why something is set aside of it."""

    rows: tuple[tuple[str, dict[str, str]], ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether nothing of it is set aside."""
        return not self.faults


@dataclass(frozen=True)
class Opened:
    """A message whole: as it came, as it was mended if it was, and what becomes of it now."""

    number: int
    source: str
    protocol: str
    received: datetime
    raw: str
    mend: Mend | None
    became: Became = field(default_factory=Became)


class Mending:
    """Everything a person does with single messages that were set aside."""

    def __init__(self, house: House, caller: Caller) -> None:
        caller.require("read")
        self._house, self._caller = house, caller

    # ── which there are ──────────────────────────────────────────────────────────────────────────

    def waiting(
        self,
        source: str | None = None,
        event: str | None = None,
        code: str | None = None,
        column: str | None = None,
        limit: int = 50,
    ) -> list[Waiting]:
        """Return messages of which something is set aside, newest days first; values by right."""
        house = self._house
        if SET_ASIDE not in house.warehouse.tables():
            return []
        mended = house.sources.mends.all().raws
        found: list[Waiting] = []
        days = house.sources.stream_days()
        for number in sorted(days, reverse=True):
            of, day = days[number]
            if source not in {None, of}:
                continue
            where: dict[str, Any] = {"import_no": number}
            where |= {n: v for n, v in (("event", event), ("code", code)) if v is not None}
            for row_no, faults in self._faults(where, column, limit - len(found)).items():
                found.append(Waiting(row_no, of, day.isoformat(), tuple(faults), row_no in mended))
            if len(found) >= limit:
                break
        return found

    def _faults(
        self, where: dict[str, Any], column: str | None, most: int
    ) -> dict[int, list[Fault]]:
        names = ["row_no", "event", "column", "code", "value", "whole_row"]
        told = self._house.warehouse.read(SET_ASIDE, names, where=where, order=["row_no"])
        frame = pl.from_arrow(told)
        assert isinstance(frame, pl.DataFrame)
        if column is not None:
            words = {c for c in frame["column"].unique().to_list() if word_of(c) == column}
            frame = frame.filter(pl.col("column").is_in(list(words)))
        kept = frame["row_no"].unique(maintain_order=True).tail(most)
        found: dict[int, list[Fault]] = {}
        for row in reversed(frame.filter(pl.col("row_no").is_in(kept.implode())).to_dicts()):
            found.setdefault(row["row_no"], []).append(self._fault(row))
        return found

    def _fault(self, row: dict[str, Any]) -> Fault:
        value = row["value"] if self._caller.may("personal") else None
        column = word_of(row["column"] or "")
        return Fault(row["event"] or "", column, row["code"], value, bool(row["whole_row"]))

    def mended(self) -> list[Mend]:
        """Return the messages that were mended, the newest mend first; their text by right."""
        mends = self._house.sources.mends.all().mends
        if self._caller.may("personal"):
            return list(mends)
        return [Mend(m.import_no, m.row_no, "", "", m.author, m.at) for m in mends]

    # ── one of them ──────────────────────────────────────────────────────────────────────────────

    def open(self, number: int) -> Opened:
        """Return a message whole, to be mended; values are shown, so it needs the right `personal`.

        Raises:
            QunxiangError: app.no_message.
        """
        self._caller.require("personal")
        came = self._find(number)
        row = came.messages.to_pylist()[0]
        mend = self._house.sources.mends.find(number)
        now = came if mend is None else put_mended(came, {number: mend.raw.encode()})
        return Opened(
            number=number,
            source=row["source"],
            protocol=row["protocol"],
            received=datetime.fromtimestamp(row["received"] / 1_000_000, UTC),
            raw=row["raw"].decode("utf-8", "replace"),
            mend=mend,
            became=self._rehearse(now),
        )

    def try_out(self, number: int, raw: str) -> Became:
        """Say what would become of a message if it were this text; nothing is kept.

        That another message has the same id it cannot tell.

        Raises:
            QunxiangError: app.no_message, app.bad_message.
        """
        self._caller.require("personal")
        return self._rehearse(put_mended(self._find(number), {number: _read(raw)}))

    def mend(self, number: int, raw: str, why: str) -> Became:
        """Put a text in the place of a message that was set aside; the next refresh brings it in.

        Raises:
            QunxiangError: app.no_message, app.bad_message; app.nothing_aside, if there is nothing
                to mend of it.
        """
        self._caller.require("import")
        self._caller.require("personal")
        text = _read(raw)
        came = self._find(number)
        mends = self._house.sources.mends
        if mends.find(number) is None and self._rehearse(came).accepted:
            raise QunxiangError("app.nothing_aside", number=number)
        became = self._rehearse(put_mended(came, {number: text}))
        source, received = self._place(came)
        day = self._house.sources.days.number(source, received)
        mends.put(day, number, text.decode(), why=why, author=self._caller.name)
        self._note("mend message", number, why)
        return became

    def undo(self, number: int) -> None:
        """Let a message be as it came again, from the next refresh on.

        Raises:
            QunxiangError: app.nothing_aside, if it was not mended.
        """
        self._caller.require("import")
        if not self._house.sources.mends.undo(number):
            raise QunxiangError("app.nothing_aside", number=number)
        self._note("undo mending", number, "")

    # ── inside ───────────────────────────────────────────────────────────────────────────────────

    def _note(self, what: str, number: int, why: str) -> None:
        # The whole reason stands with the mend, where erasure finds it; the trail keeps no numbers.
        told = _TELLING.sub("***", why)
        self._house.audit.note(self._caller.name, what, message=str(number), why=told)

    def _find(self, number: int) -> Portion:
        portion = self._house.message(number)
        if portion is None or portion.messages.column("fault")[0].as_py() == REPEAT:
            raise QunxiangError("app.no_message", number=number)
        return portion

    @staticmethod
    def _place(portion: Portion) -> tuple[str, int]:
        row = portion.messages.select(["source", "received"]).to_pylist()[0]
        return row["source"], row["received"]

    def _rehearse(self, portion: Portion) -> Became:
        source, received = self._place(portion)
        day = datetime.fromtimestamp(received // DAY * 86_400, UTC).date()
        return self._tell(self._house.cleaning.rehearsal().rehearse_message(portion, source, day))

    def _tell(self, done: Rehearsed) -> Became:
        rows = [
            (what, {n.removeprefix(ID): str(v) for n, v in row.items() if _says(n, v)})
            for what, frames in done.rows.items()
            for frame in frames
            for row in frame.to_dicts()
        ]
        faults = [self._fault(row) for frame in done.faults for row in frame.to_dicts()]
        return Became(tuple(rows), tuple(faults))


def _says(name: str, value: Any) -> bool:
    return value is not None and name not in _TECHNICAL and not name.startswith("\0")


def _read(raw: str) -> bytes:
    """Return a message as it is kept: JSON on one line.

    Raises:
        QunxiangError: app.bad_message, if it is no JSON object, or too large.
    """
    text = raw.encode()
    try:
        if len(text) > MOST_BYTES:
            raise msgspec.DecodeError(f"> {MOST_BYTES} bytes")
        said = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise QunxiangError("app.bad_message", reason=str(error)) from error
    if not isinstance(said, dict):
        raise QunxiangError("app.bad_message", reason=type(said).__name__)
    return msgspec.json.format(text, indent=0)
