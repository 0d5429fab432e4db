from __future__ import annotations

from datetime import date
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from qunxiang.cleaning import clean_resident_id
from qunxiang.cleaning.divisions import ever_valid
from tests.cleaning.golden import blanks_of, derived_of, faults_of, texts, values_of
from tests.cleaning.speed import check_digit

ID = "11010519491231002X"


def test_numbers() -> None:
    forms = (
        ID,
        ID.lower(),
        f" {ID}",
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        f"'{ID}",
    )
    values_of(clean_resident_id, {**dict.fromkeys(forms, ID), "110105491231002": ID})


def test_what_a_number_tells() -> None:
    derived_of(
        clean_resident_id,
        {
            ID: {
                "value": ID, "birth_date": date(1949, 12, 31), "gender": "female", "region_code": "110105",
                "province": "北京市", "city": "北京市",
            },
            # 崇文区 is no more, and was issued for sixty years.
            with_check("11010319800229001"): {
                "value": with_check("11010319800229001"), "birth_date": date(1980, 2, 29), "gender": "male",
                "region_code": "110103", "province": "北京市", "city": "北京市",
            },
            # A region that no table knows is no fault.
            with_check("99999919800229002"): {
                "value": with_check("99999919800229002"), "birth_date": date(1980, 2, 29), "gender": "female",
            },
        },
    )  # fmt: skip


def with_check(body: str) -> str:
    return body + check_digit(body)


def test_what_is_no_number() -> None:
    faults_of(
        clean_resident_id,
        {
            "110105194912310021": "resident.checksum",
            with_check("11010519490230002"): "resident.birth_impossible",
            with_check("11010517490228002"): "resident.birth_impossible",
            "111111111111111111": "resident.birth_impossible",
            "110105490230002": "resident.birth_impossible",
            "1101051949": "resident.length",
            f"{ID}1": "resident.characters",
            "1101051949123100211": "resident.length",
            "4.40305E+17": "resident.ruined_by_excel",
            "440305199001010000": "resident.ruined_by_excel",
            "440305********1234": "resident.masked",
            "G12345678": "resident.characters",
            "张三": "resident.characters",
        },
    )
    future = with_check("11010520300101002")
    faults_of(
        partial(clean_resident_id, latest_birth=date(2026, 1, 1)),
        {future: "resident.birth_impossible"},
    )


def test_blanks() -> None:
    blanks_of(clean_resident_id, [None, "", "-", "无"])


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(ever_valid().to_list()),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
)
def test_valid_numbers_round_trip(region: str, born: date, serial: int) -> None:
    number = with_check(f"{region}{born:%Y%m%d}{serial:03d}")
    cleaned = clean_resident_id(texts(number, None, number[:17]))
    assert cleaned.values.to_list() == [number, None, None]
    assert cleaned.derived["birth_date"].to_list() == [born, None, None]
    assert cleaned.derived["gender"][0] == ("male" if serial % 2 else "female")
    assert cleaned.derived["region_code"][0] == region


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(ever_valid().to_list()),
    st.dates(date(1900, 1, 1), date(1999, 12, 31)),
    st.integers(0, 999),
)
def test_old_numbers_are_upgraded(region: str, born: date, serial: int) -> None:
    new = with_check(f"{region}{born:%Y%m%d}{serial:03d}")
    assert clean_resident_id(texts(f"{region}{born:%y%m%d}{serial:03d}", ID)).values.to_list() == [
        new,
        ID,
    ]
