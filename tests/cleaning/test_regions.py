from __future__ import annotations

import pytest

from qunxiang.cleaning import clean_city, clean_district, clean_province, clean_region
from qunxiang.cleaning.divisions import load_divisions, stem
from qunxiang.cleaning.places import read_place
from tests.cleaning.golden import blanks_of, derived_of, faults_of, texts, values_of

NANSHAN = {
    "value": "广东省深圳市南山区", "province": "广东省", "city": "深圳市", "district": "南山区", "region_code": "440305",
}  # fmt: skip

# Streets, parks, shops and schools named after places elsewhere: none of them says where it is.
ROADS = [
    "中山路88号",
    "北京路1号",
    "南京东路步行街",
    "南京西路1038号",
    "上海路50号",
    "北京西路",
    "四川北路1666号",
    "西藏中路18号",
    "山东路",
    "河南中路",
    "人民大街",
    "中山公园",
    "北京大学",
    "长春街",
    "大连路",
    "鞍山道12号",
    "江苏路",
    "云南南路",
    "福州路",
    "广州大道中",
    "天津路",
    "重庆南路",
    "延安东路",
    "中山北一路",
    "朝阳门外大街",
    "深圳湾",
    "东方花园3栋",
    "东方明珠",
    "建国门外大街",
    "青岛路",
    "海南路",
    "吉林大路",
    "昆明湖路",
    "中山二路",
    "中山2路5号",
    "太原街",
    "沈阳大街",
    "杭州湾大道",
    "西安门大街",
    "桂林路",
    "武汉大学",
    "苏州桥",
    "苏州街",
    "北京烤鸭店",
    "广东小吃",
    "山东大厦",
    "河北宾馆",
    "成都路桥",
    "南山公园",
    "和平里",
    "解放路",
    "长沙银行",
    "兰州路",
]


@pytest.mark.parametrize("road", ROADS)
def test_a_road_is_no_place(road: str) -> None:
    cleaned = clean_region(texts(road))
    assert cleaned.values.to_list() == [None]
    assert cleaned.derived["address"].to_list() == [road]


def test_roads_after_a_place_do_not_move_it() -> None:
    cleaned = clean_region(
        texts(*(f"广东省深圳市南山区{road}" for road in ROADS), *(f"深圳{road}" for road in ROADS))
    )
    wanted = [NANSHAN["value"]] * len(ROADS) + ["广东省深圳市"] * len(ROADS)
    wrong = [
        (text, value)
        for text, value, want in zip([*ROADS, *ROADS], cleaned.values, wanted, strict=True)
        if value != want
    ]
    # A district's short name inside its own city, as in 深圳南山公园, is where the park is.
    assert [pair for pair in wrong if not pair[0].startswith("南山")] == []


@pytest.mark.parametrize(
    "text",
    [
        "广东省深圳市南山区", "深圳市南山区", "广东深圳南山区", "深圳南山", "广东 深圳 南山区", "广东省-深圳市-南山区", "广东省/深圳市/南山区",
        "中国广东省深圳市南山区", "廣東省深圳市南山區", "广东省深圳市市辖区南山区", "深圳 南山", "　广东省　深圳市　南山区", "广东,深圳,南山",
    ],
)  # fmt: skip
def test_one_district_in_many_forms(text: str) -> None:
    cleaned = clean_region(texts(text, f"{text}科技园南路1号5栋"))
    assert cleaned.values.to_list() == [NANSHAN["value"]] * 2
    assert cleaned.derived["address"].to_list() == [None, "科技园南路1号5栋"]


def test_places() -> None:
    values_of(
        clean_region,
        {
            "上海": "上海市",
            "上海市浦东新区": "上海市浦东新区",
            "上海浦东": "上海市浦东新区",
            "浦东": "上海市浦东新区",
            "北京市市辖区朝阳区建国路1号": "北京市朝阳区",
            "北京北京市朝阳区": "北京市朝阳区",
            "重庆市县城口县": "重庆市城口县",
            "内蒙": "内蒙古自治区",
            "内蒙古呼和浩特": "内蒙古自治区呼和浩特市",
            "新疆": "新疆维吾尔自治区",
            "广西南宁": "广西壮族自治区南宁市",
            "吉林": "吉林省",
            "吉林市": "吉林省吉林市",
            "吉林省吉林市昌邑区": "吉林省吉林市昌邑区",
            "海南": "海南省",
            "昆山": "江苏省苏州市昆山市",
            "昆山市周市镇": "江苏省苏州市昆山市",
            "义乌": "浙江省金华市义乌市",
            "湖北仙桃": "湖北省仙桃市",
            "东莞市长安镇": "广东省东莞市",
            "广东 中山 石岐": "广东省中山市",
            "延边": "吉林省延边朝鲜族自治州",
            "恩施州恩施市": "湖北省恩施土家族苗族自治州恩施市",
            "陕西咸阳乾县": "陕西省咸阳市乾县",
            "乌鲁木齐市新市区": "新疆维吾尔自治区乌鲁木齐市新市区",
            "荆州市沙市区": "湖北省荆州市沙市区",
            "台州路桥区": "浙江省台州市路桥区",
            "台州市路桥区": "浙江省台州市路桥区",
            "石家庄桥西区": "河北省石家庄市桥西区",
            "北京门头沟": "北京市门头沟区",
            "广州桥南街道": "广东省广州市",
            "长沙市长沙县": "湖南省长沙市长沙县",
            "香港油尖旺区": "香港特别行政区油尖旺区",
            "澳门": "澳门特别行政区",
            "台北市信义區": "台湾省台北市信义区",
            "我住在上海市浦东新区": "上海市浦东新区",
            "北京崇文区": "北京市东城区",
            "上海市闸北区": "上海市静安区",
            "襄樊市": "湖北省襄阳市",
            "密云县": "北京市密云区",
            "浙江富阳市": "浙江省杭州市富阳区",
        },
    )


def test_codes_and_rest() -> None:
    derived_of(
        clean_region,
        {
            "深圳南山区科技园1号": {**NANSHAN, "address": "科技园1号"},
            "上海": {
                "value": "上海市",
                "province": "上海市",
                "city": "上海市",
                "region_code": "310000",
            },
            "廣東省深圳市南山區科技園": {**NANSHAN, "address": "科技園"},
            "朝阳区": {"fault": "region.ambiguous", "address": "朝阳区"},
            "仙桃市": {
                "value": "湖北省仙桃市",
                "province": "湖北省",
                "city": "仙桃市",
                "region_code": "429004",
            },
        },
    )


def test_what_is_no_place() -> None:
    faults_of(
        clean_region,
        {"鼓楼区": "region.ambiguous", "abc": "region.not_found", "火星": "region.not_found"},
    )
    blanks_of(clean_region, [None, "", "-", "未知"])


def test_every_official_name_is_read() -> None:
    places = [place for place in load_divisions() if place.depth == 3]
    full = clean_region(texts(*(f"{place.whole}人民路1号" for place in places)))
    assert full.values.to_list() == [place.whole for place in places]
    assert set(full.derived["address"].to_list()) == {"人民路1号"}
    for place in places:
        found = read_place(f"{place.whole}人民路1号")
        assert (found.division, found.rest) == (place, "人民路1号")


def test_every_short_name_of_a_city_is_read() -> None:
    places = [place for place in load_divisions() if place.depth == 3 and place.code < "70"]
    short = [
        stem(place.province) + stem(place.city or "") + (place.district or "") for place in places
    ]
    got = clean_region(texts(*short)).values.to_list()
    right = sum(value == place.whole for value, place in zip(got, places, strict=True))
    assert right == len(places)


def test_columns_of_one_level() -> None:
    values_of(
        clean_province,
        {"广东": "广东省", "广东省深圳市": "广东省", "内蒙": "内蒙古自治区", "深圳": "广东省"},
    )
    values_of(
        clean_city,
        {
            "深圳": "深圳市",
            "吉林": "吉林市",
            "上海": "上海市",
            "浦东新区": "上海市",
            "中山": "中山市",
        },
    )
    values_of(
        clean_district,
        {"南山区": "南山区", "浦东新区": "浦东新区", "朝阳区": "朝阳区", "上海市徐汇区": "徐汇区"},
    )
    faults_of(clean_city, {"广东": "region.no_city", "x": "region.not_found"})
    faults_of(clean_district, {"广东": "region.no_district", "x": "region.not_found"})
    faults_of(clean_province, {"x": "region.not_found"})
    derived_of(
        clean_city, {"深圳": {"value": "深圳市", "province": "广东省", "region_code": "440300"}}
    )
    derived_of(clean_district, {"朝阳区": {"value": "朝阳区"}})
