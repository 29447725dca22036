"""Passive reply XML, by wechatpy's replies where they can say it (wechat-platform §3).

All words must be clean already: wechatpy wraps them in CDATA without looking (§11.2). Same arguments, same XML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wechatpy.replies import ArticlesReply, ImageReply, TextReply, TransferCustomerServiceReply


@dataclass(frozen=True, slots=True)
class Envelope:
    """to: the openid. sender: the gh_ id. at_s: CreateTime, Unix seconds."""

    to: str
    sender: str
    at_s: int


@dataclass(frozen=True, slots=True)
class Item:
    """One 图文 as it stands in the XML."""

    title: str
    description: str
    url: str
    picture: str


def text_xml(envelope: Envelope, content: str) -> str:
    """文本."""
    return str(TextReply(source=envelope.sender, target=envelope.to, time=envelope.at_s, content=content).render())


def image_xml(envelope: Envelope, media_id: str) -> str:
    """图片."""
    return str(ImageReply(source=envelope.sender, target=envelope.to, time=envelope.at_s, image=media_id).render())


def news_xml(envelope: Envelope, items: Sequence[Item]) -> str:
    """图文. The caller keeps to the count the platform allows."""
    articles = [
        {"title": item.title, "description": item.description, "url": item.url, "image": item.picture} for item in items
    ]
    reply = ArticlesReply(source=envelope.sender, target=envelope.to, time=envelope.at_s, articles=articles)
    return str(reply.render())


def transfer_xml(envelope: Envelope, account: str) -> str:
    """转接客服. account: a kf_account, or empty for any; wechatpy cannot say it, so it is put in by hand."""
    reply = TransferCustomerServiceReply(source=envelope.sender, target=envelope.to, time=envelope.at_s)
    xml = str(reply.render())
    if not account:
        return xml
    return xml.replace("</xml>", f"<TransInfo><KfAccount><![CDATA[{account}]]></KfAccount></TransInfo>\n</xml>")
