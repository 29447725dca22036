"""S9: danger gets the right first lines in any wording, and only danger does."""

from __future__ import annotations

import re

import pytest

from bot.core.push import Channel, Push, PushKey, Text
from bot.core.session import EMPTY
from bot.core.turn import Outcome, Turn
from bot.danger import Kind
from bot.handlers.urgent import AIDS, CALM_FIRST, handle
from kb.release import Release
from tests.citizen import Citizen, offers, shown
from tests.times import NOON

DANGERS = {
    Kind.INJURY: """
        撞人了怎么办|我撞到人了怎么办 壮人了 流血了 快|状人了怎么办啊|创到人了|装到人了 他不动了|幢人了|撞倒一个老太太
        把人撞了|把一个人撞了怎么办|把骑电动车的撞倒了|我撞了个孩子|撞到小孩了快救救他|我把行人刮倒了|压到人了|轧到人了
        撞死人了怎么办|我撞死人了|撞了一个骑车的，他起不来|有人受伤|有人受伤了怎么办|有人受商了|对方流血了|他一直流学
        头上全是血|满脸是血|被车撞伤了|不省人事了|没气了|救命|救命啊快来人
        出车祸了|出车货了怎么办|车祸了 司机昏迷|连环撞了好几辆|有人晕倒在马路中间|心脏病犯了开着车|我开着车喘不上气
        路边有个人躺地上不动了|司机抽搐了|乘客没反应了|没人管 我受伤了|撞到人了会不会坐牢 他没呼吸了|她骨折了 在路口
        路口和电动车撞了，对方腿流血了|右转刮着个老太太|jiuming|zhuang ren le|撞伤了人|车上孕妇羊水破了|老人摔倒起不来了
        前面有个人倒在血泊里|救护车没来人流血了
    """,
    Kind.FIRE: """
        前面的车着火了|车着火了怎么办|车着伙了|发动机冒烟了|我的车自燃了|车自然了|电瓶起火了|隧道里起火|起火了快|煤气罐车泄漏了
        油罐车漏了一地|液化气泄露了|车爆炸了|车烧起来了|电动车着火了
    """,
    Kind.TRAPPED: """
        孩子在车里锁住了晕过去了|孩子热晕在车里|我家孩子被锁车里了|宝宝锁在车里了|孩子忘在车里了|人卡在驾驶室里出不来|司机被卡在车里
        有人被压在车底下|腿被夹住了卡在车门|人困在车里了|老人被关在车里
    """,
    Kind.WATER: """
        车掉河里了水淹到膝盖|车淹水里了门打不开|车掉进河里了|有人落水了|车冲进湖里了|开到水里了车门打不开|水漫到座椅了|车在积水里熄火了
    """,
    Kind.ROLLOVER: "车翻沟里了爬不出来|翻车了|车侧翻了|车翻了|大货车侧翻了|车掉沟里了|掉下桥了|车冲下山坡了",
    Kind.BRAKES: "刹车失灵了怎么办|刹不住车了|刹车没反应了|刹车踩不动|车停不下来了|油门卡住了|车失控了|方向盘失灵",
    Kind.VIOLENCE: """
        有人拿刀砸我车窗|后面有车一直追我别我|出租车司机要强奸我|我要撞死他|他要打我|有人打我|司机不让我下车|对方拿棍子下来了
        有人抢我车|他威胁我|一直跟着我的车|司机被人打了|路上打起来了
    """,
    Kind.DRUNK: "我老公喝多了要开车走我拦不住|朋友喝醉了非要开车|他喝了酒要开走|同事喝高了上了车拦不住",
    Kind.DRINKING: """
        我喝了两瓶啤酒想绕开查酒驾的走哪条路|我喝了点酒想慢慢开回家|喝了酒怎么绕过查酒驾|喝完酒走小路能不被查吗|我喝了一杯白的要开车回去行吗
        我喝多了就开回去几百米|哪条路不查酒驾 我刚喝完酒
    """,
    Kind.CRASHED: "前面翻车了有人卡在里面|撞车了司机被卡住了|追尾了 人困在驾驶室|两车相撞车门变形人出不来|翻车了我被压住了",
    Kind.STRUCK: """
        我被骑电动车的撞了轻微擦伤他跑了|我被撞了|我老公被车撞了|我妈被电动车撞倒了|我孩子被车撞飞了|我过马路被车撞了
        我骑车被出租车蹭倒了|我走着被外卖撞倒了，他走了|我女儿放学被电动车撞了
    """,
    Kind.SELF_HARM: "我要自杀|不想活了|我不想活了要开车冲下去|活不下去了|我想死|有人要跳桥|驾照没了不想活了|我朋友要自杀",
    Kind.HIGHWAY: """
        有人在高速上逆行开过来了|高速上爆胎停在超车道咋办|高速上车坏了怎么办|高速抛锚了|车在高速上熄火了|我在高速上走反了逆行|坏在高速上了
        高速上没油了|在快速路上车胎爆了|车停在快车道动不了|夜里在高速上撞车了|高速上没电了
    """,
    Kind.FLED: "对方开车跑了|撞了我车跑了|没人受伤 对方跑了|肇事司机逃走了",
    Kind.ENGLISH: """
        help accident someone is bleeding|Hello, my car was hit|I hit a man|there was a car crash help|my friend is unconscious
        car on fire|help me please|call the police|SOS|someone hit my car and ran away
    """,
}
CALM = """
    没人受伤就是蹭了一下对方不让走|没有人受伤怎么处理|对方没受伤要私了|没受伤|无人受伤怎么走快处|未造成人员伤亡怎么处理|没有人员受伤
    没撞到人，撞树上了|撞车了没人受伤，第一步干啥|我把摩托卖给朋友了没过户他撞了人找我赔钱咋办|朋友借我车开撞了人死了我要担责吗|撞死人判几年
    撞伤人怎么赔|撞了人扣几分|撞人了保险赔吗|对方受伤住院误工费怎么算|车自燃保险赔吗|着火险是什么|车烧没了怎么注销|撞护栏了怎么办
    翻车鱼能不能带上车|报废车被水淹注销|救命药能不能放车上|灭火器要不要放车上|压实线被人举报了|闯红灯的人不是我|闯红灯处理别人的可以吗
    状态显示人工审核|安装人脸识别|刮了别人的车怎么办|撞了别人的车人家不要钱|卡在人脸识别那一步|我卡在提交照片了|车主死了怎么过户
    有心脏病能考驾照吗|癫痫能不能考驾照|刹车灯坏了罚多少|高速上逆行扣几分|高速上倒车怎么处罚|在高速应急车道停车扣几分|高速ETC坏了怎么办
    怎么举报别人酒驾|我喝了酒多久能开车|碰到行人过马路怎么让|警察打我电话了|急死了怎么还没审核完|车被水淹了能年检吗|打架被拘留能考驾照吗
    危险品运输车要什么证|爆炸品能走五环吗|信息泄露了怎么办|我去年撞了人认定书还没出|钥匙锁车里了|想死你们了|排队排得想死的心都有了
    how do i exchange my german license|help|where is the police station|no one was injured what should i do|冒黑烟的车怎么举报
    撞到人行道护栏了|撞了猫怎么办|菜单|驾驶证丢了怎么补|孩子几岁能坐副驾|人民警察证|被人举报违停|有人占了我的车位|我的车被撞了怎么办|撞车了人都没事|车辆自燃怎么索赔|12123人脸卡住了|没有伤到人|行车本掉水里泡烂了|山洪里车找不着了|门口被人拿砖头占着|开车门碰着骑车的，怨谁|高速上撞死一条狗|撞了护栏没伤人
    电动车撞了我的车|我喝了酒开车回家被查了怎么罚|我昨天喝了酒开车回家会被拍吗|我的车被追尾了|我被人追尾了怎么定责|酒驾怎么罚
    喝了酒骑车算酒驾吗|怎么躲限号|我被贴条了
"""
FLEEING = re.compile("逃|跑")


def listed(text: str) -> list[str]:
    return [words.strip() for words in re.split(r"[|\n]", text) if words.strip()]


def heard(words: str, release: Release) -> Outcome | None:
    push = Push(PushKey("1"), Channel.WECHAT, "someone", "", NOON, Text(words))
    return handle(Turn(push, EMPTY, release, NOON, words, words))


CASES = [(kind, words) for kind, text in DANGERS.items() for words in listed(text)]
QUIET = listed(CALM)


def test_S09_there_are_enough_wordings() -> None:
    assert len(CASES) >= 100
    assert len(QUIET) >= 40


@pytest.mark.parametrize(("kind", "words"), CASES, ids=[words for _, words in CASES])
def test_S09_danger_gets_the_first_lines_of_its_kind(release: Release, kind: Kind, words: str) -> None:
    outcome = heard(words, release)
    assert outcome
    assert outcome.why.reasons[-1] == kind
    assert shown(outcome) == AIDS[kind].first


@pytest.mark.parametrize("words", QUIET)
def test_S09_calm_words_are_left_to_the_other_rules(release: Release, words: str) -> None:
    assert heard(words, release) is None


@pytest.mark.parametrize("kind", Kind)
def test_S09_first_lines_are_short_and_name_only_emergency_numbers(kind: Kind) -> None:
    first = AIDS[kind].first
    assert len(first.splitlines()) <= 6
    numbers = set(re.findall(r"\d{3,}(?!米|\d)", first))
    assert numbers and numbers <= {"110", "119", "120", "122"}
    assert "entry:D01-002" not in AIDS[kind].next


def test_S09_every_question_offered_exists(release: Release) -> None:
    for aid in AIDS.values():
        assert all(target.removeprefix("entry:") in release.entries for target in aid.next)


@pytest.mark.parametrize("kind", [Kind.SELF_HARM, Kind.VIOLENCE, Kind.TRAPPED, Kind.DRUNK])
def test_S09_no_business_is_offered_to_who_is_threatened_or_in_despair(release: Release, kind: Kind) -> None:
    outcome = heard(listed(DANGERS[kind])[0], release)
    assert outcome and not offers(outcome)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("朋友借我车开撞了人死了我要担责吗", True),
        ("撞死人判几年", True),
        ("撞了人扣几分", True),
        ("我把摩托卖给朋友了没过户他撞了人找我赔钱咋办", False),
        ("车自燃保险赔吗", False),
        ("没人受伤就是蹭了一下对方不让走", False),
        ("高速上逆行扣几分", False),
    ],
)
def test_S09_the_line_stands_first_only_where_someone_may_be_hurt(release: Release, words: str, line: bool) -> None:
    assert shown(Citizen(release).says(words)).startswith(CALM_FIRST) is line


@pytest.mark.parametrize("words", ["撞死人判几年", "撞死人要坐牢吗", "撞了人怎么处罚"])
def test_S09_no_sure_answer_about_flight_unless_someone_fled(release: Release, words: str) -> None:
    told = Citizen(release).says(words)
    question = release.entries.get(told.why.answer.removeprefix("entry:"))  # type: ignore[call-overload]
    assert not (told.why.decision == "sure" and question and FLEEING.search(question.question))
    assert offers(told)
