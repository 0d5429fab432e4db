"""What is chosen before a command: the workspace's folder and the language of messages."""

from __future__ import annotations

import locale
from dataclasses import dataclass
from pathlib import Path

from qunxiang.errors import Lang


@dataclass
class Terminal:
    """The options given before the command."""

    folder: Path
    lang: Lang


def guess_lang() -> Lang:
    """Return the language of the terminal: Chinese unless it says otherwise."""
    said = locale.getlocale()[0] or ""
    return "en" if said.startswith("en") else "zh"
