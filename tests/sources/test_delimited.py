"""Delimited text: every encoding, every delimiter, and every row accounted for."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunxiang.errors import QunxiangError
from qunxiang.sources import FileShape, Limits, ShapeOverrides, detect
from tests.sources.reading import everything, write

SIMPLIFIED = [
    ["客户编号", "姓名", "所在城市", "备注"],
    ["0001", "张三", "上海市浦东新区", "喜欢喝咖啡,周末常来"],
    ["0002", "李四", "北京市海淀区", "会员\n等级为金卡"],
    ["0003", "王小明", "广州市天河区", '他说"好的"'],
    ["0004", "欧阳娜娜", "成都市武侯区", "|分;隔\t符"],
]
TRADITIONAL = [
    ["客戶編號", "姓名", "所在城市", "備註"],
    ["0001", "陳大文", "台北市信義區", "喜歡喝咖啡,週末常來"],
    ["0002", "林美麗", "高雄市左營區", "會員\n等級為金卡"],
    ["0003", "張國榮", "臺中市西屯區", '他說"好的"'],
    ["0004", "歐陽菲菲", "新北市板橋區", "|分;隔\t符"],
]
WESTERN = [
    ["client", "name", "city", "note"],
    ["0001", "René Müller", "Zürich", "prefers tea, not coffee"],
    ["0002", "José Núñez", "Málaga", "gold\nmember"],
    ["0003", "Zoë Brontë", "Århus", 'said "yes"'],
    ["0004", "Noël Lefèvre", "Besançon", "|a;b\tc"],
]
RARE = [*SIMPLIFIED, ["0005", "𠮷田㐂", "龘靐齉", "四字节𪚥"]]
ENCODINGS = {
    "utf-8": ("utf-8", b"", SIMPLIFIED),
    "utf-8 with a BOM": ("utf-8", b"\xef\xbb\xbf", SIMPLIFIED),
    "utf-16-le with a BOM": ("utf-16-le", b"\xff\xfe", SIMPLIFIED),
    "utf-16-be with a BOM": ("utf-16-be", b"\xfe\xff", SIMPLIFIED),
    "utf-16-le": ("utf-16-le", b"", SIMPLIFIED),
    "utf-16-be": ("utf-16-be", b"", SIMPLIFIED),
    "utf-16-le, western": ("utf-16-le", b"", WESTERN),
    "gb18030": ("gb18030", b"", RARE),
    "gbk": ("gbk", b"", SIMPLIFIED),
    "big5": ("big5", b"", TRADITIONAL),
    "latin-1": ("latin-1", b"", WESTERN),
}


def as_csv(table: list[list[str]], **dialect: object) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, **dialect).writerows(table)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "\x01"])
@pytest.mark.parametrize("case", ENCODINGS)
def test_encodings_by_delimiters(tmp_path: Path, case: str, delimiter: str) -> None:
    encoding, bom, table = ENCODINGS[case]
    path = tmp_path / "客户.csv"
    path.write_bytes(bom + as_csv(table, delimiter=delimiter).encode(encoding))
    found = everything(path)
    assert found.shape.delimiter == delimiter
    assert list(found.shape.columns) == table[0]
    assert found.rows == table[1:]
    assert found.numbers == list(range(2, len(table) + 1))
    assert found.bad == []


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
def test_line_ends(tmp_path: Path, ending: str, last: str) -> None:
    text = ending.join(["a,b", "x,y", 'p,"q q"', "r,s"]) + (ending if last else "")
    found = everything(write(tmp_path / "a.csv", text))
    assert found.rows == [["x", "y"], ["p", "q q"], ["r", "s"]]
    assert found.numbers == [2, 3, 4]


def test_titles_and_blank_rows_stand_above_the_header(tmp_path: Path) -> None:
    text = "\n客户名单,,\n制表日期,2024-03-05,\n\n姓名,手机,城市\n张三,13800000001,上海\n,,\n李四,13800000002,北京\n\n"
    found = everything(write(tmp_path / "a.csv", text))
    assert found.shape.header_row == 4
    assert found.shape.notes == ("title rows skipped: 2",)
    assert found.shape.top[:2] == ((None, None, None), ("客户名单", None, None))
    assert found.shape.top[4] == ("姓名", "手机", "城市")
    assert found.shape.columns == ("姓名", "手机", "城市")
    assert found.rows == [["张三", "13800000001", "上海"], ["李四", "13800000002", "北京"]]
    assert found.numbers == [6, 8]
    assert found.blank == 2


def test_narrow_titles(tmp_path: Path) -> None:
    text = "2024年客户名单\n\n姓名,手机,城市,等级\n张三,1,上海,A\n李四,2,北京,B\n"
    found = everything(write(tmp_path / "a.csv", text))
    assert found.shape.columns == ("姓名", "手机", "城市", "等级")
    assert found.shape.notes == ("title rows skipped: 1",)
    assert found.numbers == [4, 5]


def test_ragged_rows_are_set_aside_with_their_numbers(tmp_path: Path) -> None:
    text = 'a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,"x\ny",12\n13,14,15,,\n16\n17,18,19\n'
    found = everything(write(tmp_path / "a.csv", text))
    assert found.rows == [
        ["1", "2", "3"],
        ["10", "x\ny", "12"],
        ["13", "14", "15"],
        ["17", "18", "19"],
    ]
    assert found.numbers == [2, 5, 6, 8]
    assert found.codes == [(3, "too_few_cells"), (4, "too_many_cells"), (7, "too_few_cells")]
    assert [row.raw for row in found.bad] == ["4,5", "6,7,8,9", "16"]


def test_a_delimiter_at_each_line_end(tmp_path: Path) -> None:
    both = everything(write(tmp_path / "a.csv", "a,b,\n1,2,\n3,4,\n5,6,\n"))
    assert both.rows == [["1", "2", None], ["3", "4", None], ["5", "6", None]]
    body = everything(write(tmp_path / "b.csv", "a,b\n1,2,\n3,4,\n5,6,\n"))
    assert body.shape.columns == ("a", "b", "列3")
    assert body.rows == both.rows
    header = everything(write(tmp_path / "c.csv", "a,b,\n1,2\n3,4\n5,6\n"))
    assert header.shape.columns == ("a", "b")
    assert header.rows == [["1", "2"], ["3", "4"], ["5", "6"]]


def test_total_rows(tmp_path: Path) -> None:
    for word in ("合计", "总 计：", "Total", "Grand Total:"):
        found = everything(
            write(tmp_path / "a.csv", f"门店,金额\n一店,1\n合计,7\n二店,2\n{word},3\n")
        )
        assert found.rows == [["一店", "1"], ["合计", "7"], ["二店", "2"]]
        assert found.codes == [(5, "total_row")]


def test_names_are_unique_and_not_empty(tmp_path: Path) -> None:
    text = "姓名,电话,电话,,电话\n张,1,2,3,4\n李,5,6,7,8\n"
    shape = detect(write(tmp_path / "a.csv", text))
    assert shape.columns == ("姓名", "电话", "电话 (2)", "列4", "电话 (3)")
    assert shape.notes == ("duplicate column names", "blank column names")
    english = detect(tmp_path / "a.csv", overrides=ShapeOverrides(lang="en"))
    assert english.columns[3] == "column_4"
    assert everything(tmp_path / "a.csv", english).rows[0] == ["张", "1", "2", "3", "4"]


def test_without_a_header(tmp_path: Path) -> None:
    found = everything(
        write(tmp_path / "a.csv", "1,张三,13800000001\n2,李四,13800000002\n3,王五,13800000003\n")
    )
    assert found.shape.header_row is None
    assert found.shape.columns == ("列1", "列2", "列3")
    assert len(found.rows) == 3
    assert found.numbers == [1, 2, 3]


def test_one_column(tmp_path: Path) -> None:
    found = everything(write(tmp_path / "a.csv", "手机\n13800000001\n\n13800000002\n"))
    assert found.rows == [["13800000001"], ["13800000002"]]
    assert found.numbers == [2, 4]
    assert found.blank == 1


def test_header_only(tmp_path: Path) -> None:
    for text in ("姓名,手机\n", "姓名,手机", "姓名,手机\r\n\r\n"):
        found = everything(write(tmp_path / "a.csv", text))
        assert found.rows == []
        assert found.shape.columns == ("姓名", "手机")
        assert found.shape.notes == ("no rows",)


def test_undecodable_bytes_set_only_their_row_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    good = [f"{n},张三{n},上海\n" for n in range(2000)]
    lines = [line.encode("utf-8") for line in ["编号,姓名,城市\n", *good]]
    lines[1000] = b"999,\xd5\xc5\xc8\xfd,ok\n"
    lines[1500] = b"x,\xff\n"
    path.write_bytes(b"".join(lines))
    found = everything(path)
    assert found.shape.encoding == "utf-8"
    assert len(found.rows) == 1998
    assert found.codes == [(1001, "undecodable"), (1501, "undecodable")]
    assert found.bad[0].raw == r"999	\xd5\xc5\xc8\xfd	ok"
    lines = [line.encode("gb18030") for line in ["编号,姓名,城市\n", *good]]
    lines[10] = b"9,\xff\xff,ok\n"
    path.write_bytes(b"".join(lines))
    found = everything(path)
    assert found.shape.encoding == "gb18030"
    assert found.codes == [(11, "undecodable")]
    assert len(found.rows) == 1999


def test_nul_bytes_set_only_their_row_aside(tmp_path: Path) -> None:
    found = everything(write(tmp_path / "a.csv", "a,b\nx,1\ny\0,2\nz,3\n"))
    assert found.rows == [["x", "1"], ["z", "3"]]
    assert found.codes == [(3, "nul_byte")]


def test_an_unclosed_quote_is_not_taken_for_a_value(tmp_path: Path) -> None:
    found = everything(write(tmp_path / "a.csv", 'a,b\nx,"1"\ny,"2\nz,3\nw,4\n'))
    assert found.rows == [["x", "1"]]
    assert found.codes == [(3, "unclosed_quote")]
    plain = detect(tmp_path / "a.csv", overrides=ShapeOverrides(quote=""))
    assert everything(tmp_path / "a.csv", plain).rows == [
        ["x", '"1"'],
        ["y", '"2'],
        ["z", "3"],
        ["w", "4"],
    ]


def test_single_quotes_and_backslashes(tmp_path: Path) -> None:
    found = everything(write(tmp_path / "a.csv", "'a','b'\n'x,y','1'\n'p','it''s'\n"))
    assert found.rows == [["x,y", "1"], ["p", "it's"]]
    path = write(tmp_path / "b.csv", 'a,b\n"x \\"y\\"",1\nz\\,w,2\n')
    shape = detect(path, overrides=ShapeOverrides(escape="\\"))
    assert everything(path, shape).rows == [['x "y"', "1"], ["z,w", "2"]]


def test_an_input_larger_than_a_block(tmp_path: Path) -> None:
    lines = ["编号,姓名,备注"]
    for n in range(150_000):
        bad = n % 10_000 == 7
        lines.append(f"{n},张三,{'超' if bad else ''}出{',多' if bad else ''}" + "。" * 30)
    lines += ['x,y,"' + "行\n" * 100 + '"']
    for encoding in ("utf-8", "gb18030"):
        found = everything(write(tmp_path / "a.csv", "\n".join(lines), encoding))
        assert len(found.rows) == 150_000 - 15 + 1
        assert [row.row_number for row in found.bad] == [n + 2 for n in range(7, 150_000, 10_000)]
        assert all(
            int(row[0] or 0) + 2 == n
            for row, n in zip(found.rows[:-1], found.numbers, strict=False)
        )
        assert found.rows[-1][2] == "行\n" * 100


def test_wrong_shapes_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a;b;c\n1;2;3\n4;5;6\n")
    with pytest.raises(QunxiangError) as told:
        detect(path, overrides=ShapeOverrides(delimiter="|"))
    assert told.value.code == "sources.wrong_delimiter"
    assert "“" not in told.value.message("en")
    with pytest.raises(QunxiangError, match="header of the file") as told:
        everything(
            path,
            FileShape(
                format="csv", delimiter=";", header_row=0, data_row=1, columns=("a", "x", "c")
            ),
        )
    assert told.value.details["missing"] == "x"
    with pytest.raises(QunxiangError) as told:
        detect(path, overrides=ShapeOverrides(delimiter='"'))
    assert told.value.code == "sources.bad_shape"
    with pytest.raises(QunxiangError) as told:
        detect(path, overrides=ShapeOverrides(header_row=99))
    assert told.value.code == "sources.bad_shape"
    shape = FileShape(format="csv", delimiter="|", columns=("a", "b"))
    with pytest.raises(QunxiangError) as told:
        everything(write(tmp_path / "b.csv", "x\n" * 1000), shape, Limits(waiting_bad_rows=500))
    assert told.value.code == "sources.mostly_unreadable"


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff\U0010fffe"), max_size=8)
CELL = st.one_of(TEXT, st.text("a,;\t|\"'\\\r\n 张é", max_size=6), st.just(""))


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 5))
    return draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=0, max_size=8))


def expected(table: list[list[str]]) -> list[list[str | None]]:
    return [[cell or None for cell in row] for row in table if any(row)]


@settings(max_examples=150, deadline=None)
@given(
    table=tables(),
    delimiter=st.sampled_from([",", ";", "\t", "|", "\x01", ":"]),
    quotechar=st.sampled_from(['"', "'"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "gb18030"]),
)
def test_what_any_dialect_writes_is_read_back(
    table: list[list[str]], delimiter: str, quotechar: str, quoting: int, ending: str, encoding: str
) -> None:
    if quoting == csv.QUOTE_MINIMAL and ending != "\r\n":
        # Python's writer leaves a lone CR or LF without quotes when it is not its own line end.
        table = [[cell.replace("\r", "").replace("\n", "") for cell in row] for row in table]
    names = [f"列{n + 1}" for n in range(len(table[0]) if table else 2)]
    text = as_csv(
        [names, *table],
        delimiter=delimiter,
        quotechar=quotechar,
        quoting=quoting,
        lineterminator=ending,
    )
    shape = FileShape(
        format="csv",
        encoding=encoding,
        delimiter=delimiter,
        quote=quotechar,
        header_row=0,
        data_row=1,
        columns=tuple(names),
    )
    with TemporaryDirectory() as folder:
        found = everything(write(Path(folder) / "a.csv", text, encoding), shape)
    totals = [row for row in found.bad if row.code == "sources.total_row"]
    assert found.rows == expected(table)[: len(found.rows)]
    assert len(found.rows) + len(totals) + found.blank == len(table)
    assert len(found.bad) == len(totals)


LETTERS = st.text("abcxyz张三丰客户", min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), delimiter=st.sampled_from([",", ";", "\t", "|"]))
def test_tables_with_a_text_header_are_found_out(data: st.DataObject, delimiter: str) -> None:
    width = data.draw(st.integers(2, 6))
    names = [f"{data.draw(LETTERS)}_{n}" for n in range(width)]
    plain = st.one_of(LETTERS, st.integers(0, 10**11).map(str), st.just("x, y"), st.just('say "a"'))
    row = st.lists(plain, min_size=width, max_size=width)
    table = data.draw(st.lists(row, min_size=3, max_size=12))
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.csv", as_csv([names, *table], delimiter=delimiter))
        found = everything(path)
    assert found.shape.delimiter == delimiter
    assert found.shape.columns == tuple(names)
    assert found.rows == expected(table)
    assert found.bad == []


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["x", "", '"q,\n"', "\xff"]), min_size=1, max_size=5), max_size=12
    )
)
def test_every_row_is_accounted_for(table: list[list[str]]) -> None:
    lines = ["a,b,c", *(",".join(row) for row in table)]
    shape = FileShape(format="csv", header_row=0, data_row=1, columns=("a", "b", "c"))
    with TemporaryDirectory() as folder:
        found = everything(write(Path(folder) / "a.csv", "\n".join(lines) + "\n", "latin-1"), shape)
    assert len(found.rows) + len(found.bad) + found.blank == len(table)
    good = [row for row in table if row[3:] == [""] * len(row[3:]) and len(row) >= 3]
    assert found.rows == [
        [cell.strip('"') or None for cell in row[:3]]
        for row in good
        if any(row[:3]) and "\xff" not in row
    ]
