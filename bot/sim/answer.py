"""Judge the answer to a push as the platform does: silence, a valid reply, or a refusal the user sees as a fault.

Source: wechat-platform.md §1.4, §1.5, §3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from xml.etree import ElementTree as ET

from bot.sim.bubble import Article
from bot.sim.config import Mode
from bot.sim.crypto import Sealed, SealError, unseal
from bot.sim.inbound import Inbound
from bot.sim.wire import Keys

TEXT_BYTES = 2048
ARTICLES_TO_MESSAGE = 1
ARTICLES_TO_EVENT = 8
MEDIA_KINDS = {"image": "Image", "voice": "Voice", "video": "Video"}


class Reason(StrEnum):
    """Why an answer is no reply."""

    BOM = "bom"
    WHITESPACE = "leading whitespace"
    JSON = "json"
    NOT_XML = "not xml"
    MALFORMED = "malformed xml"
    DOCTYPE = "doctype"
    UNSEALED = "not encrypted"
    SEALED = "encrypted in plain mode"
    ENVELOPE = "envelope incomplete"
    SIGNATURE = "signature"
    CIPHER = "cipher"
    APP_ID = "app id"
    SWAPPED = "user names swapped"
    ADDRESS = "user names"
    TIME = "create time"
    TYPE = "message type"
    EMPTY = "empty"
    TOO_LONG = "too long"
    NEWS_COUNT = "news count"
    MEDIA = "media id"
    NO_TRANSFER = "transfer after an event"


@dataclass(frozen=True, slots=True)
class Reply:
    """A passive reply that the user will see."""

    kind: str
    text: str = ""
    media_id: str = ""
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Silent:
    """Empty body or `success`: the account has nothing to say now."""


@dataclass(frozen=True, slots=True)
class Valid:
    """A reply, and its XML after decryption."""

    reply: Reply
    xml: str


@dataclass(frozen=True, slots=True)
class Refused:
    """No reply at all: the user reads the failure notice. xml: what could be decrypted, perhaps nothing."""

    reason: Reason
    detail: str = ""
    xml: str = ""


Answer = Silent | Valid | Refused


@dataclass(frozen=True, slots=True)
class Expect:
    """What the answer must fit. has_media: whether a media id exists and has not expired."""

    openid: str
    account: str
    mode: Mode
    keys: Keys
    inbound: Inbound
    has_media: Callable[[str], bool]


def judge(body: bytes, expect: Expect) -> Answer:
    """Classify the body of an answer with status 200."""
    if body in (b"", b"success"):
        return Silent()
    xml = ""
    try:
        xml = _opened(body, expect)
        return Valid(_reply(_parse(xml.encode()), expect), xml)
    except _NoReplyError as no:
        return Refused(no.reason, no.detail, xml)


class _NoReplyError(Exception):
    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class _Builder(ET.TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise _NoReplyError(Reason.DOCTYPE)


def _parse(data: bytes) -> ET.Element:
    _check_first_byte(data)
    try:
        root = ET.fromstring(data, ET.XMLParser(target=_Builder()))  # noqa: S314 - the builder refuses a DOCTYPE
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _NoReplyError(Reason.MALFORMED, str(error)) from error
    if root.tag != "xml":
        raise _NoReplyError(Reason.NOT_XML, root.tag)
    return root


def _check_first_byte(data: bytes) -> None:
    if data.startswith(b"\xef\xbb\xbf"):
        raise _NoReplyError(Reason.BOM)
    if data[:1].isspace():
        raise _NoReplyError(Reason.WHITESPACE)
    if data[:1] in (b"{", b"[", b'"'):
        raise _NoReplyError(Reason.JSON)
    if not data.startswith(b"<"):
        raise _NoReplyError(Reason.NOT_XML)


def _opened(body: bytes, expect: Expect) -> str:
    root = _parse(body)
    if root.find("Encrypt") is None:
        if expect.mode is Mode.SECURE:
            raise _NoReplyError(Reason.UNSEALED)
        return _utf8(body)
    if expect.mode is Mode.PLAIN:
        raise _NoReplyError(Reason.SEALED)
    return _unsealed(root, expect.keys)


def _unsealed(root: ET.Element, keys: Keys) -> str:
    parts = [root.findtext(tag) or "" for tag in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")]
    if not all(parts) or not parts[2].isdecimal():
        raise _NoReplyError(Reason.ENVELOPE)
    try:
        return _utf8(unseal(keys.cipher, keys.token, Sealed(*parts)))
    except SealError as bad:
        reasons = {"signature": Reason.SIGNATURE, "app_id": Reason.APP_ID}
        raise _NoReplyError(reasons.get(bad.part, Reason.CIPHER)) from bad


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _NoReplyError(Reason.MALFORMED, "utf-8") from error


def _reply(root: ET.Element, expect: Expect) -> Reply:
    _check_address(root.findtext("ToUserName"), root.findtext("FromUserName"), expect)
    if not (root.findtext("CreateTime") or "").isdecimal():
        raise _NoReplyError(Reason.TIME)
    kind = root.findtext("MsgType") or ""
    if kind == "text":
        return _text(root)
    if kind == "news":
        return _news(root, is_event=bool(expect.inbound.event))
    if kind in MEDIA_KINDS:
        return _media(root, kind, expect.has_media)
    if kind == "music":
        return Reply(kind, root.findtext("Music/Title") or "", root.findtext("Music/ThumbMediaId") or "")
    if kind == "transfer_customer_service":
        return _transfer(root, is_event=bool(expect.inbound.event))
    raise _NoReplyError(Reason.TYPE, kind)


def _check_address(to: str | None, sender: str | None, expect: Expect) -> None:
    if (to, sender) == (expect.account, expect.openid):
        raise _NoReplyError(Reason.SWAPPED)
    if (to, sender) != (expect.openid, expect.account):
        raise _NoReplyError(Reason.ADDRESS)


def _text(root: ET.Element) -> Reply:
    content = root.findtext("Content") or ""
    if not content:
        raise _NoReplyError(Reason.EMPTY)
    if (size_bytes := len(content.encode())) > TEXT_BYTES:
        raise _NoReplyError(Reason.TOO_LONG, f"{size_bytes} > {TEXT_BYTES}")
    return Reply("text", content)


def _news(root: ET.Element, *, is_event: bool) -> Reply:
    items = root.findall("Articles/item")
    limit = ARTICLES_TO_EVENT if is_event else ARTICLES_TO_MESSAGE
    if root.findtext("ArticleCount") != str(len(items)) or not 1 <= len(items) <= limit:
        raise _NoReplyError(Reason.NEWS_COUNT, f"{len(items)}, ≤ {limit}")
    return Reply("news", articles=tuple(_article(item) for item in items))


def _article(item: ET.Element) -> Article:
    title, description, picture, url = (item.findtext(tag) or "" for tag in ("Title", "Description", "PicUrl", "Url"))
    if not title:
        raise _NoReplyError(Reason.EMPTY, "Title")
    return Article(title, description, url, picture)


def _media(root: ET.Element, kind: str, has_media: Callable[[str], bool]) -> Reply:
    media_id = root.findtext(f"{MEDIA_KINDS[kind]}/MediaId") or ""
    if not has_media(media_id):
        raise _NoReplyError(Reason.MEDIA, media_id)
    return Reply(kind, root.findtext(f"{MEDIA_KINDS[kind]}/Title") or "", media_id)


def _transfer(root: ET.Element, *, is_event: bool) -> Reply:
    if is_event:
        raise _NoReplyError(Reason.NO_TRANSFER)
    return Reply("transfer", root.findtext("TransInfo/KfAccount") or "")
