"""render: replies ⇒ what the platform takes, as passive XML or as the JSON of a customer-service message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.core.push import Body, Image, Link, Location, Notice, Push, Text, Unfollow, Unknown, Video, Voice
from bot.core.reply import Article, News, Reply, Transfer
from bot.core.reply import Image as ImageReply
from bot.core.reply import Text as TextReply
from bot.wechat.codec.passive import Envelope, Item, image_xml, news_xml, text_xml, transfer_xml
from bot.wechat.limits import ARTICLES_PUSHED, ARTICLES_TO_EVENT, ARTICLES_TO_MESSAGE, MSGMENU_CHOICES, TEXT_BYTES
from bot.wechat.markup import content, joined, one_line, plain
from bot.wechat.paging import MORE, pages

__all__ = ["MORE", "custom_message", "menu_message", "pages", "passive_xml"]

MUTE = (Unfollow, Notice, Unknown)
"""What takes no reply (§3)."""

MESSAGES = (Text, Image, Voice, Video, Location, Link)
"""What a citizen sent, as against an event: only this can be handed to customer service (§3)."""


def passive_xml(push: Push, replies: Sequence[Reply], at: datetime) -> str | None:
    """The passive reply to a push, or None for no reply; equal for equal arguments.

    One push takes one message. A lone 图文 or picture goes as such. Several replies become one text in their order,
    in which 图文 are links; a picture among others has no place in a text and is left out. A transfer goes before all
    else, and only in answer to a message. What is longer than one text ends with its first page: use `pages` before.
    """
    if isinstance(push.body, MUTE):
        return None
    envelope = Envelope(push.address, push.account, int(at.timestamp()))
    for reply in replies:
        if isinstance(reply, Transfer) and isinstance(push.body, MESSAGES):
            return transfer_xml(envelope, one_line(reply.account))
    match replies:
        case [ImageReply(media_id=media_id)]:
            return image_xml(envelope, one_line(media_id))
        case [News(articles=articles)] if articles:
            return news_xml(envelope, _items(articles, push.body))
        case _:
            words = _words(replies)
            return text_xml(envelope, words) if words else None


def custom_message(address: str, reply: Reply) -> dict[str, object] | None:
    """The JSON of custom/send; None for what cannot be sent that way: a transfer, a text or 图文 with nothing in it.

    Choices are links inside the text, as in a passive reply: one look everywhere, and links and choices may stand
    together. `menu_message` makes a 菜单消息 of them instead; its taps open the smaller window just as well (§4).
    """
    match reply:
        case TextReply():
            words = _words((reply,))
            return _message(address, "text", {"content": words}) if words else None
        case News(articles=articles):
            picked = [_article(article) for article in articles[:ARTICLES_PUSHED]]
            return _message(address, "news", {"articles": picked}) if picked else None
        case ImageReply(media_id=media_id):
            return _message(address, "image", {"media_id": media_id})
        case Transfer():
            return None


def menu_message(address: str, text: TextReply) -> dict[str, object]:
    """A text with choices as a 菜单消息: the client shows each label as a link and sends it as the citizen's words.

    The tap says the label, not Choice.say, so use it only where both lead to the same. Raises ValueError without
    choices or with more than MSGMENU_CHOICES.
    """
    if not 1 <= len(text.choices) <= MSGMENU_CHOICES:
        raise ValueError(f"a 菜单消息 takes 1 to {MSGMENU_CHOICES} choices")
    items = [{"id": str(n), "content": one_line(choice.label)} for n, choice in enumerate(text.choices, 1)]
    head = content(TextReply(text.text, links=text.links))
    return _message(address, "msgmenu", {"head_content": head, "list": items, "tail_content": plain(text.tail)})


def _message(address: str, kind: str, body: dict[str, object]) -> dict[str, object]:
    return {"touser": address, "msgtype": kind, kind: body}


def _words(replies: Sequence[Reply]) -> str:
    """All that can be said in words, at most TEXT_BYTES."""
    texts = [text for reply in replies if (text := _as_text(reply))]
    words = joined(texts)
    if len(words.encode()) <= TEXT_BYTES:
        return words
    whole = TextReply(
        "\n\n".join(filter(None, (text.text for text in texts))),
        tuple(choice for text in texts for choice in text.choices),
        tuple(link for text in texts for link in text.links),
        texts[-1].tail,
    )
    return content(pages(whole)[0])


def _as_text(reply: Reply) -> TextReply | None:
    match reply:
        case TextReply():
            return reply
        case News(articles=articles):
            return TextReply("", links=tuple((article.title, article.url) for article in articles))
        case _:
            return None


def _items(articles: Sequence[Article], body: Body) -> list[Item]:
    most = ARTICLES_TO_MESSAGE if isinstance(body, MESSAGES) else ARTICLES_TO_EVENT
    return [
        Item(one_line(article.title), plain(article.description), plain(article.url), plain(article.picture))
        for article in articles[:most]
    ]


def _article(article: Article) -> dict[str, str]:
    return {
        "title": one_line(article.title),
        "description": plain(article.description),
        "url": article.url,
        "picurl": article.picture,
    }
