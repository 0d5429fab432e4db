"""Routes: the maps of China that the console draws on, and their approval number.

A workspace may bring its own, as the law of a place or a newer division asks: a GeoJSON file named by
its code (100000 the country, 310000 Shanghai) in the workspace's folder `maps` takes the place of ours.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from fastapi.responses import Response
from pydantic import BaseModel

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.errors import QunxiangError

router = APIRouter(tags=["maps"])
_OURS = files("qunxiang.api") / "data" / "maps"
_FOLDER = "maps"


class MapsAnswer(BaseModel):
    """Which maps there are, which of them the workspace brought, and the approval number to be shown."""

    codes: list[str]
    own: list[str]
    approval: str


@router.get("/maps")
def list_maps(caller: CallerOf, house: HouseOf) -> MapsAnswer:
    """List the maps by GB/T 2260 code."""
    caller.require("read")
    own = sorted(path.stem for path in (house.folder / _FOLDER).glob("*.json"))
    ours = {one.name.removesuffix(".json") for one in _OURS.iterdir()}
    return MapsAnswer(codes=sorted(ours | set(own)), own=own, approval=house.settings.map_approval)


@router.get("/maps/{code}", response_class=Response)
def get_map(
    code: Annotated[str, InPath(pattern=r"^\d{6}$")], caller: CallerOf, house: HouseOf
) -> Response:
    """Return a map as GeoJSON; shapes may be in the compressed coordinates that ECharts reads."""
    caller.require("read")
    own, ours = house.folder / _FOLDER / f"{code}.json", _OURS / f"{code}.json"
    found = own if own.is_file() else ours
    if not found.is_file():
        raise QunxiangError("api.no_map", where=code, region=code)
    kept = {"Cache-Control": "private, max-age=3600"}
    return Response(found.read_bytes(), media_type="application/geo+json", headers=kept)
