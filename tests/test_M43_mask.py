"""M43: identifiers in every form that citizens write them are masked; ordinary numbers stay."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest

from bot.mask import STARS, mask
from kb.entities import PROVINCES, identifiers, licence_classes

FRAMES = (
    "我的{}，麻烦查一下",
    "{}",
    "您好，{}这个对吗？",
    "上周三在四环被拍，{}，罚了200元扣3分，12123上查不到",
    "姓名张三{}住朝阳区",
    "号码是：{}。谢谢",
    "根据第一百零八条，{}能办吗",
    "2024年5月1日登记的 {} 请核对",
)
CHINESE = ("零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖", "零幺两三四五六七八九")


def _digits(dice: random.Random, count: int) -> str:
    return "".join(dice.choice("0123456789") for _ in range(count))


def _identity(dice: random.Random) -> str:
    day = f"{dice.randint(1935, 2015)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
    return (
        f"{dice.choice(('110101', '130102', '410221', '320583'))}{day}{_digits(dice, 3)}{dice.choice('0123456789Xx')}"
    )


def _old_identity(dice: random.Random) -> str:
    return f"110101{dice.randint(30, 99)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{_digits(dice, 3)}"


def _plate(dice: random.Random) -> str:
    head = dice.choice(PROVINCES) + dice.choice("ABCDEFGHJKLMNPQ")
    tail = dice.choice(
        ("{5}", "{4}A", "A{4}", "{3}AB", "D{5}", "F{5}", "{5}D", "{4}学", "{4}警", "{4}挂", "{4}领", "{4}使")
    )
    if head[0] == "粤" and dice.random() < 0.5:
        return f"粤Z{_digits(dice, 4)}{dice.choice('港澳')}"
    return head + re.sub(r"\{(\d)\}", lambda found: _digits(dice, int(found.group(1))), tail)


def _mobile(dice: random.Random) -> str:
    return f"1{dice.choice('3456789')}{_digits(dice, 9)}"


def _landline(dice: random.Random) -> str:
    return dice.choice(("010", "021", "0311", "0755")) + dice.choice("2345678") + _digits(dice, 7)


def _file(dice: random.Random) -> str:
    return dice.choice(("1100", "1301", "3205")) + _digits(dice, 8)


def _card(dice: random.Random) -> str:
    return dice.choice(("6222", "6217", "4392")) + _digits(dice, dice.choice((12, 15)))


def _full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def _chinese(text: str, words: str) -> str:
    return "".join(words[int(letter)] if letter.isascii() and letter.isdigit() else letter for letter in text)


def _blocks(text: str, dice: random.Random, gap: str) -> str:
    sizes = dice.choice(((3, 4, 4), (6, 8, 4), (4, 4, 4, 4, 4), (2, 5, 4)))
    parts, rest = [], text
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    return gap.join(filter(None, (*parts, rest)))


FORMS = {
    "as is": lambda text, dice: text,
    "lower case": lambda text, dice: text.lower(),
    "full width": lambda text, dice: _full_width(text),
    "Chinese digits": lambda text, dice: _chinese(text, dice.choice(CHINESE)),
    "letter by letter": lambda text, dice: " ".join(text),
    "blocks": lambda text, dice: _blocks(text, dice, dice.choice((" ", "-", " - ", "　", "—", "·", "."))),
    "zero width": lambda text, dice: "\u200b".join(text),
    "half Chinese": lambda text, dice: text[:6] + _chinese(text[6:], CHINESE[0]),
}
MAKERS = (_identity, _old_identity, _plate, _mobile, _landline, _file, _card)


def _planted() -> list[tuple[str, str, str]]:
    dice = random.Random(43)
    planted = []
    for number in range(2_016):
        maker = MAKERS[number % len(MAKERS)]
        name = sorted(FORMS)[number // len(MAKERS) % len(FORMS)]
        secret = FORMS[name](maker(dice), dice)
        planted.append((f"{maker.__name__} {name}", secret, dice.choice(FRAMES).format(secret)))
    return planted


def _left(secret: str, masked: str) -> bool:
    """Whether four signs of the secret in a row can still be read."""
    words = {
        **dict(zip("零〇一二三四五六七八九", "00123456789", strict=True)),
        **dict(zip("壹贰叁肆伍陆柒捌玖幺两", "12345678912", strict=True)),
    }

    def bare(text: str) -> str:
        plain = unicodedata.normalize("NFKC", text)
        return "".join(words.get(letter, letter) for letter in plain if letter.isalnum())

    core = bare(secret)
    return any(core[i : i + 4] in bare(masked) for i in range(len(core) - 3))


def test_M43_two_thousand_planted_identifiers_all_masked() -> None:
    planted = _planted()
    assert len(planted) >= 2_000
    survived = [(name, text, mask(text)) for name, secret, text in planted if _left(secret, mask(text))]
    assert survived == []


def test_M43_masking_keeps_the_rest_of_the_sentence() -> None:
    assert mask("我的身份证110101199001011234，能补驾照吗") == "我的身份证［身份证号］，能补驾照吗"
    assert mask("京A12345违停") == "［车牌号］违停"
    assert mask("打我电话１３８　００１３　８０００") == "打我电话［电话号码］"


def test_M43_masking_twice_changes_nothing() -> None:
    for _, _, text in _planted()[:300]:
        assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "根据第一百零八条和第一千二百零八条",
        "道路交通安全法第90条、第九十一条",
        "拨打12123、122、120或者110",
        "120 122 110 119都打不通",
        "12345和12123哪个快",
        "2026年7月17日起施行",
        "2026-07-17 08:30:00 被拍",
        "2024-01-01到2025-12-31",
        "20260717那天",
        "2023-2024年度",
        "罚款200元扣3分，20元以上200元以下",
        "车价12000000元",
        "尾号1和6、2和7、3和8、4和9、5和0",
        "7:00-20:00限行",
        "我今年70岁，C1驾照，2003年拿的A2",
        "记满12分，24分，36分",
        "京A的牌照还能申请吗",
        "新C1能开几座的车",
        "六年免检，十年一年一检",
        "100, 200, 300, 500元分别什么情况",
        "第一百零八条 第二十条",
        "开了15万公里",
        "五环内六环外七点到九点",
        "一二三四五",
        "国道G107、京港澳高速G4",
    ],
)
def test_M43_ordinary_numbers_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("kind", sorted(STARS))
def test_M43_each_kind_is_named(kind: str) -> None:
    samples = {
        "id": "110101199001011234",
        "plate": "京AD12345",
        "phone": "13800138000",
        "file": "110012345678",
        "card": "6222020200112233445",
        "passport": "E12345678",
        "frame": "LSVAA4182E2123456",
    }
    assert [span.kind for span in identifiers(samples[kind])] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "使014578",
        "使014·578",
        "京A·12345",
        "WJ京12345",
        "我车牌A12345",
        "110101-1990-01-01-1234",
        "１３８－００１３－８０００",
        "+86 138 0013 8000",
        "一三八，零零一三，八零零零",
        "幺三八洞洞幺三八洞洞洞",
        "010-8888 9999转801",
        "87654321",
        "京A😀12345",
        "138.0013.8000",
    ],
)
def test_M43_odd_forms_are_masked(text: str) -> None:
    assert mask(text) != text
    assert not re.search(r"\d{4}", unicodedata.normalize("NFKC", mask(text)))


def test_licence_classes_are_read() -> None:
    assert licence_classes("C1增驾Ａ2，d照") == ("C1", "A2", "D")
    assert licence_classes("有驾照") == ()
