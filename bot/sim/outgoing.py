"""客服消息与模板消息: an outgoing message as the bubble the user will see. Source: wechat-platform.md §4, §5."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias, cast

from bot.sim.answer import TEXT_BYTES, Reply
from bot.sim.bubble import Article, Bubble, Span, Who, spans_of
from bot.sim.codes import ApiError

Body: TypeAlias = dict[str, object]
HasMedia: TypeAlias = Callable[[str], bool]

NOT_YET = datetime.min  # The account numbers and dates a bubble when it is written down.
FAILURE_NOTICE = "该公众号提供的服务出现故障，请稍后再试"
PAUSED_NOTICE = "连续推送失败，平台已暂停推送（MarkFail），约 1 分钟后恢复"
TRANSFER_NOTICE = "会话已转接人工客服"
_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\u")
_VALUE_RULES = {
    "thing": r"(?s).{1,20}",
    "number": r"[-+]?[0-9.]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r".{1,5}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "time": r".*[0-9].*",
    "date": r".*[0-9].*",
    "amount": r"\D{0,3}[0-9,.]{1,13}元?",
    "phone_number": r"[-+0-9 ]{1,17}",
    "car_number": r"[^\s]{1,8}",
    "name": r"[\u4e00-\u9fff·]{1,10}|[A-Za-z .]{1,20}",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
}


def notice(words: str) -> Bubble:
    """A grey line of the platform."""
    return Bubble(0, NOT_YET, Who.NOTICE, "notice", (Span(words),))


def passive_bubble(reply: Reply) -> Bubble:
    """A passive reply as it appears."""
    if reply.kind == "transfer":
        return notice(TRANSFER_NOTICE)
    return _bubble(reply.kind, "passive", spans_of(reply.text), reply.articles, reply.media_id)


def read_body(raw: bytes, *, literal_escapes: bool = False) -> Body:
    r"""The JSON object of a call. Raises ApiError 47001.

    literal_escapes: \uXXXX stays as six visible characters, as the platform leaves it in messages.
    """
    if literal_escapes:
        raw = _ESCAPE.sub(rb"\1\\\\u", raw)
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise ApiError(47001) from error
    if not isinstance(body, dict):
        raise ApiError(47001)
    return cast(Body, body)


def custom_bubble(body: Body, has_media: HasMedia) -> Bubble:
    """A customer-service message as it appears. Raises ApiError."""
    kind = words(body, "msgtype")
    part = inner(body, kind)
    marked = inner(body, "aimsgcontext").get("is_ai_msg") == 1
    match kind:
        case "text":
            return _bubble("text", "custom", spans_of(_content(part)), ai=marked)
        case "msgmenu":
            return _bubble("msgmenu", "custom", _menu_spans(part), ai=marked)
        case "news":
            return _bubble("news", "custom", articles=_articles(part), ai=marked)
        case "image" | "voice" | "video":
            return _bubble(kind, "custom", spans_of(words(part, "title")), media_id=_media(part, has_media), ai=marked)
        case "music" | "miniprogrampage":
            return _bubble(kind, "custom", spans_of(words(part, "title")), ai=marked)
        case "mpnews" | "mpnewsarticle" | "wxcard":
            return _bubble(kind, "custom", (Span(next(iter(map(str, part.values())), "")),), ai=marked)
        case _:
            raise ApiError(40008)


def template_bubble(body: Body, templates: tuple[str, ...]) -> Bubble:
    """A template message as it appears: its values line by line, and its link. Raises ApiError 40037, 47003."""
    template = words(body, "template_id")
    if not template or (templates and template not in templates):
        raise ApiError(40037)
    lines = [_template_value(name, value) for name, value in inner(body, "data").items()]
    url = words(body, "url")
    more = (Span("\n"), Span("查看详情", url=url)) if url else ()
    return _bubble("template", "template", (Span("\n".join(lines)), *more))


def words(body: Body, name: str) -> str:
    """A string field, empty when it is missing or something else."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def inner(body: Body, name: str) -> Body:
    """An object field, empty when it is missing or something else."""
    value = body.get(name)
    return cast(Body, value) if isinstance(value, dict) else {}


def _bubble(
    kind: str, via: str, spans: tuple[Span, ...] = (), articles: tuple[Article, ...] = (), media_id: str = "",
    *, ai: bool = False,
) -> Bubble:  # fmt: skip
    return Bubble(0, NOT_YET, Who.ACCOUNT, kind, spans, articles, media_id, via, ai)


def _content(part: Body) -> str:
    content = words(part, "content")
    if not content:
        raise ApiError(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise ApiError(45002)
    return content


def _menu_spans(part: Body) -> tuple[Span, ...]:
    items = part.get("list")
    if not isinstance(items, list) or not items:
        raise ApiError(47001)
    spans = list(spans_of(words(part, "head_content")))
    for item in items:
        label = words(item, "content") if isinstance(item, dict) else ""
        if not label:
            raise ApiError(47001)
        spans += [Span("\n"), Span(label, say=label, menu_id=str(item.get("id", "")))]
    tail = spans_of(words(part, "tail_content"))
    return (*spans, *((Span("\n"), *tail) if tail else ()))


def _articles(part: Body) -> tuple[Article, ...]:
    items = part.get("articles")
    if not isinstance(items, list) or not items:
        raise ApiError(47001)
    if len(items) > 1:
        raise ApiError(45008)
    item = items[0] if isinstance(items[0], dict) else {}
    return (Article(words(item, "title"), words(item, "description"), words(item, "url"), words(item, "picurl")),)


def _media(part: Body, has_media: HasMedia) -> str:
    media_id = words(part, "media_id")
    if not has_media(media_id):
        raise ApiError(40007)
    return media_id


def _template_value(name: str, value: object) -> str:
    shown = words(cast(Body, value), "value") if isinstance(value, dict) else ""
    rule = _VALUE_RULES.get(name.rstrip("0123456789"))
    if rule is not None and not re.fullmatch(rule, shown):
        raise ApiError(47003, f"data.{name}.value invalid")
    return shown
