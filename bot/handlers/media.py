"""media: pictures, voice, video, places and links. Honest about what cannot be read, with the next step."""

from __future__ import annotations

from bot.core.push import Image, Link, Location, Video, Voice
from bot.core.reply import Choice, Target, Text
from bot.core.turn import Outcome, Turn
from bot.targets import ROOT, Opened, told

PICTURE = (
    "图片收到了，不过我看不懂图里的内容。请用文字告诉我三件事：\n"
    "1. 这是什么（罚单、证件、短信、现场……）\n"
    "2. 您想办什么\n"
    "3. 现在卡在哪一步\n"
    "请不要发送身份证号、车牌号等个人信息。"
)
VOICE = "语音收到了，可是没有识别出文字。麻烦您打字再说一遍，或者用手机输入法的语音转文字功能。"
VIDEO = (
    "视频收到了，但我看不了视频内容。请用文字说说遇到了什么情况。\n"
    "举报交通违法请走官方的举报入口，发在聊天里不能作为正式举报。"
)
PLACE = "位置收到了。附近网点的数据我还没有核实过，请在“交管12123”APP的“网点导航”里查看，出发前核对办公时间。"
LINK = "链接收到了，我打不开外面的网页。请用文字告诉我您想问什么。"


def handle(turn: Turn) -> Outcome | None:
    text = _text(turn)
    if text is None:
        return None
    choice = _offer(turn)
    return told(turn, Opened(Text(text, (choice,))), handler="media", decision="media")


def _text(turn: Turn) -> str | None:
    match turn.push.body:
        case Image():
            return PICTURE
        case Voice():
            return VOICE
        case Video():
            return VIDEO
        case Location():
            return PLACE
        case Link():
            return LINK
        case _:
            return None


def _offer(turn: Turn) -> Choice:
    match turn.push.body:
        case Location():
            return Choice("网点与预约", "网点、预约与收费", Target("category:F02"))
        case Video():
            return Choice("怎么举报交通违法", "违法举报（随手拍）", Target("category:C07"))
        case _:
            return Choice("业务分类", "菜单", ROOT)
