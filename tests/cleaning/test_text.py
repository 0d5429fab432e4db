from __future__ import annotations

import polars as pl

from qunxiang.cleaning import clean_text
from tests.cleaning.golden import blanks_of, texts, values_of


def test_text_is_made_plain() -> None:
    values_of(
        clean_text,
        {
            "ＡＢＣ　１２３": "ABC 123",
            "  two   spaces  ": "two spaces",
            "\ufeff张\u200b三": "张三",
            "a\x00b": "ab",
            "a\tb\r\nc": "a b c",
            "ｶﾀｶﾅ": "カタカナ",
            "①号店": "1号店",
            "“好”，很好。": "“好”,很好。",
            "买买提·吐尔逊": "买买提·吐尔逊",
            "e\u0301": "é",
            "nothing": "nothing",
            "无锡": "无锡",
            "O’Neil": "O’Neil",
            "soft\u00adhyphen": "softhyphen",
        },
    )


def test_blanks_are_null() -> None:
    words = (
        "-",
        "--",
        "/",
        "N/A",
        "n/a",
        "null",
        "NULL",
        "None",
        "无",
        "未知",
        "暂无",
        "#N/A",
        "#n/a",
        "\\N",
        "NaN",
    )
    blanks_of(clean_text, [None, "", " ", "\u3000", "\u200b", "－", "undefined", *words])


def test_blanks_can_be_chosen() -> None:
    assert clean_text(texts("无", "-"), blanks=["-"]).values.to_list() == ["无", None]
    assert clean_text(texts("NA", "na"), blanks=["na"]).values.to_list() == [None, None]


def test_the_input_is_left_alone() -> None:
    column = texts(" a ", "b")
    cleaned = clean_text(column)
    assert column.to_list() == [" a ", "b"]
    assert (cleaned.values.name, cleaned.values.dtype) == ("x", pl.String)


def test_typed_and_empty_columns() -> None:
    assert clean_text(pl.Series("x", [1, None])).values.to_list() == ["1", None]
    assert clean_text(pl.Series("x", [None, None])).values.to_list() == [None, None]
    assert len(clean_text(texts()).values) == 0
