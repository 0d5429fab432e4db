"""Workbooks: values as a person would type them, and files made to hurt."""

# ruff: noqa: DTZ001 a spreadsheet knows no time zones
from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook

from qunxiang.errors import QunxiangError
from qunxiang.sources import FileShape, Limits, ShapeOverrides, detect
from qunxiang.sources.limits import MB
from tests.sources.compound import write_xls
from tests.sources.reading import everything, write

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
RELS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
BOOK = '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
BOOK_RELS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def by_hand(path: Path, rows: str, before: str = "", prefix: str = "") -> Path:
    """Write a workbook whose sheet is exactly the given XML."""
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    sheet = f'<?xml version="1.0"?>{before}<{prefix}worksheet {name}="{MAIN}"><{prefix}sheetData>{rows}</{prefix}sheetData></{prefix}worksheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELS)
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", BOOK_RELS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def code_of(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(QunxiangError) as told:
        everything(path, limits=limits)
    assert path.name in told.value.message("zh")
    assert told.value.remedy("en")
    return told.value.code


def test_cells_become_exact_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("客户")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        clock = book.add_format({"num_format": "hh:mm:ss"})
        percent = book.add_format({"num_format": "0.00%"})
        sheet.write_row(
            0,
            0,
            [
                "手机",
                "金额",
                "科学",
                "日期",
                "时刻",
                "钟点",
                "比例",
                "是否",
                "文本",
                "公式",
                "证件",
            ],
        )
        sheet.write_number(1, 0, 13812345678)
        sheet.write_number(1, 1, 0.1)
        sheet.write_number(1, 2, 1e-7)
        sheet.write_datetime(1, 3, dt.datetime(2024, 3, 5), day)
        sheet.write_datetime(1, 4, dt.datetime(2024, 3, 5, 14), moment)
        sheet.write_datetime(1, 5, dt.time(8, 30), clock)
        sheet.write_number(1, 6, 0.25, percent)
        sheet.write_boolean(1, 7, True)
        sheet.write_string(1, 8, " 007 ")
        sheet.write_formula(1, 9, "=1+2", None, 3)
        sheet.write_number(1, 10, 410102199001011234)
        sheet.write_number(2, 0, -5)
    found = everything(path)
    assert found.rows == [
        [
            "13812345678",
            "0.1",
            "1e-07",
            "2024-03-05",
            "2024-03-05 14:00:00",
            "08:30:00",
            "0.25",
            "true",
            " 007 ",
            "3",
            "410102199001011300",
        ],
        ["-5", *[None] * 10],
    ]
    assert found.numbers == [2, 3]
    assert found.shape.notes == ("digits lost: 证件",)


def test_titles_blank_rows_totals_and_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = Workbook()
    sheet = book.active
    sheet["B2"] = "客户名单"
    sheet.merge_cells("B2:D2")
    for number, row in (
        (4, ["姓名", "手机", "城市"]),
        (5, ["张三", 1, "上海"]),
        (8, ["李四", 2, None]),
        (9, ["合计", 3, None]),
    ):
        for column, value in enumerate(row, 2):
            sheet.cell(number, column, value)
    sheet["F8"] = "离群"
    book.save(path)
    found = everything(path)
    assert found.shape.columns == ("姓名", "手机", "城市", "列4", "列5")
    header = found.shape.header_row
    assert header is not None
    assert found.shape.top[header][:3] == ("姓名", "手机", "城市")
    assert found.rows == [["张三", "1", "上海", None, None], ["李四", "2", None, None, "离群"]]
    assert found.numbers == [5, 8]
    assert found.blank == 2
    assert found.codes == [(9, "total_row")]


def test_cells_beyond_the_agreed_columns_set_the_row_aside(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["a", "b"], ["x", "y"], ["p", "q", "r"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    shape = FileShape(format="xlsx", sheet="Sheet", header_row=0, data_row=1, columns=("a", "b"))
    found = everything(tmp_path / "a.xlsx", shape)
    assert found.rows == [["x", "y"]]
    assert found.codes == [(3, "too_many_cells")]
    assert found.bad[0].raw == "p\tq\tr"


def test_sheets(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = Workbook()
    book.active.title = "空表"
    hidden = book.create_sheet("隐藏")
    hidden.sheet_state = "hidden"
    hidden.append(["h"])
    for name in ("会员", "订单"):
        sheet = book.create_sheet(name)
        sheet.append(["姓名", "表"])
        sheet.append(["张三", name])
    book.save(path)
    first = everything(path)
    assert first.shape.sheet == "会员"
    assert first.shape.sheets == ("空表", "会员", "订单", "隐藏")
    assert first.shape.notes == ("sheet chosen of 4: 会员",)
    second = detect(path, overrides=ShapeOverrides(sheet="订单"))
    assert everything(path, second).rows == [["张三", "订单"]]
    with pytest.raises(QunxiangError) as told:
        detect(path, overrides=ShapeOverrides(sheet="没有"))
    assert told.value.code == "sources.sheet_not_found"
    assert "会员、订单" in told.value.message("zh")
    with pytest.raises(QunxiangError) as told:
        detect(path, overrides=ShapeOverrides(sheet="空表"))
    assert told.value.code == "sources.empty_file"


def test_content_counts_and_not_the_name(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["姓名", "城市"])
    book.active.append(["张三", "上海"])
    book.save(tmp_path / "b.xlsx")
    (tmp_path / "b.xlsx").rename(tmp_path / "a.csv")
    assert everything(tmp_path / "a.csv").shape.format == "xlsx"
    tsv = everything(write(tmp_path / "a.xls", "姓名\t城市\n张三\t上海\n", "gb18030"))
    assert tsv.shape.format == "csv"
    assert tsv.rows == [["张三", "上海"]]
    assert (
        code_of(write(tmp_path / "html.xls", "<html><table><tr><td>1</td></tr></table>"))
        == "sources.not_what_it_says"
    )
    assert (
        code_of(write(tmp_path / "xml.xls", '<?xml version="1.0"?><Workbook/>'))
        == "sources.not_what_it_says"
    )
    with pytest.raises(QunxiangError) as told:
        everything(tmp_path / "a.csv", FileShape(format="csv", columns=("姓名", "城市")))
    assert told.value.code == "sources.wrong_format"


def test_a_far_cell_is_refused_and_a_far_style_is_not(tmp_path: Path) -> None:
    near = f'<row r="1">{cell("A1", "a")}</row>'
    for far in (
        f'<row r="1048576">{cell("XFD1048576", "x")}</row>',
        "<row r='1048576'><c\nt='n' r='XFD1048576'><v>1</v></c></row>",
        '<row r="1048575"/><row>' + "<c><v>1</v></c>" * 30 + "</row>",
    ):
        assert code_of(by_hand(tmp_path / "far.xlsx", near + far)) == "sources.sheet_too_large"
    prefixed = '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row><x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
    assert (
        code_of(by_hand(tmp_path / "far.xlsx", prefixed, prefix="x:")) == "sources.sheet_too_large"
    )
    styled = (
        near + f'<row r="2">{cell("A2", "x")}</row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    )
    assert everything(by_hand(tmp_path / "styled.xlsx", styled)).rows == [["x"]]


def test_laughs_and_entities_are_refused(tmp_path: Path) -> None:
    laughs = (
        '<!DOCTYPE l [<!ENTITY a "ha">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
        + "]>"
    )
    path = by_hand(tmp_path / "laughs.xlsx", f'<row r="1">{cell("A1", "&k;")}</row>', laughs)
    assert code_of(path) == "sources.unreadable_workbook"
    outside = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    path = by_hand(tmp_path / "xxe.xlsx", f'<row r="1">{cell("A1", "&a;")}</row>', outside)
    assert code_of(path) == "sources.unreadable_workbook"


def test_bombs_are_refused(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}">{cell(f"A{n}", "0" * 200)}</row>' for n in range(1, 20_000))
    path = by_hand(tmp_path / "bomb.xlsx", rows)
    assert code_of(path, Limits(ratio=20)) == "sources.unpacks_too_large"
    assert code_of(path, Limits(unpacked_bytes=MB, ratio=10_000)) == "sources.unpacks_too_large"
    with zipfile.ZipFile(tmp_path / "lying.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 50_000_000)
        archive.filelist[1].file_size = 1_000
    assert code_of(tmp_path / "lying.xlsx") in ("sources.unpacks_too_large", "sources.truncated")
    with zipfile.ZipFile(tmp_path / "many.xlsx", "w") as archive:
        for number in range(1_001):
            archive.writestr(f"xl/{number}.xml", "x")
    assert code_of(tmp_path / "many.xlsx") == "sources.unpacks_too_large"


def test_too_many_columns(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([f"c{n}" for n in range(10_000)])
    sheet.append(["x"] * 10_000)
    book.save(tmp_path / "a.xlsx")
    assert code_of(tmp_path / "a.xlsx") == "sources.too_many_columns"
    text = ",".join(f"c{n}" for n in range(10_000)) + "\n" + ",".join("x" * 10_000) + "\n"
    assert code_of(write(tmp_path / "a.csv", text)) == "sources.too_many_columns"


def test_encrypted_and_cut_short(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    (tmp_path / "a.xlsx").write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    assert code_of(tmp_path / "a.xlsx") == "sources.encrypted"
    (tmp_path / "a.doc").write_bytes(ole + "WordDocument".encode("utf-16-le"))
    assert code_of(tmp_path / "a.doc") == "sources.not_what_it_says"
    (tmp_path / "a.xls").write_bytes(ole + "Workbook".encode("utf-16-le"))
    assert code_of(tmp_path / "a.xls") == "sources.unreadable_workbook"
    whole = by_hand(tmp_path / "b.xlsx", f'<row r="1">{cell("A1", "a")}</row>').read_bytes()
    (tmp_path / "b.xlsx").write_bytes(whole[: len(whole) // 2])
    assert code_of(tmp_path / "b.xlsx") == "sources.truncated"


def test_xls(tmp_path: Path) -> None:
    cells = [
        (0, 0, "姓名"),
        (0, 1, "手机"),
        (1, 0, "张三"),
        (1, 1, 13812345678.0),
        (3, 0, "李四"),
        (3, 1, 0.5),
    ]
    found = everything(write_xls(tmp_path / "a.csv", cells, (4, 2)))
    assert found.shape.format == "xls"
    assert found.rows == [["张三", "13812345678"], ["李四", "0.5"]]
    assert found.numbers == [2, 4]
    far = [*cells, (65_535, 65_535, 1.0)]
    assert code_of(write_xls(tmp_path / "far.xls", far)) == "sources.sheet_too_large"
    assert (
        code_of(write_xls(tmp_path / "claim.xls", cells, (2**31, 2**15)))
        == "sources.sheet_too_large"
    )
    whole = (tmp_path / "a.csv").read_bytes()
    loop = bytearray(whole)
    loop[512 + 4 * 2 : 512 + 4 * 3] = b"\x02\x00\x00\x00"
    (tmp_path / "loop.xls").write_bytes(loop)
    assert code_of(tmp_path / "loop.xls") == "sources.unreadable_workbook"
    (tmp_path / "cut.xls").write_bytes(whole[:1400])
    assert code_of(tmp_path / "cut.xls") in (
        "sources.unreadable_workbook",
        "sources.not_what_it_says",
        "sources.empty_file",
    )


ODS = "urn:oasis:names:tc:opendocument:xmlns:"


def ods(path: Path, rows: str) -> Path:
    content = f'<?xml version="1.0"?><office:document-content xmlns:office="{ODS}office:1.0" xmlns:table="{ODS}table:1.0" xmlns:text="{ODS}text:1.0"><office:body><office:spreadsheet><table:table table:name="表">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    manifest = f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{ODS}manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def test_ods(tmp_path: Path) -> None:
    def texts(*cells: str) -> str:
        inner = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{each}</text:p></table:table-cell>'
            for each in cells
        )
        return f"<table:table-row>{inner}</table:table-row>"

    empty = '<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    number = '<table:table-row><table:table-cell office:value-type="string"><text:p>李四</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="13812345678"><text:p>13812345678</text:p></table:table-cell></table:table-row>'
    found = everything(
        ods(tmp_path / "a.ods", texts("姓名", "手机") + texts("张三", "x") + number + empty)
    )
    assert found.shape.format == "ods"
    assert found.rows == [["张三", "x"], ["李四", "13812345678"]]
    assert found.numbers == [2, 3]
    bomb = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/></table:table-row>'
    assert code_of(ods(tmp_path / "bomb.ods", bomb)) == "sources.sheet_too_large"
