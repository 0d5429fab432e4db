from __future__ import annotations

from qunxiang.cleaning import clean_name
from tests.cleaning.golden import blanks_of, derived_of, faults_of, values_of


def test_names_stay_or_become_bare() -> None:
    values_of(
        clean_name,
        {
            "张三": "张三",
            "欧阳娜娜": "欧阳娜娜",
            "张 三": "张三",
            "欧阳 娜 娜": "欧阳娜娜",
            "张　三": "张三",
            "张三1": "张三",
            "张三 02": "张三",
            "买买提·吐尔逊": "买买提·吐尔逊",
            "买买提•吐尔逊": "买买提·吐尔逊",
            "买买提.吐尔逊": "买买提·吐尔逊",
            "买买提 · 吐尔逊": "买买提·吐尔逊",
            "古丽娜尔・艾则孜": "古丽娜尔·艾则孜",
            "JOHN SMITH": "John Smith",
            "john smith": "John Smith",
            "John McDonald": "John McDonald",
            "O'BRIEN": "O'Brien",
            "ZHANG SAN": "Zhang San",
            "Ｔｏｍ": "Tom",
            "李明 John": "李明 John",
            "José García": "José García",
            "孙学士": "孙学士",
            "李小姐姐": "李小姐姐",
            "Andrew Testa": "Andrew Testa",
            "Drew Mister": "Drew Mister",
        },
    )


def test_titles_and_remarks() -> None:
    derived_of(
        clean_name,
        {
            "李伟先生": {"value": "李伟", "gender": "male"},
            "王小姐": {"value": "王", "gender": "female"},
            "张三（女士）": {"value": "张三", "gender": "female", "remark": "女士"},
            "Mr. John SMITH": {"value": "John SMITH", "gender": "male"},
            "MS LI": {"value": "Li", "gender": "female"},
            "Mrs. Ann Lee": {"value": "Ann Lee", "gender": "female"},
            "Dr. Ann Lee": {"value": "Ann Lee"},
            "王老师": {"value": "王"},
            "李总": {"value": "李"},
            "张三(老客户)": {"value": "张三", "remark": "老客户"},
            "张三【VIP】先生": {"value": "张三", "gender": "male", "remark": "VIP"},
            "张三 13号店": {"value": "张三 13号店"},
        },
    )


def test_what_is_no_name() -> None:
    faults_of(
        clean_name,
        {
            "13812345678": "name.is_phone",
            "010-62345678": "name.is_phone",
            "zs@qq.com": "name.is_mail",
            "测试": "name.placeholder",
            "测试用户1": "name.placeholder",
            "test": "name.placeholder",
            "Test User": "name.placeholder",
            "aaa": "name.placeholder",
            "客户": "name.placeholder",
            "先生": "name.nothing_left",
            "123": "name.nothing_left",
            "N/A0": "name.nothing_left",
            "(老客户)": "name.nothing_left",
            "!!!": "name.no_letters",
            "张**": "name.masked",
            "陈某某": "name.masked",
            "张" * 61: "name.too_long",
        },
    )


def test_masked_names_are_kept_aside() -> None:
    derived_of(clean_name, {"张＊＊": {"masked": "张**", "fault": "name.masked"}})


def test_blanks() -> None:
    blanks_of(clean_name, ["-", "无", "未知", "暂无", None, ""])
