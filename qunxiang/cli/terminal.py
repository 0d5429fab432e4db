"""What is chosen before a command: the workspace's folder and the language of messages."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from qunxiang.errors import Lang


@dataclass
class Terminal:
    """The options given before the command."""

    folder: Path
    lang: Lang


def guess_lang() -> Lang:
    """Return the language the terminal asks for: Chinese unless that is English.

    What the environment says counts, in the order of POSIX, and not the locale in force: where the
    one asked for is not installed, Python falls back to one that it calls English.
    """
    told = os.environ  # noqa: TID251 the terminal's own, no setting of ours
    named = (told.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "en" if next(filter(None, named), "").startswith("en") else "zh"
