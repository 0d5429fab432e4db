"""What tracking plans refuse, as the intake knows it: read anew when a definition has changed."""

from __future__ import annotations

from qunxiang import clock
from qunxiang.catalog import Catalog, PlanDefinition
from qunxiang.cleaning import Definitions, Door, Doors, Options


class PlanBook:
    """The plans in force, ready to refuse."""

    def __init__(self, catalog: Catalog, options: Options) -> None:
        self._catalog = catalog
        self._options = options
        self._stamp: tuple[int, str] | None = None
        self._doors: Doors | None = None
        self.read()

    def read(self) -> None:
        """Read the plans anew if any definition was saved since, or a new day has begun."""
        today = clock.now().date()
        stamp = (self._catalog.stamp(), today.isoformat())
        if stamp != self._stamp:
            plans = self._catalog.all(PlanDefinition).values()
            refusing = any(plan.refuses() for plan in plans)
            found = Definitions.of(self._catalog) if refusing else None
            self._doors = None if found is None else Doors(found, self._options, today)
            self._stamp = stamp

    def find(self, source: str) -> Door | None:
        """Return what is refused of a source; None where nothing is."""
        return None if self._doors is None else self._doors.of(source)
