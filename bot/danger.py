"""Danger by its words: which kind someone is in now, and whether they only ask about it.

Words of danger come with slips of panic (壮人 for 撞人) and with denials (没人受伤), which are cut out first. A
question of law, insurance or ordinary business names the same words calmly.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    """What must be said first differs with the danger."""

    SELF_HARM = "self_harm"
    TRAPPED = "trapped"
    VIOLENCE = "violence"
    DRUNK = "drunk"
    DRINKING = "drinking"
    FIRE = "fire"
    WATER = "water"
    CRASHED = "crashed"
    ROLLOVER = "rollover"
    STRUCK = "struck"
    INJURY = "injury"
    BRAKES = "brakes"
    HIGHWAY = "highway"
    FLED = "fled"
    ENGLISH = "english"


FEW_WORDS = 24
"""Characters; who says more has something else to ask."""

_ADULT = "老公|老婆|爱人|对象|老爸|老妈|爸爸?|妈妈?|父亲|母亲|哥哥?|姐姐?|弟弟|妹妹|朋友|同事|司机|乘客|驾驶员"
_WEAK = "孩子|小孩|宝宝|娃娃?|婴儿|儿子|女儿|孙子|孙女|老人|老太太?|老头|大爷|大妈|奶奶|爷爷|学生|行人"
_ONE = f"(?:{_ADULT}|{_WEAK}|有人|一个人|人(?!脸|行|民|家|员)|我|他|她|对方)"
_STRUCK = (
    f"(?:{_WEAK}|骑(?:电动|自行|摩托)?车的|外卖|男的|女的|"
    "人(?!脸|行道|行横道|民|家|工|员|大|多|少|都?没事|的?车|办理|像|证))(?!家?的?(?:车|门|墙|东西|狗))"
)

_SELF_HARM = (
    f"{_ONE}.{{0,5}}(?:自杀|寻死|轻生|跳桥|跳楼|跳河|割腕)|(?:想|要|去|准备)(?:自杀|轻生|寻死|跳桥|跳楼|跳河)",
    "不想活(?!动)|活不下去|活够了|一死了之|死了算了|(?:我|真|只|好|就)想死(?!你|的心|机)|\\b(?:suicide|kill myself)\\b",
)
_TRAPPED = (
    f"(?:{_WEAK}|有人|人(?!脸|员)|我被).{{0,6}}(?:锁|关|忘|困|落|反锁).{{0,3}}(?:车|里面)",
    f"(?:{_WEAK}|有人).{{0,3}}(?:在)?车(?:里|内|上)?.{{0,3}}(?:锁住|锁着|困住|出不来|闷|热晕|中暑)|热晕在车|闷在车",
    f"{_ONE}.{{0,4}}(?:被|给|让)?.{{0,5}}(?:困在(?!停车场)|压在|夹在|压住|夹住)",
    f"(?:被|{_WEAK}|人(?!脸|员)|司机|腿|脚|手).{{0,6}}(?:卡|困)(?:在|住|到).{{0,4}}(?:车|里|下面|驾驶室|座|轮|方向盘|门)",
    "(?:人(?!脸)|孩子|司机|老人)(?:被|都|还)?.{0,2}(?:出不来|困住|卡住)|(?:压|夹|卡|困)在车|车门变形",
)
_VIOLENCE = (
    "(?:拿|持|掏|举|抄)(?:着|出|了|起)?.{0,2}(?:刀|棍|枪|斧|锤|扳手|砖(?!头?占))|砸我(?:的)?(?:车|窗|玻璃)|拦我?车砸|(?:在|要|正)砸.{0,3}(?:车|窗)",
    "(?:一直|老|还在|不停|故意|拼命).{0,4}(?:追|别|跟|撞|逼|尾随)着?我|追我别我|别我追我|(?:跟踪|尾随|追杀|追砍|追打)我?",
    "强奸|强暴|性侵|猥亵|非礼我|绑架|劫持|(?:被|有人|遇到?|正在).{0,3}(?:抢劫|打劫)|抢我(?:的)?(?:车|包|手机|东西|方向盘)|抢方向盘",
    "要杀|杀人|砍人|砍我|捅人|捅我|捅了(?!马蜂)|威胁我|恐吓我|打我(?!电话|手机|微信|的)|打起来|在打架|动手打|殴打|被人打|"
    "要打人|不让我下车|同归于尽",
    "(?:要|想|去).{0,3}(?:撞死|弄死|砍死|打死|捅死|杀)(?:了)?(?:他|她|你|我|那|这|人)",
)
_DRUNK_WORD = "(?:喝多|喝醉|喝高|喝大|喝了?(?:很多|不少|好多|半斤|一斤|点)?(?:白|啤)?酒|酒后|醉了|醉醺醺|醉酒)"
_DRUNK = (
    f"(?:{_ADULT}|有人|他|她|客人|邻居|前面|旁边).{{0,6}}{_DRUNK_WORD}.{{0,8}}"
    "(?:(?:要|非|就|硬|偏|准备|正|在).{0,3}(?:开车|开走|上路|走|开)|拦不住|上了?车|发动)",
    f"{_DRUNK_WORD}.{{0,8}}(?:非要|硬要|偏要|拦不住)",
)
_MY_DRINK = (
    "(?:喝了?(?:点|些|一点|几|一|两|二|三|半|不少|很多|好多|很少).{0,5}(?:酒|瓶|杯|罐|口|两|斤|啤|白的)|喝(?:了|过|完)酒|"
    "喝酒了|喝多了?|喝高了?|喝醉了?|酒后|刚喝)"
)
_ROUND = "(?:绕开|绕过|避开|躲)"
_DRINKING = (
    f"(?<!他)(?<!她){_MY_DRINK}[^？?]{{0,14}}(?:{_ROUND}(?!在)|不被(?:查|抓)|没有?(?:查|交警)的|"
    "哪.{0,4}(?:没有?|不)查|走哪|走小路|走什么路)",
    "(?:哪条路|哪里|哪儿|哪).{0,4}(?:不|没).{0,2}查酒",
    f"{_ROUND}(?:开|过)?(?:查)?酒驾|(?:怎么|咋).{{0,4}}{_ROUND}.{{0,6}}(?:查酒|酒精)",
    f"我.{{0,6}}{_MY_DRINK}.{{0,10}}(?:想|要|打算|准备|得|自己|慢慢|就).{{0,4}}"
    "(?:开车?(?:回|走|去|送|上)|开回|把车开|开过去|上高速|上路)",
)
_FUEL = "(?:煤气|燃气|液化气|天然气|油罐|罐车|化学品|危险品|危化品|汽油|柴油|气罐|氨气|氯气|油箱)"
_FIRE = (
    "(?:车|发动机|机盖|引擎盖|电池|电瓶|油箱|轮胎|前面|后面).{0,4}(?:着火|起火|冒烟|冒火|自燃|自然了|爆炸|(?<!不)着了|烧起来)",
    "着火|着伙了|起火|火灾|自燃了|爆炸(?!品|物)|烧起来|大火|失火",
    f"{_FUEL}.{{0,6}}(?:泄漏|泄露|漏)",
)
_WATER = (
    "(?<![本证机牌匙])(?:掉|冲|开|滑|栽|落|翻|坠|飘)(?:进|到|下|入)?(?:了)?(?:河|湖|江|海里|池塘|水塘|水库|水里|水沟|鱼塘)|落水|溺水|沉(?:到|下去|水|了)",
    "(?:进水|淹|泡水|水里|积水).{0,8}(?:打不开|出不来|膝|胸口|腰|座椅|困|熄火)|水.{0,3}(?:淹|漫|没)(?:到|过)(?:了)?"
    "(?:膝|胸|腰|车窗|车顶|座|脖|我)",
)
_ROLLOVER = (
    "翻车(?!鱼)|侧翻|车.{0,3}翻(?:了|到|进|在|下)?.{0,2}(?:沟|山|坡|桥|路|个|过)|车(?:子)?翻了|翻(?:到)?沟|滚下(?:山|坡)",
    "(?:坠|掉|冲|开|滑|栽)(?:到|进|下|出)?(?:了)?(?:沟|山|悬崖|崖|坡|桥|路基)",
)
_INJURY = (
    f"[撞碰](?:到|倒|了|伤|飞|死|着|上|翻)*[^，。！？]{{0,4}}{_STRUCK}",
    "撞(?:死|伤|飞)(?:了|人)?$|撞(?:死|伤|飞)了?(?=，|。|！| |我|怎)",
    f"[装壮状创闯幢轧压刮蹭剐](?:到|倒|了|伤|飞|死|着|上|翻)+[^，。！？]{{0,3}}{_STRUCK}|[壮状创幢轧]{_STRUCK}",
    f"把[^，。！？]{{0,4}}{_STRUCK}.{{0,4}}[撞碰轧压刮蹭创装壮幢]",
    f"{_ONE}[^车，。！？]{{0,3}}(?:被|让|给).{{0,7}}(?:撞|轧|碾|压|创|壮)(?:了|到|倒|飞|伤|死|上)|被.{{0,6}}(?:撞伤|撞飞|撞倒|轧了|碾)",
    f"{_ONE}.{{0,4}}(?:受伤|受商|伤得|伤很|流血|流学|留血|出血|昏迷|晕|昏过去|没呼吸|没反应|没知觉|没意识|不动了|不会动|"
    "起不来|躺(?:在)?地|骨折|吐血|抽搐|断了|不行了|快死|要死)",
    "(?:头上?|腿上?|脸上?|满脸|一直在?|好多|全是|浑身|都是|满地)(?:受伤|流血|流学|出血|是血|血)|(?:流|出)(?:了)?(?:好多|很多|一地)血",
    "血泊|倒地不起|流血了|流学了|受伤了|晕倒|昏倒|晕过去|不省人事|没气了|喘不上|喘不过气|死人了|出人命|大出血|血流不止|休克|断腿",
    "救命(?!药|钱|之?恩|稻草)|救救|快死了|快不行了|心脏病.{0,2}(?:犯|发作)|犯.{0,3}心脏病|心梗|脑梗|猝死|癫痫发作|羊水破|要生了|胸口(?:很|好)?(?:疼|痛)",
    "出车祸|车祸了|出车货|连环撞|jiu ?ming|zhuang ?(?:dao|si|le)? ?(?:le )?ren\\b|che ?huo\\b",
)
_MINE = "(?:我们?|咱|我(?:家|的)?(?:孩子|儿子|女儿|妈|爸|老公|老婆|媳妇|奶奶|爷爷|朋友|同事))"
_WRECK = "(?:翻车|翻了|侧翻|撞|追尾|车祸|事故|变形)"
_STUCK = "(?:卡|困|夹|压)(?:在|住|着|了)|出不来"
_CRASHED = (f"{_WRECK}.{{0,14}}(?:{_STUCK})", f"(?:{_STUCK}).{{0,10}}{_WRECK}")
_STRUCK_ME = (
    f"{_MINE}(?:[^车，。！？的]|骑.{{0,4}}车|的时候|，){{0,8}}(?:被|让|给)"
    "(?!.{0,6}(?:追尾|别车|贴条))[^，。！？]{0,9}(?:撞|轧|碾|压|创|壮|蹭|刮|剐)(?:了|到|倒|飞|伤|着|上|翻)",
)
_BRAKES = (
    "刹车(?!灯|片|盘|油|距离|总?泵).{0,3}(?:失灵|失效|失控|没了|没用|坏了|坏掉|踩不动|踩不下|踩不了|不管用|不好使|不灵|没反应|断了)",
    "(?:刹|煞|杀)不(?:住|了|下来)(?!.{0,4}(?:追尾|撞))|车?停不下来|(?:油门|方向盘?).{0,3}(?:卡住|失灵|失控|卡死|锁死|打不动|回不来)",
    "(?:车|车辆|车子)失控|自己(?:加速|往前冲)|突然加速",
)
_ROAD = "(?:高速|快速路|高架|隧道|环路?|主路)(?!etc|收费)"
_BROKEN = "(?:抛锚|爆胎|车胎爆|轮胎爆|熄火|坏了|坏在|趴窝|没油|没电|打不着|故障|走不动|动不了|开不动|追尾|撞)"
_HIGHWAY = (
    f"{_ROAD}[^，。！？]{{0,8}}{_BROKEN}(?!.{{0,3}}(?:etc|设备))|{_BROKEN}[^，。！？]{{0,6}}在?{_ROAD}|{_ROAD}.{{1,4}}，.{{0,4}}{_BROKEN}",
    "(?:停|坏|横|死|趴)在(?:了)?[^，。！？]{0,4}(?:超车道|快车道|行车道|主路|高速(?!口|路口)|路中间|马路中间|隧道里)",
    f"{_ROAD}.{{0,6}}(?:逆行|开反|倒着走|上有人|有行人)|逆行.{{0,4}}(?:开过来|冲过来|过来了|迎面)|(?:开|走)反(?:了|方向).{{0,6}}高速",
)
_FLED = (
    "[撞碰装壮创].{0,4}(?:跑了|逃了|逃逸了|不停车)|(?:对方|肇事).{0,3}(?:车|司机)?(?:跑了|逃了|逃走了)|肇事逃逸了",
)
_ENGLISH = (
    r"\b(?:sos|emergency|accident|bleeding|injured|injury|hurt|ambulance|crash(?:ed)?|dying|dead|unconscious|trapped|"
    r"drowning|stabbed|robbed|attack(?:ed|ing)|overturned|help help|help me (?:please|now)|call (?:the )?police)\b",
    r"\b(?:was|been|got|is|am) hit\b",
    r"\bhit (?:by|a man|a woman|a person|a child|a kid|a pedestrian|someone|somebody|me|people|my car)\b",
    r"\b(?:on|caught) fire\b|\bfire fire\b|^help me$",
    r"\b(?:heart attack|not breathing|no brakes?|brakes? (?:fail|not work))|^help me$",
)

# The first kind that matches speaks: a life at stake before a car, those in a car before those beside it.
_KINDS = tuple(
    (kind, re.compile("|".join(patterns)))
    for kind, patterns in (
        (Kind.SELF_HARM, _SELF_HARM),
        (Kind.VIOLENCE, _VIOLENCE),
        (Kind.DRUNK, _DRUNK),
        (Kind.DRINKING, _DRINKING),
        (Kind.FIRE, _FIRE),
        (Kind.WATER, _WATER),
        (Kind.CRASHED, _CRASHED),
        (Kind.TRAPPED, _TRAPPED),
        (Kind.ROLLOVER, _ROLLOVER),
        (Kind.STRUCK, _STRUCK_ME),
        (Kind.INJURY, _INJURY),
        (Kind.BRAKES, _BRAKES),
        (Kind.HIGHWAY, _HIGHWAY),
        (Kind.FLED, _FLED),
        (Kind.ENGLISH, _ENGLISH),
    )
)
_WHOM = "(?:有|人|任何|造成|发生|出现|人员|司机|乘客|被|怎么|什么|太|一个|谁|大家|双方|车上|行|他|她|我)"
_DENIED = re.compile(
    f"(?:没有?|未|无|不是|不曾|并?没){_WHOM}{{0,3}}(?:受伤|伤亡|流血|出血|伤着|伤到|撞到|撞着|撞上|撞死|碰到|着火|起火|冒烟|翻车|晕|昏迷|伤(?=人))"
    "(?:人|行人|孩子)?|(?:no one|nobody|not|no)(?: one| body| is| was| got)* (?:hurt|injured|injury|injuries)"
)
_ORDINARY = re.compile("着火险|自燃险|火灾险|救命药|翻车鱼|灭火器|防火|爆炸品|易燃易爆|同归于尽险")
_CALM = re.compile(
    "怎么(?:判|处罚|罚|赔|认定|划分|算|定责|注销|理赔|避让|让|预防|避免)|判(?:几|多少|刑)|量刑|坐牢|定罪|什么罪|犯罪|犯法|违法|"
    "扣(?:几|多少|\\d*)分|记(?:几|多少|\\d*)分|罚(?:多少|款|钱)|索赔|还能开车|赔(?:多少|偿|吗|不赔|钱|付)|理赔|担责|"
    "认定书|复核|保险|交强险|三者险|车损险|责任|全责|调解|诉讼|起诉|告我|误工|伤残|救助基金|取车|扣车|会不会|算不算|属于|标准|规定|年检|检验|"
    "免检|报考|增驾|考|体检|学车|注销|报废|过户|卖掉|租来|算谁|怨谁|怪谁|谁赔|够赔|住院|垫|认定|自首|躲|摆平|蹲|最重|从轻|本儿|一条狗|猫狗|只剩|限号|我的号|昨天|前天|借车|借我车|借给|以后|之前|以前|以内|去年|前年|上个?月|换证|投诉|举报|避让|让行|"
    "吊销|终生|证能|驾照|驾驶证|运输|多少(?:米|钱)|"
    "\\b(?:insurance|licen[cs]e|how (?:much|many|do|to|can)|points|renew|exchange|register)\\b"
)
_NOW = re.compile(
    "快来|快点|救命|没呼吸|没反应|不动了|起不来|喘不|血流不止|大出血|不省人事|晕过去|昏过去|正在(?:流|着)"
)
_PAST = re.compile("没过户|未过户|卖给|借车|借我车|借我的车|借给|去年|前年|上个?月|以前|之前")
_OVER = re.compile(
    "(?<!不)被(?:查|抓|拦|逮|扣|拍|举报)|罚|判|扣|记分|记几分|拘留|赔|昨晚|昨天|前天|上次|去年|举报|算(?:不算)?酒驾"
)
_DRANK = re.compile(
    f"{_MY_DRINK}.{{0,12}}(?:能不能|能|可以|行|敢).{{0,5}}(?:开|骑|上路|挪)|{_MY_DRINK}.{{0,10}}(?:开车|上路)(?:行|可以|没事|成)"
)
_LEAVING = re.compile(
    "(?:能|可以|可不可以|能不能|想|要|让|就|先|准备|该).{0,3}(?:走|离开|撤|回家|回去|开走|闪人|溜)|走(?:了)?(?:行|可以|没事|成|算)|私了"
)
_GRAVE = re.compile("死|人命|重伤")
_HURTING = (Kind.INJURY, Kind.STRUCK, Kind.CRASHED, Kind.TRAPPED, Kind.WATER, Kind.ROLLOVER, Kind.FLED, Kind.VIOLENCE)


@lru_cache(maxsize=256)
def kind_of(word: str) -> Kind | None:
    """The danger that is named, denials and ordinary business aside. word: folded."""
    plain = _ORDINARY.sub(" ", _DENIED.sub(" ", word))
    return next((kind for kind, pattern in _KINDS if pattern.search(plain)), None)


def only_asks(word: str, kind: Kind) -> bool:
    """Whether it is a question about danger rather than a cry from it. Who wants to die is never only asking, nor is
    who drank and wants to drive, unless it is over."""
    if kind is Kind.SELF_HARM:
        return False
    if kind is Kind.DRINKING:
        return bool(_OVER.search(word))
    return bool(_CALM.search(word)) and (bool(_PAST.search(word)) or not _NOW.search(word))


def may_be_hurt(word: str, kind: Kind) -> bool:
    """Whether a calm question leaves it plausible that someone is hurt now, or says that someone died."""
    return bool(_GRAVE.search(word)) or (kind in _HURTING and not _PAST.search(word))


def drank(word: str) -> bool:
    """Whether someone who drank asks if they may drive."""
    return bool(_DRANK.search(word)) and not _OVER.search(word)


def wants_to_leave(word: str) -> bool:
    """Whether few words ask if one may go, said after an accident."""
    return len(word) <= FEW_WORDS and bool(_LEAVING.search(word))
