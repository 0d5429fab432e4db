from __future__ import annotations

import random
from functools import partial

import phonenumbers
import pytest

from qunxiang.cleaning import clean_phone
from qunxiang.cleaning.phones import read_phone
from tests.cleaning.golden import blanks_of, derived_of, faults_of, texts, values_of

MOBILE = "+8613812345678"


@pytest.mark.parametrize(
    "text",
    [
        "13812345678", "+8613812345678", "8613812345678", "008613812345678", "+86 138-1234-5678",
        "0086 138 1234 5678", "(86)13812345678", "86-138 1234 5678", "138.1234.5678", "１３８１２３４５６７８",
        "013812345678", "'13812345678", "13812345678.0", "1.3812345678E+10", "1.3812345678e10", "手机：13812345678",
        "Tel: 138 1234 5678", " 13812345678 ", "13812345678;", "\u202d13812345678\u202c", "138—1234—5678",
    ],
)  # fmt: skip
def test_one_mobile_in_many_forms(text: str) -> None:
    assert clean_phone(texts(text)).values.to_list() == [MOBILE]


def test_fixed_and_service_numbers() -> None:
    values_of(
        clean_phone,
        {
            "010-62345678": "+861062345678",
            "(021)62345678": "+862162345678",
            "021 6234 5678": "+862162345678",
            "21-62345678": "+862162345678",
            "0755-26001234": "+8675526001234",
            "+86 (10) 6234 5678": "+861062345678",
            "400-800-1234": "+864008001234",
            "8008101234": "+868008101234",
            "+1 650-253-0000": "+16502530000",
            "001 650 253 0000": "+16502530000",
            "+852 9123 4567": "+85291234567",
            "85291234567": "+85291234567",
            "+44 20 7946 0958": "+442079460958",
            "14912345678": "+8614912345678",
        },
    )


def test_extensions_and_several_numbers() -> None:
    derived_of(
        clean_phone,
        {
            "010-12345678 转 808": {"value": "+861012345678", "extension": "808"},
            "010-12345678-808": {"value": "+861012345678", "extension": "808"},
            "021-62345678 ext. 12": {"value": "+862162345678", "extension": "12"},
            "13812345678/13912345679": {"value": MOBILE, "more_phones": ["+8613912345679"]},
            "13812345678 13912345679": {"value": MOBILE, "more_phones": ["+8613912345679"]},
            "13812345678；010-62345678": {"value": MOBILE, "more_phones": ["+861062345678"]},
            "13812345678、13812345678": {"value": MOBILE},
            "abc/13812345678": {"value": MOBILE},
            "138****5678": {"fault": "phone.masked", "phone_last4": "5678"},
            "138xxxx5678": {"fault": "phone.masked", "phone_last4": "5678"},
            "1381234****": {"fault": "phone.masked"},
        },
    )


def test_what_is_no_phone() -> None:
    faults_of(
        clean_phone,
        {
            "1.38123E+10": "phone.ruined_by_excel",
            "1.38E+10": "phone.ruined_by_excel",
            "11111111111": "phone.placeholder",
            "00000000000": "phone.placeholder",
            "12345678901": "phone.placeholder",
            "13800138000": "phone.placeholder",
            "13333333333": "phone.placeholder",
            "+8613333333333": "phone.placeholder",
            "1381234567": "phone.too_short",
            "95588": "phone.too_short",
            "138123456789": "phone.too_long",
            "62345678": "phone.no_area_code",
            "15412345678": "phone.unassigned",
            "+999123456": "phone.no_such_country",
            "abc": "phone.not_a_phone",
            "call me": "phone.not_a_phone",
            "zs@qq.com": "phone.not_a_phone",
            "未填号码": "phone.not_a_phone",
        },
    )


def test_another_country() -> None:
    values_of(
        partial(clean_phone, country="us"),
        {
            "650-253-0000": "+16502530000",
            "(650) 253-0000": "+16502530000",
            "1 650 253 0000": "+16502530000",
            "+8613812345678": MOBILE,
        },
    )
    faults_of(partial(clean_phone, country="US"), {"13812345678": "phone.unassigned"})
    values_of(partial(clean_phone, country="GB"), {"020 7946 0958": "+442079460958"})


def test_blanks() -> None:
    blanks_of(clean_phone, [None, "", "-", "无", "未知", "N/A"])


@pytest.mark.parametrize(
    "country", ["CN", "US", "GB", "DE", "JP", "SG", "HK", "IT", "BR", "IN", "AR", "RU"]
)
def test_the_quick_layers_agree_with_the_library(country: str) -> None:
    chance = random.Random(country)
    code = phonenumbers.country_code_for_region(country)
    cells: list[str] = []
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
        sample = phonenumbers.example_number_for_type(country, kind)
        assert sample is not None
        number = phonenumbers.national_significant_number(sample)
        for _ in range(60):
            kept = number[: chance.randrange(1, len(number) + 1)]
            rest = "".join(chance.choice("0123456789") for _ in number[len(kept) :])
            cells.append(chance.choice(("", "", "0", "1", f"+{code}", f"+{code} ")) + kept + rest)
    cleaned = clean_phone(texts(*cells), country=country)
    for cell, value, fault in zip(cells, cleaned.values, cleaned.faults, strict=True):
        slow = read_phone(cell, country)
        assert (value, fault) == (slow.get("value"), slow.get("fault")), cell
