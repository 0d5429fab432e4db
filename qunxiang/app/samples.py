"""Sample data: files brought in together, with audiences, so that all of it can be taken away again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import delete, insert, select

from qunxiang.app.definitions import retire_definition
from qunxiang.app.house import House
from qunxiang.app.imports import Imports
from qunxiang.app.questions import Questions
from qunxiang.app.refresh import Refresh, RefreshDone
from qunxiang.app.tables import SAMPLE_PARTS
from qunxiang.audiences import AudienceDefinition
from qunxiang.governance import Caller
from qunxiang.language import InAudience, leaves

Tell = Callable[[str, int], None]


class SampleFile(Protocol):
    """A file of the sample: `word` is what its rows are called, None if it is for looking at only."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...

    @property
    def word(self) -> str | None:
        """What its rows are called."""
        ...

    @property
    def source(self) -> str:
        """The name of the system it came from."""
        ...


@dataclass(frozen=True)
class Samples:
    """What of the sample came or went, and the refresh after it."""

    imports: tuple[int, ...]
    audiences: tuple[str, ...]
    refresh: RefreshDone


class SampleData:
    """Brings a sample into a workspace, and takes it away again."""

    def __init__(self, house: House, caller: Caller) -> None:
        for scope in ("import", "define", "refresh"):
            caller.require(scope)
        self._house = house
        self._caller = caller

    def load(
        self,
        files: Iterable[SampleFile],
        audiences: Mapping[str, tuple[str, str, str]],
        tell: Tell = lambda _step, _rows: None,
    ) -> Samples:
        """Import files, save audiences and refresh; broken off, it is as if it had never begun.

        Args:
            files: what to import.
            audiences: by name, the Chinese and English label and the rule; a name that is taken
                stays as it is.
            tell: told of progress; it may raise Cancelled.
        """
        with self._house.exclusive():
            self._withdraw()  # what a crash left half done
            try:
                brought = [self._bring(f, f.word, tell) for f in files if f.word is not None]
                taken = self._house.catalog.all(AudienceDefinition)
                saved = [n for n in audiences if n not in taken]
                for name in saved:
                    self._save(name, *audiences[name])
                done = Refresh(self._house, tell=tell).run()
            except BaseException:
                self._withdraw()
                raise
        return Samples(tuple(n for n in brought if n is not None), tuple(saved), done)

    def remove(self, tell: Tell = lambda _step, _rows: None) -> Samples:
        """Undo the sample's imports, take out its audiences that nobody changed or uses, refresh."""
        with self._house.exclusive():
            imports, audiences = self._withdraw()
            done = Refresh(self._house, tell=tell).run()
        return Samples(tuple(imports), tuple(audiences), done)

    def _bring(self, file: SampleFile, word: str, tell: Tell) -> int | None:
        imports = Imports(self._house)
        look = imports.look(file.path, word, source=file.source)
        name = file.path.name
        done = imports.bring(file.path, look, self._caller, progress=lambda n: tell(name, n))
        if done.repeated:  # somebody brought the very same file; it is theirs
            return None
        self._note("import", str(done.number))
        return done.number

    def _save(self, name: str, zh: str, en: str, rule: str) -> None:
        Questions(self._house, self._caller).save_audience(name, rule, zh=zh, en=en)
        version = self._house.catalog.history(AudienceDefinition, name)[0].version
        self._note("audience", name, version)

    def _note(self, kind: str, name: str, version: int | None = None) -> None:
        row = {"kind": kind, "name": name, "version": version}
        with self._house.state.writing() as connection:
            connection.execute(insert(SAMPLE_PARTS).values(**row))

    def _withdraw(self) -> tuple[list[int], list[str]]:
        """Undo the imports and retire the audiences; return which."""
        house = self._house
        imports, imported = sample_imports(house), Imports(house)
        for number in imports:
            imported.undo(number, self._caller)
        audiences = self._unchanged()
        for audience in audiences:
            retire_definition(house, self._caller, audience)
        with house.state.writing() as connection:
            connection.execute(delete(SAMPLE_PARTS))
        return imports, [a.name for a in audiences]

    def _unchanged(self) -> list[AudienceDefinition]:
        """Return the sample's audiences in force as they were saved, that no other asks for."""
        catalog = self._house.catalog
        there, mine = catalog.all(AudienceDefinition), list[AudienceDefinition]()
        for part in _parts(self._house, "audience"):
            name = part["name"]
            newest = catalog.history(AudienceDefinition, name)
            if name in there and newest[0].version == part["version"]:
                mine.append(there[name])
        names = {a.name for a in mine}
        asked = {
            leaf.audience
            for other in there.values()
            if other.name not in names
            for _, leaf in leaves(other.rule)
            if isinstance(leaf, InAudience)
        }
        return [a for a in mine if a.name not in asked]


def sample_imports(house: House) -> list[int]:
    """Return the numbers of the sample's imports that are in force."""
    landed = {i.number for i in house.sources.landed()}
    return sorted(landed & {int(p["name"]) for p in _parts(house, "import")})


def _parts(house: House, kind: str) -> list[dict[str, Any]]:
    with house.state.reading() as connection:
        query = select(SAMPLE_PARTS).where(SAMPLE_PARTS.c.kind == kind)
        return [dict(row) for row in connection.execute(query).mappings()]
