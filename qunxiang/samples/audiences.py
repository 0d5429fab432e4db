"""Audiences worth asking for in the made-up company: labels in both languages, and the rule."""

from __future__ import annotations

_YOUNG_SHANGHAI = "city = '上海' and birth_date between 1990-01-01 and 1999-12-31"
AUDIENCES: dict[str, tuple[str, str, str]] = {
    "shanghai_90s_facial": (
        "上海90后面部护理爱好者",
        "Shanghai, born in the 1990s, facial care",
        f"{_YOUNG_SHANGHAI} and sum(purchase.amount, last 365 days) > 500 and favourite_category = '面部护理'",
    ),
    "high_value_at_risk": (
        "高价值流失预警",
        "High value at risk",
        "high_value = true and lifecycle = 'at_risk'",
    ),
    "cart_no_purchase": ("加购未买", "Cart without purchase", "cart_no_purchase_7d = true"),
    "repeat_buyers": ("复购客户", "Repeat buyers", "repeat_buyer = true"),
    "birthday_soon": ("近期生日", "Birthday within 30 days", "birthday_soon = true"),
}
