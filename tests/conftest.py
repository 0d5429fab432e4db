"""What all tests share: compiled loops take their time at first use, so no example has a deadline."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("qunxiang", deadline=None)
settings.load_profile("qunxiang")
