"""The fields of a push ⇒ a typed Push (wechat-platform §2)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime

from bot.core.clock import SHANGHAI
from bot.core.errors import BadPush
from bot.core.push import (
    Body,
    Channel,
    Follow,
    Image,
    Link,
    Location,
    MenuClick,
    MenuTool,
    Notice,
    Push,
    PushKey,
    Scan,
    Text,
    Unfollow,
    Unknown,
    Video,
    Voice,
)
from bot.wechat.codec.fields import Fields, seconds
from bot.wechat.limits import KIND_CHARS, NAME_CHARS

NAME = re.compile(rf"[0-9A-Za-z_@.\-]{{1,{NAME_CHARS}}}")
"""An openid, a gh_ id, or a sender such as mphelper."""

MESSAGE_ID = re.compile(r"[0-9]{1,20}")
"""A 64-bit number."""

NOTICES = ("view", "view_miniprogram", "location")
NOTICE_PREFIXES = ("subscribe_msg_", "kf_", "user_")
NOTICE_SUFFIX = "jobfinish"
NOTICE_TAGS = (
    "EventKey",
    "MenuId",
    "MsgID",
    "Status",
    "TotalCount",
    "FilterCount",
    "SentCount",
    "ErrorCount",
    "KfAccount",
    "FromKfAccount",
    "ToKfAccount",
    "CloseType",
    "OpenID",
    "AppID",
    "RevokeInfo",
)
"""What a notice keeps. Not the coordinates of LOCATION: where a citizen stands is not ours to know unless told."""

NOTICE_LISTS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}
NOTICE_LIST_TAGS = ("TemplateId", "SubscribeStatusString", "PopupScene", "MsgID", "ErrorCode", "ErrorStatus")


def push_from(fields: Fields) -> Push:
    """The push that these fields say. Raises BadPush when they are not one."""
    sender, account = fields.text("FromUserName"), fields.text("ToUserName")
    if not NAME.fullmatch(sender) or not NAME.fullmatch(account):
        raise BadPush(400, "names")
    body = _body(fields)
    sent_at = datetime.fromtimestamp(seconds(fields.text("CreateTime")), SHANGHAI)
    return Push(_key(fields, body), Channel.WECHAT, sender, account, sent_at, body)


def _key(fields: Fields, body: Body) -> PushKey:
    """MsgId for messages; who, when and what for events, with what a notice tells: two may come in one second."""
    message_id = fields.text("MsgId")
    if message_id:
        if not MESSAGE_ID.fullmatch(message_id):
            raise BadPush(400, "shape")
        return PushKey(f"m:{message_id}")
    told = [value for _, value in body.fields] if isinstance(body, Notice) else []
    tags = ("FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Content")
    parts = [*map(fields.text, tags), *told]
    return PushKey("e:" + hashlib.sha256("|".join(parts).encode()).hexdigest()[:32])


def _body(fields: Fields) -> Body:
    kind = fields.text("MsgType").lower()
    if kind == "event":
        return _event(fields.text("Event").lower(), fields)
    read = MESSAGES.get(kind)
    return read(fields) if read else Unknown(_word(kind))


def _event(event: str, fields: Fields) -> Body:
    if read := EVENTS.get(event):
        return read(fields)
    if event in TOOLS:
        return MenuTool(event, fields.text("EventKey"), TOOLS[event](fields))
    if event in NOTICES or event.startswith(NOTICE_PREFIXES) or event.endswith(NOTICE_SUFFIX):
        return Notice(_word(event), _told(event, fields))
    return Unknown(_word(f"event {event}"))


def _word(kind: str) -> str:
    """A type's name as it may be logged: short and printable, whoever wrote it."""
    return "".join(char for char in kind if char.isascii() and char.isprintable())[:KIND_CHARS]


def _told(event: str, fields: Fields) -> tuple[tuple[str, str], ...]:
    found = [(tag, fields.text(tag)) for tag in NOTICE_TAGS]
    if branch := NOTICE_LISTS.get(event):
        for item in fields.branch(branch).branches("List"):
            found.extend((tag, item.text(tag)) for tag in NOTICE_LIST_TAGS)
    return tuple((tag, value) for tag, value in found if value)


def _text(fields: Fields) -> Body:
    return Text(fields.text("Content"), fields.text("bizmsgmenuid"))


def _image(fields: Fields) -> Body:
    return Image(fields.text("MediaId"), fields.text("PicUrl"))


def _voice(fields: Fields) -> Body:
    return Voice(fields.text("MediaId"), fields.text("Format"), fields.text("Recognition"))


def _video(fields: Fields) -> Body:
    short = fields.text("MsgType").lower() == "shortvideo"
    return Video(fields.text("MediaId"), fields.text("ThumbMediaId"), short)


def _location(fields: Fields) -> Body:
    return Location(fields.degrees("Location_X", 90), fields.degrees("Location_Y", 180), fields.text("Label"))


def _link(fields: Fields) -> Body:
    return Link(fields.text("Title"), fields.text("Description"), fields.text("Url"))


def _follow(fields: Fields) -> Body:
    # wechatpy renames the event and strips qrscene_ when there is a scene; other EventKeys (last_trade_no_…) stay.
    return Follow(fields.text("EventKey") if fields.text("Event") == "subscribe_scan" else "")


def _scanned(fields: Fields) -> str:
    return fields.branch("ScanCodeInfo").text("ScanResult")


def _counted(fields: Fields) -> str:
    return fields.branch("SendPicsInfo").text("Count")


def _placed(fields: Fields) -> str:
    place = fields.branch("SendLocationInfo")
    return place.text("Label") or place.text("Poiname")


MESSAGES: dict[str, Callable[[Fields], Body]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
}
EVENTS: dict[str, Callable[[Fields], Body]] = {
    "subscribe": _follow,
    "subscribe_scan": _follow,
    "subscribe_scan_product": _follow,
    "unsubscribe": lambda _: Unfollow(),
    "scan": lambda fields: Scan(fields.text("EventKey")),
    "click": lambda fields: MenuClick(fields.text("EventKey")),
}
TOOLS: dict[str, Callable[[Fields], str]] = {
    "scancode_push": _scanned,
    "scancode_waitmsg": _scanned,
    "pic_sysphoto": _counted,
    "pic_photo_or_album": _counted,
    "pic_weixin": _counted,
    "location_select": _placed,
}
