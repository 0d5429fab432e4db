"""Make the maps of the console from the map files of Apache ECharts 4.9.0.

    python scripts/make_maps.py FOLDER      # the folder `map/json` of that release

Shapes are taken as they are. Names become those that cleaning gives to regions, by their codes of
GB/T 2260, and a shape that has become part of another since (莱芜, in 济南 from 2019) takes its name.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from qunxiang.cleaning.divisions import load_divisions, stem

_OUT = Path(__file__).resolve().parent.parent / "qunxiang" / "api" / "data" / "maps"
_COUNTRY = "100000"
# Files whose shapes have no codes.
_WITHOUT_CODES = {"taiwan": "台湾", "xianggang": "香港", "aomen": "澳门"}
_MERGED = {"371200": ("370100", "济南市")}


def _by_code() -> dict[str, str]:
    """Return what cleaning calls the place of each code."""
    names: dict[str, str] = {}
    for each in sorted(load_divisions(), key=lambda d: d.depth):
        # Places of Hong Kong, Macao and Taiwan share the code of the whole.
        names.setdefault(each.code, each.district or each.city or each.province)
    return names


def _by_stem(depth: int) -> dict[str, str]:
    """Return what cleaning calls provinces, by what they are called for short."""
    return {stem(d.province): d.province for d in load_divisions() if d.depth == depth}


_NAMES, _PROVINCES = _by_code(), _by_stem(1)


def main(folder: Path) -> None:
    """Write a file for the country and one for each province, named by code."""
    _OUT.mkdir(parents=True, exist_ok=True)
    country = json.loads((folder / "china.json").read_text(encoding="utf-8"))
    _write(_COUNTRY, country)
    names = {f["properties"]["name"]: f["properties"]["code"] for f in country["features"]}
    for path in sorted((folder / "province").glob("*.json")):
        shape = json.loads(path.read_text(encoding="utf-8"))
        provinces = {str(f.get("id", ""))[:2] for f in shape["features"]} - {""}
        whole = _WITHOUT_CODES.get(path.stem)
        _write(names[_PROVINCES[whole]] if whole else provinces.pop() + "0000", shape)


def _write(code: str, shape: Any) -> None:
    for feature in shape["features"]:
        own = feature["properties"]
        own["code"] = str(feature.get("id") or own.pop("id", ""))
        if own["code"] in _MERGED:
            own["code"], own["name"] = _MERGED[own["code"]]
        known = _NAMES.get(own["code"]) or _PROVINCES.get(own["name"])
        own["name"] = known or own["name"]
        own.pop("childNum", None)
        feature.pop("id", None)
    text = json.dumps(shape, ensure_ascii=False, separators=(",", ":"))
    (_OUT / f"{code}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
