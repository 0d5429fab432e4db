"""Every place where the house keeps something, as the rooms declare it: what export and erasure walk."""

from __future__ import annotations

from collections.abc import Iterator

from qunxiang.app import tables as app
from qunxiang.audiences import tables as audiences
from qunxiang.catalog import Holding
from qunxiang.catalog import tables as catalog
from qunxiang.cleaning import tables as cleaning
from qunxiang.governance import tables as governance
from qunxiang.identity import tables as identity
from qunxiang.profiles import tables as profiles
from qunxiang.sources import tables as sources

ROOMS = (catalog, governance, sources, cleaning, identity, profiles, audiences, app)
HOLDINGS: tuple[Holding, ...] = tuple(h for room in ROOMS for h in room.HOLDINGS)


def list_holdings(store: str) -> Iterator[Holding]:
    """Yield what is declared of a store."""
    return (h for h in HOLDINGS if h.store == store)
