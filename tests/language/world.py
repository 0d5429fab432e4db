"""A small schema that the tests of checking and saying share."""

from __future__ import annotations

from qunxiang.language import EventInfo, FieldInfo, GroupInfo, Schema

PURCHASE = EventInfo(
    name="purchase",
    zh="购买",
    en="purchase",
    properties={
        info.name: info
        for info in (
            FieldInfo("amount", "money", "金额", "amount"),
            FieldInfo("quantity", "number", "数量", "quantity"),
            FieldInfo("category", "text", "品类", "category", ("面部护理", "彩妆", "香水")),
            FieldInfo("order_id", "text", "订单号", "order number"),
            FieldInfo("coupons", "texts", "优惠券", "coupons"),
            FieldInfo("gift", "yesno", "赠品", "gift"),
            FieldInfo("due", "date", "交付日", "due date"),
            FieldInfo("margin", "money", "毛利", "margin", hidden=True),
        )
    },
)
SCHEMA = Schema(
    fields={
        info.name: info
        for info in (
            FieldInfo("city", "text", "所在城市", "City", ("上海", "北京", "杭州")),
            FieldInfo("name", "text", "姓名", "Full name"),
            FieldInfo("age", "number", "年龄", "Age"),
            FieldInfo("balance", "money", "余额", "Balance"),
            FieldInfo("birth_date", "date", "生日", "Birthday"),
            FieldInfo("joined", "moment", "入会时间", "Joined"),
            FieldInfo("member", "yesno", "会员", "Member"),
            FieldInfo("likes", "texts", "偏好品类", "Likes", ("面部护理", "彩妆")),
            FieldInfo("phone", "text", "手机号", "Phone", hidden=True),
            FieldInfo("score_a", "number", "得分", "Score"),
            FieldInfo("score_b", "number", "得分", "Score"),
        )
    },
    events={"purchase": PURCHASE, "visit": EventInfo("visit", "访问", "visit")},
    audiences={
        "vip": GroupInfo("vip", "贵宾", "VIPs"),
        "new_customers": GroupInfo("new_customers"),
    },
    lists={"vip-import-0421": GroupInfo("vip-import-0421")},
)
