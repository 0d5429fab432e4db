"""What a company is asked for, and what was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from qunxiang.errors import QunxiangError

MOST_PEOPLE = 100_000_000
_CHUNK_PEOPLE = 200_000
_CHUNK_EVENTS = 5_000_000
_FAMILY_BLOCK = 100  # chunks are whole blocks, so that no family is torn apart


@dataclass(frozen=True)
class Company:
    """A company to be made up; the same values always make the same company.

    Args:
        people: how many customers it has, up to 100 million.
        events_per_person: lines bought and mini program events together, on average.
        seed: which of all such companies.
        until: the last day its files know of.
        days: how many days its events go back.
        messy: the share of cells that are written in an unusual way; faulty and repeated rows
            grow with it.
    """

    people: int = 2_000
    events_per_person: float = 20.0
    seed: int = 20261001
    until: date = date(2026, 9, 30)
    days: int = 730
    messy: float = 0.1

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("people", self.people, 1, MOST_PEOPLE),
            ("messy", self.messy, 0, 1),
            ("events_per_person", self.events_per_person, 0.01, 1_000_000),
            ("days", self.days, 30, 36_500),
            ("seed", self.seed, 0, 2**63),
        ):
            if not least <= value <= most:
                raise QunxiangError("samples.bad_company", name=name, least=least, most=most)

    @property
    def start(self) -> date:
        """The first day its files know of."""
        return self.until - timedelta(days=self.days - 1)

    @property
    def chunk(self) -> int:
        """How many people are made at a time."""
        people = min(_CHUNK_PEOPLE, int(_CHUNK_EVENTS / self.events_per_person))
        return max(_FAMILY_BLOCK, people // _FAMILY_BLOCK * _FAMILY_BLOCK)


@dataclass(frozen=True)
class MadeFile:
    """A file that was written.

    Attributes:
        word: what its rows are, as the import is told by `--as`; None if it is for looking at only.
        source: the name of the system it came from.
        rows: how many rows of data it has.
    """

    path: Path
    word: str | None
    source: str
    rows: int


@dataclass(frozen=True)
class Made:
    """Everything that was written for a company.

    Attributes:
        files: the files, in the order in which they are best imported.
        people: the table of who the people really are and what they are like.
        records: the table of whose every record and identifier is.
        figures: the true totals, as JSON.
    """

    folder: Path
    files: tuple[MadeFile, ...]
    people: Path
    records: Path
    figures: Path

    def file(self, source: str) -> MadeFile:
        """Return the file of a source."""
        return next(f for f in self.files if f.source == source)
