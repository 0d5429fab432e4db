"""Qunxiang 群像: scattered customer data becomes portraits and audiences.

import qunxiang

with qunxiang.open("demo") as house:
asked = qunxiang.ask(house)
asked.count("city = '上海' and did purchase (last 30 days)").count
asked.members(asked.people("repeat_buyer = true"), ["city", "spend_total"])  # an Arrow table
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qunxiang.app import House, Questions

__all__ = ["ask", "open"]


def open(folder: str | Path) -> House:  # noqa: A001 the word that fits
    """Open a workspace: its rooms, its stores; close it, or use it in a `with`."""
    from qunxiang.app import House  # noqa: PLC0415 `import qunxiang` alone stays light

    return House(Path(folder))


def ask(house: House, as_of: datetime | None = None) -> Questions:
    """Ask questions of a workspace, as whoever can open its folder may."""
    from qunxiang.app import Questions  # noqa: PLC0415
    from qunxiang.governance import HOUSEHOLDER  # noqa: PLC0415

    return Questions(house, HOUSEHOLDER, as_of)
