"""An audience: a named group of people, by a rule."""

from __future__ import annotations

from typing import ClassVar

from qunxiang.catalog import Definition
from qunxiang.language import Rule


class AudienceDefinition(Definition):
    """Whoever satisfies the rule; members and who entered and left are kept at each refresh."""

    kind_zh: ClassVar[str] = "人群"

    description: str = ""
    owner: str = ""
    rule: Rule
