"""What a message wishes or feels besides what it asks: an unlawful wish, anger. By its words; conservative."""

from __future__ import annotations

import re

_UNLAWFUL = re.compile(
    "买分|卖分|把(?:驾照|驾驶证)?分.{0,3}卖|卖.{0,4}(?:驾照|驾驶证)分|分.{0,2}卖(?:给|了|掉)|"
    "(?:花钱|给钱|出钱|掏钱|塞钱|找人|托人|找关系|走后门|黄牛).{0,8}(?:扣分|顶|替考|代考|摆平|消|销|过|办|买|通过|拿证|拿本)|"
    "(?:替|帮|代)我?(?:去)?考(?!勤|虑)|顶包|顶罪|包过|塞(?:点)?(?:钱|红包)|伪造|造假|冒充|作弊|蒙混|混过(?:去|关)?|"
    "(?:办|做|弄|搞|买|用)(?:一?个|一?张|一?本|一?副|块)?假(?!期|日)|套牌(?:车)?(?:能|怎么|咋)|"
    "(?:遮|挡|蒙|糊|盖)(?:住|上|一下)?(?:点)?(?:车牌|号牌|牌照|牌子|车牌号)|(?:车牌|号牌).{0,3}(?:遮|挡|蒙|糊)|"
    "(?:怎么|咋|如何|想).{0,4}(?:躲|避开|绕开|躲开|逃过|骗过).{0,6}(?:摄像头|电子眼|探头|抓拍|交警|检查|年检|体检|处罚)"
)
_NOT_MINE = re.compile(
    "举报|被(?:人)?(?:套牌|冒充|冒用|骗)|我的.{0,4}被|投诉|别人(?=.{0,3}(?:冒|套|用|假|伪|遮|挡))|怎么处罚|怎么罚|罚多少|判几年|算不算"
)
_ANGRY = re.compile(
    "凭什么(?!规定)|凭啥|就知道(?:罚|贴|扣|收)|只(?:会|知道)(?:罚|贴|收)|光(?:会|知道)(?:罚|贴|收)|除了罚|罚钱.{0,3}(?:疯|上瘾)|"
    "想钱想疯|抢钱|坑(?:人|老百姓|死)|欺负(?:人|老百姓)|气死|太(?:黑|坑|过分|欺负|不讲理|气人)|岂有此理|不讲理|没天理|王法|"
    "什么破|破规定|踢皮球|推来推去|推三阻四|互相推|没人管|(?:你们|交警|警察|车管所).{0,6}(?:有病|瞎|黑心|不作为|吃干饭)|忍无可忍|受够"
)


def is_unlawful(word: str) -> bool:
    """Whether somebody wishes what the law forbids, rather than asks about it or suffers from it. word: folded."""
    return bool(_UNLAWFUL.search(word)) and not _NOT_MINE.search(word)


def is_angry(word: str) -> bool:
    """Whether a message is angry at us. word: folded."""
    return bool(_ANGRY.search(word))
