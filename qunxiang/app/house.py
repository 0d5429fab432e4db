"""The house: the one place where rooms are given their engine, state store and definitions."""

from __future__ import annotations

import copy
import fcntl
import hashlib
import os
import secrets
import shutil
import threading
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from qunxiang import settings
from qunxiang.app.schemas import list_masked, make_schema
from qunxiang.audiences import Audiences, Moves
from qunxiang.catalog import Catalog, FieldDefinition
from qunxiang.cleaning import Cleaning
from qunxiang.engine import Shelf, State, Warehouse
from qunxiang.errors import QunxiangError
from qunxiang.governance import Accounts, Audit, Keychain, WriteKeys
from qunxiang.identity import Identity
from qunxiang.language import Evaluator, Layered, Limits, Memory, Schema, When
from qunxiang.models import STARTER, Models
from qunxiang.profiles import Hands, People, Profiles
from qunxiang.settings import Settings
from qunxiang.sources import (
    MESSAGES,
    FilePlace,
    JetStreamPlace,
    LandingLog,
    Portion,
    Refusals,
    Sources,
    StreamLog,
    StreamPlace,
    StreamTail,
)
from qunxiang.tags import Tags, starter_tags

T = TypeVar("T")
_STATE, _SECRET, _LOG, _ENGINE, _LOCK = "state.db", "secret", "log", "engine", "lock"
_STREAM, _ASIDE = "stream", ".aside-"
# What is made of the engine, and made again when another takes its place.
_ENGINE_ROOMS = (
    "warehouse", "shelf", "cleaning", "identity", "hands",
    "people", "profiles", "models", "tags", "audiences",
)  # fmt: skip


class Present(Protocol):
    """Everybody as of now."""

    @property
    def whole(self) -> House:
        """Everybody in one house."""
        ...

    def near(self, who: str) -> House:
        """Return the house in which a person is found."""
        ...

    def houses(self) -> Sequence[tuple[House, NDArray[np.bool_] | None]]:
        """Return the houses, and which of its people each answers for."""
        ...

    def evaluator(self, when: When) -> Layered:
        """Return what evaluates rules over everybody."""
        ...


class House:
    """One workspace: a folder with its landing log, state store and engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = folder / _ENGINE
        if folder.exists() and not folder.is_dir():
            raise QunxiangError("app.not_a_folder", where=str(folder))
        folder.mkdir(parents=True, exist_ok=True)
        self.settings: Settings = settings.load(folder)
        self._sweep_alone()
        url = self.settings.state_url or f"sqlite:///{folder / _STATE}"
        self.state = State(url)
        self.catalog = Catalog(self.state, (*STARTER, *starter_tags(), MESSAGES))
        self.memory = Memory()
        # Everybody as of now, if somebody follows what arrives; and as of when this house is, if it
        # was made of some of the people.
        self.present: Present | None = None
        self.instant: datetime | None = None
        self._told: dict[str, tuple[object, Any]] = {}
        self._whose: House | None = None  # over another engine: the house whose vocabulary holds
        self._turn = threading.RLock()
        self._held = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every file."""
        for name in ("warehouse", "log", "stream", "streams"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()
        self.state.close()

    # ── stores ───────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def log(self) -> LandingLog:
        """The landing log."""
        return LandingLog(self.folder / _LOG)

    @cached_property
    def streams(self) -> StreamPlace:
        """Where the stream log is."""
        folder, url = self.folder / _STREAM, self.settings.stream_url
        if not url:
            return FilePlace(folder)
        # A server may keep those of several workspaces.
        name = f"qunxiang_{hashlib.sha256(self.secret + _STREAM.encode()).hexdigest()[:16]}"
        return JetStreamPlace(url, name, folder)

    @cached_property
    def stream(self) -> StreamLog:
        """The stream log: what SDKs sent."""
        return self.streams.log()

    def reader(self) -> StreamLog:
        """Return the stream log for somebody who reads it at a pace of their own."""
        return self.streams.log()

    def follow(self) -> StreamTail:
        """Return the end of the stream log, to be read as it grows."""
        return self.streams.tail()

    def message(self, number: int) -> Portion | None:
        """Return a message of the stream log by its number; None if it is there no more."""
        return self.streams.message(number)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The tables; opening them keeps other processes out."""
        path = self.engine / "warehouse.duckdb"
        return Warehouse(path, memory_mb=self.settings.memory_mb, threads=self.settings.threads)

    @cached_property
    def shelf(self) -> Shelf:
        """The columns of people and the timelines."""
        return Shelf(self.engine / "shelf")

    @cached_property
    def secret(self) -> bytes:
        """The workspace's own key: public ids and the audit trail hang on it; never logged."""
        path = self.folder / _SECRET
        if not path.exists():
            temporary = path.with_name(f"{_SECRET}.{os.getpid()}")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(secrets.token_bytes(32))
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(path)
        return path.read_bytes()

    # ── rooms, in the order of the street ────────────────────────────────────────────────────────

    @cached_property
    def accounts(self) -> Accounts:
        """Who may come in."""
        return Accounts(self.state, self.settings.session_hours)

    @cached_property
    def write_keys(self) -> WriteKeys:
        """With what clients may send messages."""
        return WriteKeys(self.state)

    @cached_property
    def audit(self) -> Audit:
        """Who did what."""
        return Audit(self.state, self.secret)

    @cached_property
    def keychain(self) -> Keychain:
        """The passwords and tokens of other systems."""
        return Keychain(self.state, self.secret)

    @cached_property
    def sources(self) -> Sources:
        """The landing log and the imports."""
        return Sources(self.log, self.stream, self.state, self.settings)

    @cached_property
    def refusals(self) -> Refusals:
        """How many web hooks were refused."""
        return Refusals(self.state)

    @cached_property
    def cleaning(self) -> Cleaning:
        """Tidy rows and what was set aside."""
        return Cleaning(self.warehouse, self.catalog, self.sources, self.settings)

    @cached_property
    def identity(self) -> Identity:
        """Who the people are."""
        return Identity(lambda: self.warehouse, self.shelf, self.catalog, self.secret)

    @cached_property
    def hands(self) -> Hands:
        """What was said of people by hand: lists and manual tags."""
        return Hands(self.state, self.identity)

    @cached_property
    def people(self) -> People:
        """The people as rules see them."""
        return People(self.shelf, self.identity, self.catalog, self.hands)

    @cached_property
    def profiles(self) -> Profiles:
        """Portraits and timelines."""
        return Profiles(
            self.warehouse, self.shelf, self.catalog, self.identity, self.settings.time_zone
        )

    @cached_property
    def models(self) -> Models:
        """Scores."""
        return Models(self.shelf, self.catalog, self.people)

    @cached_property
    def tags(self) -> Tags:
        """Tags."""
        return Tags(self.shelf, self.catalog, self.people, self.hands)

    @cached_property
    def audiences(self) -> Audiences:
        """Audiences."""
        return Audiences(self.shelf, self.state, self.catalog, self.people)

    @cached_property
    def moves(self) -> Moves:
        """Who entered and left audiences, as it was noticed."""
        return Moves(self.state)

    # ── what rooms are asked with ────────────────────────────────────────────────────────────────

    @property
    def lender(self) -> House:
        """The house whose vocabulary holds: this one, unless it is over another's truth."""
        return self._whose or self

    def schema(self, *, personal: bool = True) -> Schema:
        """Return what rules may name; without the right `personal`, masked fields are hidden."""
        return self.lender.once(
            f"schema, personal {personal}",
            lambda: make_schema(self.catalog, self.lender.people, personal=personal),
        )

    def masked_columns(self) -> dict[str, FieldDefinition]:
        """Return the columns that show a masked field or property, and how each is masked."""
        return self.lender.once("masked", lambda: list_masked(self.catalog))

    def once(self, what: str, tell: Callable[[], T]) -> T:
        """Return what was told while nothing has changed since, neither people nor definitions."""
        now = (self.shelf.version, self.catalog.stamp(), self.hands.stamp())
        known = self._told.get(what)
        if known is None or known[0] != now:
            known = (now, tell())
            self._told[what] = known
        return known[1]

    @property
    def limits(self) -> Limits:
        """Return how large a rule may be."""
        return Limits(depth=self.settings.rule_depth, leaves=self.settings.rule_leaves)

    @contextmanager
    def exclusive(self) -> Generator[None]:
        """Keep the workspace to oneself while it is changed; a second writer is refused at once.

        Raises:
            QunxiangError: app.busy, if another process or thread is changing it.
        """
        if not self._turn.acquire(blocking=False):
            raise QunxiangError("app.busy", where=str(self.folder))
        try:
            if self._held:
                yield
                return
            with (self.folder / _LOCK).open("w", encoding="utf-8") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    raise QunxiangError("app.busy", where=str(self.folder)) from error
                self._held = True
                # Nobody else is writing, so whatever still says `running` was cut off.
                self.sources.recover()
                try:
                    yield
                finally:
                    self._held = False
        finally:
            self._turn.release()

    def over(self, warehouse: Warehouse, shelf: Shelf) -> House:
        """Give a house with the same truth and definitions over another engine."""
        other = copy.copy(self)
        for name in _ENGINE_ROOMS:
            other.__dict__.pop(name, None)
        other.__dict__ |= {"warehouse": warehouse, "shelf": shelf}
        other.memory, other._told = Memory(), {}
        other._whose = self._whose or self
        other.present = None
        return other

    @property
    def now(self) -> House:
        """Return everybody as of now: this house, as of its last refresh, if nobody follows."""
        return self if self.present is None else self.present.whole

    def near(self, who: str) -> House:
        """Return the house in which a person is found as of now, by a public id or an identifier.

        Raises:
            QunxiangError: identity.not_found if it leads to nobody.
        """
        return self if self.present is None else self.present.near(who)

    def houses(self) -> Sequence[tuple[House, NDArray[np.bool_] | None]]:
        """Return where people are at home as of now: houses, and which of its people each answers for."""
        return ((self, None),) if self.present is None else self.present.houses()

    def evaluator(self, when: When) -> Evaluator | Layered:
        """Return what evaluates rules over the people."""
        if self.present is None:
            return Evaluator(self.people, when, self.memory)
        return self.present.evaluator(when)

    @contextmanager
    def made_anew(self) -> Generator[House]:
        """Give a house with the same truth and an empty engine, which on leaving becomes this one's.

        Until then questions are answered from the old engine. After an error, or a kill, the old
        one stays; what was made beside it is deleted.
        """
        fresh = copy.copy(self)
        for name in _ENGINE_ROOMS:
            fresh.__dict__.pop(name, None)  # these stay this house's own, and open
        fresh.memory, fresh._told = Memory(), {}
        fresh.engine = self.engine.with_name(f"{_ENGINE}{_ASIDE}{uuid.uuid4().hex}")
        try:
            yield fresh
            fresh.close_engine()
            self.close_engine()
            old = fresh.engine.with_name(f"{fresh.engine.name}-before")
            if self.engine.exists():
                self.engine.rename(old)
            fresh.engine.rename(self.engine)
        except BaseException:
            fresh.close_engine()
            raise
        finally:
            self._sweep()
            self.present = None  # whoever follows begins anew from what there is now

    def close_engine(self) -> None:
        """Let go of the engine; it is opened again when next asked for."""
        for name in _ENGINE_ROOMS:
            closed = self.__dict__.pop(name, None)
            if name == "warehouse" and closed is not None:
                closed.close()
        self.memory, self._told = Memory(), {}

    def _sweep(self) -> None:
        """Delete engines that stand aside; a kill may have left one, with people since erased."""
        for aside in self.folder.glob(f"{_ENGINE}{_ASIDE}*"):
            shutil.rmtree(aside, ignore_errors=True)

    def _sweep_alone(self) -> None:
        """Delete engines that stand aside, unless another process may be making one."""
        if not any(self.folder.glob(f"{_ENGINE}{_ASIDE}*")):
            return  # the lock is left to whoever needs it this moment
        with suppress(OSError), (self.folder / _LOCK).open("a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._sweep()
