"""Other cities: whether somebody asks about the rule of a place that is not ours. Conservative: better miss one.

Only a city at the head of the question counts, and only where something is asked that places decide for themselves;
a city that tells where a car, a plate or a person comes from does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.text import normal

CITIES = (
    *("上海", "天津", "重庆", "石家庄", "太原", "呼和浩特", "沈阳", "长春", "哈尔滨", "南京", "杭州", "合肥", "福州"),
    *("南昌", "济南", "郑州", "武汉", "长沙", "广州", "南宁", "海口", "成都", "贵阳", "昆明", "拉萨", "西安", "兰州"),
    *("西宁", "银川", "乌鲁木齐", "香港", "澳门", "台北", "深圳", "苏州", "青岛", "大连", "宁波", "厦门", "无锡"),
    *("佛山", "东莞", "珠海", "温州", "常州", "南通", "徐州", "泉州", "烟台", "潍坊", "洛阳", "三亚", "唐山", "保定"),
    *("廊坊", "张家口", "承德", "沧州", "邯郸", "秦皇岛", "邢台", "衡水", "大同", "包头", "绍兴", "嘉兴", "金华"),
)
"""Municipalities, capitals of provinces, and the big cities people ask about."""
_ASKS = (
    "限行|限号|外牌|禁行|罚|扣分|扣几分|扣多少|记几分|怎么办|咋办|怎么弄|咋弄|怎么处理|几点|摇号|上牌|"
    "换证|换驾|补证|补办|换本|年检|年审|验车|过户|规定|要求|政策|通行证|电动车|摩托"
)
_HERE = re.compile("北京|京城|回京|在京|进京|来京|京牌|京籍|帝都|这里|这儿|这边|你们这|本市|本地|回来")
_OTHER = re.compile(
    rf"^(?:我?们?(?:在|去|人在|现在在)|请问|那|想问)?(?P<city>{'|'.join(CITIES)})市?"
    "(?!市?(?:路|街|大道|大众|桥|站|户口|户籍|籍|人|牌|的?车|的?牌|号牌|车牌|的?号牌|转|来|回|到|过来|买|考|办的|开))"
    rf"(?=.*(?:{_ASKS}))"
)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """city: the other place that was named. text: the question without it."""

    city: str
    text: str


def elsewhere(text: str) -> Elsewhere | None:
    """The other city whose rule is asked for, or None: 深圳闯红灯罚多少 ⇒ 深圳, 闯红灯罚多少."""
    plain = normal(text)
    if _HERE.search(plain) or not (found := _OTHER.match(plain)):
        return None
    rest = plain[found.end() :].strip()
    return Elsewhere(found["city"], rest) if rest else None
