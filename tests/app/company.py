"""A little company: its files, its workspace, and everything that is known in it."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from qunxiang.app import House, Imports, Outcome, Persons, Questions, Refresh, RefreshDone, rebuild
from qunxiang.audiences import AudienceDefinition
from qunxiang.governance import HOUSEHOLDER, Caller, caller_of
from qunxiang.identity import write_ids
from qunxiang.sources import Import

AS_OF = dt.datetime(2026, 3, 31, 12, 0, tzinfo=dt.UTC)
VIEWER: Caller = caller_of("viewer", "viewer")
MARKETER: Caller = caller_of("marketer", "marketer")

CUSTOMERS = [
    # one row for each person; 孙七 has no card, 周八 no phone
    dict(zip(("会员编号", "姓名", "手机号", "邮箱", "性别", "出生日期", "城市", "会员卡号", "注册时间", "兴趣", "积分"), row, strict=True))
    for row in (
        ("M001", "张三丰", "13812345001", "zhang@aliyun.com", "男", "1990-05-01", "上海", "VIP20001", "2025-01-05 10:00:00", "面部护理;彩妆", "100"),
        ("M002", "李小四", "138 1234 5002", "li@aliyun.com", "女", "1985-12-31", "北京", "VIP20002", "2025-02-01 09:30:00", "香水", "0"),
        ("M003", "王老五", "+86-13812345003", "", "男", "", "杭州", "VIP20003", "2025-03-01 09:30:00", "", ""),
        ("M004", "赵六六", "13812345004", "zhao@aliyun.com", "女", "2000-02-29", "上海", "VIP20004", "2026-03-20 00:00:00", "彩妆", "35"),
        ("M005", "孙七七", "13812345005", "sun@aliyun.com", "女", "1999-04-01", "成都", "", "2024-06-01 12:00:00", "彩妆", "7"),
        ("M006", "周八", "", "zhou@aliyun.com", "", "1979-01-01", "广州", "VIP20006", "2023-06-01 12:00:00", "", "1"),
    )
]  # fmt: skip
ORDERS = [
    dict(zip(("订单号", "下单时间", "手机号", "商品名称", "品类", "数量", "实付金额"), row, strict=True))
    for row in (
        ("A1", "2026-03-30 10:00:00", "13812345001", "洁面乳", "面部护理", "1", "99.00"),
        ("A2", "2026-03-01 20:00:00", "13812345001", "口红", "彩妆", "2", "¥258.50"),
        ("A3", "2025-11-11 00:00:01", "13812345001", "面霜", "面部护理", "1", "1,299.00"),
        ("A4", "2026-02-14 12:00:00", "13812345002", "香水", "香水", "1", "880"),
        ("A5", "2026-03-15 12:00:00", "13812345004", "口红", "彩妆", "1", "129.25"),
        ("A6", "2025-08-01 08:00:00", "13812345005", "口红", "彩妆", "3", "387.75"),
        ("A7", "2025-08-02 08:00:00", "13912340000", "香水", "香水", "1", "500"),  # nobody's customer yet
    )
]  # fmt: skip


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write rows as the CSV a Chinese shop system exports."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def bring(
    house: House, path: Path, rows: str, *, source: str | None = None, caller: Caller = HOUSEHOLDER
) -> Outcome:
    imports = Imports(house)
    return imports.bring(path, imports.look(path, rows, source=source), caller)


def refresh(house: House, as_of: dt.datetime = AS_OF) -> RefreshDone:
    return Refresh(house, as_of).run()


def make_anew(house: House, as_of: dt.datetime = AS_OF) -> RefreshDone:
    return rebuild(house, as_of)


def asked(house: House, caller: Caller = HOUSEHOLDER, as_of: dt.datetime = AS_OF) -> Questions:
    return Questions(house, caller, as_of)


def names_in(house: House, rule: str, as_of: dt.datetime = AS_OF) -> set[str]:
    """Return the names (or public ids) of the people a rule holds for."""
    questions = asked(house, as_of=as_of)
    table = questions.members(questions.people(rule), ["name"])
    return {r["name"] or r["person"] for r in table.to_pylist()}


def everything(house: House) -> dict[str, dict[str, Any]]:
    """Return all that is known of each living person, by public id: columns, events, audiences."""
    questions, people = asked(house), house.people
    alive = people.people
    columns = people.columns()
    rows = questions.members(alive, columns).to_pylist()
    persons = Persons(house, HOUSEHOLDER)
    out: dict[str, dict[str, Any]] = {}
    for person, row in zip(alive.people().tolist(), rows, strict=True):
        public = row.pop("person")
        out[public] = {
            "values": {n: plain(v) for n, v in row.items() if v is not None and v != []},
            "events": [
                {n: plain(v) for n, v in e.items()} for e in persons.events(person, limit=1_000)
            ],
            "identifiers": sorted(
                (r["type"], r["value"]) for r in house.identity.identifiers_of(person).to_pylist()
            ),
            "audiences": sorted(
                n for n in house.catalog.all(AudienceDefinition) if people.members(n).has(person)
            ),
            "given by": {
                n: (s["source"], s["row"]) for n, s in house.profiles.value_sources(person).items()
            },
        }
    assert len(out) == alive.count()
    return out


def plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.normalize()
    return sorted(value) if isinstance(value, list) else value


def public_id(house: House, who: str) -> str:
    person = house.identity.find(who)
    return write_ids(house.identity.public_ids()[[person]])[0].as_py()


def landed(outcomes: Iterable[Outcome]) -> list[Import]:
    return [o.landed for o in outcomes if o.landed is not None]
