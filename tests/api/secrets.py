"""Every personal value of the little company, as it must not be told to those without the right."""

from __future__ import annotations

from qunxiang.app import House, save_definition
from qunxiang.catalog import EventDefinition
from qunxiang.governance import HOUSEHOLDER
from tests.app.company import CUSTOMERS

_HELD = ("姓名", "手机号", "邮箱", "会员编号", "会员卡号")
_BARE = [row["手机号"].replace(" ", "").replace("-", "").removeprefix("+86") for row in CUSTOMERS]
SECRETS = {row[column] for row in CUSTOMERS for column in _HELD} | set(_BARE) - {""}


def find_leaks(text: str) -> set[str]:
    """Return the personal values that stand in an answer."""
    return {secret for secret in SECRETS if secret and secret in text}


def hide_product_names(house: House) -> None:
    """Make a property of an event personal."""
    event = house.catalog.get(EventDefinition, "purchase")
    properties = tuple(
        p.model_copy(update={"personal": "contact"}) if p.name == "product_name" else p
        for p in event.properties
    )
    changed = event.model_copy(update={"properties": properties})
    save_definition(house, HOUSEHOLDER, changed)
