"""Print how many rows each normaliser cleans per CPU second: python -m tests.cleaning.speed [rows]."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

import numpy as np
import polars as pl

from qunxiang import cleaning
from qunxiang.cleaning.divisions import load_divisions

BATCH = 100_000
MESSY = 0.1


def check_digit(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11]


def make_phone(r: random.Random) -> str:
    return f"1{r.choice(('38', '39', '50', '86', '77', '91'))}{r.randrange(10**8):08d}"


def mess_phone(r: random.Random) -> str:
    p = make_phone(r)
    forms = (
        f"+86 {p[:3]}-{p[3:7]}-{p[7:]}", f"{p}.0", f"86{p}", f"{p[:3]} {p[3:7]} {p[7:]}", f"010-{p[3:]}",
        f"{p[:3]}****{p[7:]}", p[:-1], f"{p}/{make_phone(r)}", "1.38123E+10", "-", "无", f"021-{p[3:]}转808",
    )  # fmt: skip
    return r.choice(forms)


def make_mail(r: random.Random) -> str:
    return f"user{r.randrange(10**7)}@{r.choice(('qq.com', '163.com', 'gmail.com', 'corp.com.cn'))}"


def mess_mail(r: random.Random) -> str:
    m = make_mail(r)
    return r.choice(
        (
            m.upper(),
            f" {m}",
            f"mailto:{m}",
            m.replace(".com", ".con"),
            "test@test.com",
            m.replace("@", ""),
        )
    )


def make_day(r: random.Random) -> str:
    return f"{r.randrange(1950, 2024)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}"


def mess_day(r: random.Random) -> str:
    y, m, d = make_day(r).split("-")
    forms = (
        f"{y}/{int(m)}/{int(d)}",
        f"{y}年{int(m)}月{int(d)}日",
        f"{y}{m}{d}",
        "45292",
        "2024-02-30",
        "3月5日",
        f"{m}/{d}/{y}",
    )
    return r.choice(forms)


def make_moment(r: random.Random) -> str:
    return f"{make_day(r)} {r.randrange(24):02d}:{r.randrange(60):02d}:{r.randrange(60):02d}"


def mess_moment(r: random.Random) -> str:
    m = make_moment(r)
    return r.choice(
        (
            m.replace("-", "/"),
            m.replace(" ", "T") + "Z",
            m[:16],
            str(r.randrange(10**9, 2 * 10**9)),
            "45292.51",
            "x",
        )
    )


CODES = [d.code for d in load_divisions() if d.depth == 3 and d.code < "70"]
WHOLES = [d for d in load_divisions() if d.depth == 3 and d.code < "70"]
CITIES = [d.city for d in load_divisions() if d.depth == 2]


def make_resident(r: random.Random) -> str:
    body = f"{r.choice(CODES)}{make_day(r).replace('-', '')}{r.randrange(1000):03d}"
    return body + check_digit(body)


def mess_resident(r: random.Random) -> str:
    n = make_resident(r)
    return r.choice(
        (n.lower(), f" {n}", n[:-1], n[:6] + "********" + n[-4:], n[:6] + n[8:17], "4.40305E+17")
    )


def make_address(r: random.Random) -> str:
    return f"{r.choice(WHOLES).whole}{r.choice(('人民', '中山', '解放'))}路{r.randrange(2000)}号{r.randrange(60)}室"


def mess_address(r: random.Random) -> str:
    d, tail = r.choice(WHOLES), f"中山路{r.randrange(2000)}号{r.randrange(99)}室"
    city = (d.city or "").removesuffix("市")
    return r.choice(
        (
            f"{city}{d.district}{tail}",
            tail,
            f"{d.province} {d.city} {d.district} {tail}",
            f"{city}{tail}",
        )
    )


SURNAMES, GIVEN = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨",
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂",
)


def make_name(r: random.Random) -> str:
    return r.choice(SURNAMES) + "".join(r.choice(GIVEN) for _ in range(r.choice((1, 2, 2))))


def mess_name(r: random.Random) -> str:
    n = make_name(r)
    return r.choice(
        (
            f"{n}先生",
            f"{n}(老客户)",
            f"{n[0]} {n[1:]}",
            f"{n}1",
            f"{n[0]}**",
            "测试",
            "JOHN SMITH",
            "-",
        )
    )


Make = Callable[[random.Random], str]
CASES: dict[str, tuple[Callable[[pl.Series], cleaning.Cleaned], Make, Make]] = {
    "clean_text": (cleaning.clean_text, make_name, lambda r: f"　{make_name(r)}ＡＢ "),
    "clean_name": (cleaning.clean_name, make_name, mess_name),
    "clean_phone": (cleaning.clean_phone, make_phone, mess_phone),
    "clean_mail": (cleaning.clean_mail, make_mail, mess_mail),
    "clean_date": (cleaning.clean_date, make_day, mess_day),
    "clean_moment": (cleaning.clean_moment, make_moment, mess_moment),
    "clean_resident_id": (cleaning.clean_resident_id, make_resident, mess_resident),
    "clean_region": (cleaning.clean_region, make_address, mess_address),
    "clean_city": (cleaning.clean_city, lambda r: r.choice(CITIES), lambda r: r.choice(("北京", "深圳", "x", "上海 "))),
    "clean_gender": (cleaning.clean_gender, lambda r: r.choice("男女"), lambda r: r.choice(("M", "f", "1", "未知", "?"))),
    "clean_number": (cleaning.clean_number, lambda r: f"{r.randrange(10**6) / 100}", lambda r: f"{r.randrange(10**6):,}"),
    "clean_integer": (cleaning.clean_integer, lambda r: f"{r.randrange(10**6)}", lambda r: f"{r.randrange(10**6)}.0"),
    "clean_money": (cleaning.clean_money, lambda r: f"{r.randrange(10**6) / 100:.2f}", lambda r: r.choice((f"¥{r.randrange(10**6):,}.50", f"{r.randrange(999)}元", "$5", f"{r.randrange(999)}万"))),
}  # fmt: skip


def measure(
    clean: Callable[[pl.Series], cleaning.Cleaned], make: Make, mess: Make, rows: int
) -> float:
    r = random.Random(7)
    column = pl.Series("x", [mess(r) if r.random() < MESSY else make(r) for _ in range(rows)])
    clean(column.head(1000))
    start = time.process_time()
    for at in range(0, rows, BATCH):
        clean(column.slice(at, BATCH))
    return time.process_time() - start


def main(rows: int) -> None:
    seconds = {name: measure(*case, rows) for name, case in CASES.items()}
    for name, spent in seconds.items():
        sys.stdout.write(
            f"{name:20s}{spent:8.2f} s{rows / spent / 1e6:8.2f} M rows per CPU second\n"
        )
    sys.stdout.write(f"{'together':20s}{np.sum(list(seconds.values())):8.2f} s\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
