"""What people ask or complain about, and how content they were with the answer."""

from __future__ import annotations

import numpy as np
import polars as pl

from qunxiang.samples.draws import build_wheel, happens, spin, spin_each
from qunxiang.samples.people import Draw

_PER_YEAR = 0.09
TOPICS = pl.Series(["物流查询", "产品咨询", "过敏反馈", "退换货", "会员积分", "门店服务"])
_TOPIC_WHEEL = build_wheel([26, 28, 8, 18, 12, 8])
_SCORES = build_wheel([8, 7, 15, 34, 36])
_TEXTS = (
    ("快递三天没有更新,请帮忙查一下", "什么时候能发货?", "地址填错了,能改吗"),
    ("敏感肌可以用这款精华吗", "怀孕期间能不能用", "和视黄醇能一起用吗", "想要干皮的搭配建议"),
    ("用了两天脸上发红发痒", "涂完有点刺痛,要停用吗"),
    ("泵头坏了,要求换货", "买重复了,想退一件", "色号不合适,申请退货"),
    ("积分没有到账", "生日礼怎么领", "会员等级为什么降了"),
    ("导购非常耐心,点赞", "等了半小时没人接待", "预约了护理却要排队"),
)


def draw_tickets(draw: Draw, people: pl.DataFrame) -> pl.DataFrame:
    """Return a row per ticket, by time: at, seconds, topic, score (0 for none), text, hours."""
    stream, clock = draw.stream("tickets"), draw.calendar.read_clock
    begin = clock(people["came"].to_numpy() + 1)
    stay = np.maximum(clock(people["left"].to_numpy()) - begin, 0)
    counts = stream.poisson(stay / 365 * _PER_YEAR)
    at = np.repeat(np.arange(draw.size), counts)
    day = draw.calendar.find_days(begin[at] + stream.random(at.size) * stay[at])
    second = draw.calendar.draw_seconds(stream, np.ones(at.size, np.bool_))
    topic = spin(stream, _TOPIC_WHEEL, at.size)
    score = np.where(happens(stream, 0.75, at.size), spin(stream, _SCORES, at.size) + 1, 0)
    tickets = pl.DataFrame(
        {
            "at": at,
            "day": day,
            "seconds": draw.calendar.epoch + day * 86_400 + second,
            "topic": topic,
            "score": score,
            "text": pl.Series(_ALL_TEXTS).gather(spin_each(stream, _TEXT_WHEELS, topic)),
            "hours": np.round(np.exp(stream.standard_normal(at.size) * 0.9 + 1.2), 1),
        }
    )
    return tickets.sort("seconds", maintain_order=True)


_ALL_TEXTS = [text for texts in _TEXTS for text in texts]
_TEXT_WHEELS = np.stack(
    [build_wheel([float(text in texts) for text in _ALL_TEXTS]) for texts in _TEXTS]
)
