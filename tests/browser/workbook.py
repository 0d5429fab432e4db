"""A small workbook as companies have them: titles above the header, dates in every style, bad phones."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

ROWS = 40
BAD_PHONES = 4
HEADER = ["会员卡号", "姓名", "手机", "性别", "生日", "所在城市", "肤质类型", "宠物"]
_BIRTHDAYS = ["1990-03-05", "1991/4/6", "1992年5月7日", datetime(1993, 6, 8), "19940709"]  # noqa: DTZ001 cells have no zone


def write_members(path: Path) -> Path:
    """Write the workbook; of its rows one names nobody and says nothing that can be used."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "会员"
    sheet["A1"] = "2026年会员名单(内部)"
    sheet.merge_cells("A1:H1")
    sheet["A2"] = "制表:运营部"
    for column, heading in enumerate(HEADER, 1):
        sheet.cell(4, column, heading)
    for i in range(ROWS):
        sheet.append(
            [
                f"VIP{i:05d}",
                "赵钱孙李周吴郑王"[i % 8] + "伟芳娜敏静"[i % 5],
                f"138{i:08d}" if i % 10 else "12345",
                ["男", "女", "F", "先生"][i % 4],
                _BIRTHDAYS[i % 5],
                ["上海", "杭州市", "北京"][i % 3],
                ["油皮", "干性", "敏感肌"][i % 3],
                ["猫", "狗", "没有"][i % 3],
            ]
        )
    sheet.append([None, None, None, None, None, None, None, "空"])
    book.create_sheet("说明")["A1"] = "仅供内部使用"
    book.save(path)
    return path
