"""Everything a user or the platform can push to an account, one function a type. Source: wechat-platform.md §2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, Union

Value: TypeAlias = Union[str, int, float, "Fields"]
Fields: TypeAlias = tuple[tuple[str, Value], ...]
"""Tags and values in the order of the wire; a tag may repeat, a value may nest."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or event before it has a sender and a time. event is empty for a message."""

    msg_type: str
    fields: Fields = ()
    event: str = ""

    def get(self, tag: str) -> str:
        """The text of a top-level field, empty when it is missing."""
        return next((str(value) for name, value in self.fields if name == tag), "")


def text(content: str, menu_id: str = "") -> Inbound:
    """Words. menu_id: set when they come from a tap on a text menu link or a msgmenu."""
    tapped: Fields = (("bizmsgmenuid", menu_id),) if menu_id else ()
    return Inbound("text", (("Content", content), *tapped))


def image(media_id: str, url: str) -> Inbound:
    """A picture."""
    return Inbound("image", (("PicUrl", url), ("MediaId", media_id)))


def voice(media_id: str, recognition: str = "", form: str = "amr") -> Inbound:
    """A voice message; recognition is what accounts with the retired speech service still got."""
    heard: Fields = (("Recognition", recognition),) if recognition else ()
    return Inbound("voice", (("MediaId", media_id), ("Format", form), ("MediaId16K", media_id), *heard))


def video(media_id: str, thumb_id: str, *, short: bool = False) -> Inbound:
    """A video, or a short one."""
    return Inbound("shortvideo" if short else "video", (("MediaId", media_id), ("ThumbMediaId", thumb_id)))


def location(latitude: float, longitude: float, label: str, scale: int = 16) -> Inbound:
    """A place sent on purpose. Degrees."""
    return Inbound(
        "location", (("Location_X", latitude), ("Location_Y", longitude), ("Scale", scale), ("Label", label))
    )


def link(title: str, description: str, url: str) -> Inbound:
    """A shared page."""
    return Inbound("link", (("Title", title), ("Description", description), ("Url", url)))


def unknown(msg_type: str = "hologram") -> Inbound:
    """A message type of the future."""
    return Inbound(msg_type, (("Shape", "cube"),))


def event(name: str, *fields: tuple[str, Value]) -> Inbound:
    """Any event by its name on the wire, also one of the future."""
    return Inbound("event", fields, name)


def subscribe(scene: str = "", ticket: str = "") -> Inbound:
    """关注. scene: the parameter of the QR code that led here, if any."""
    if not scene:
        return event("subscribe")
    return event("subscribe", ("EventKey", f"qrscene_{scene}"), ("Ticket", ticket))


def unsubscribe() -> Inbound:
    """取消关注."""
    return event("unsubscribe")


def scan(scene: str, ticket: str = "") -> Inbound:
    """A follower scanned a QR code with a parameter."""
    return event("SCAN", ("EventKey", scene), ("Ticket", ticket))


def position(latitude: float, longitude: float, precision: float) -> Inbound:
    """The position reported on entering the chat."""
    return event("LOCATION", ("Latitude", latitude), ("Longitude", longitude), ("Precision", precision))


def click(key: str) -> Inbound:
    """A menu button of type click."""
    return event("CLICK", ("EventKey", key))


def view(url: str, menu_id: str = "") -> Inbound:
    """A menu button that opened a page."""
    return event("VIEW", ("EventKey", url), ("MenuId", menu_id))


def view_miniprogram(path: str, menu_id: str = "") -> Inbound:
    """A menu button that opened a mini program."""
    return event("view_miniprogram", ("EventKey", path), ("MenuId", menu_id))


def scancode(key: str, result: str, *, wait: bool) -> Inbound:
    """A menu button that scanned a code; wait: the phone shows that it waits for the account."""
    info: Fields = (("ScanType", "qrcode"), ("ScanResult", result))
    return event("scancode_waitmsg" if wait else "scancode_push", ("EventKey", key), ("ScanCodeInfo", info))


def pictures(kind: str, key: str, *md5s: str) -> Inbound:
    """A menu button that picked pictures. kind: pic_sysphoto, pic_photo_or_album or pic_weixin."""
    items: Fields = tuple(("item", (("PicMd5Sum", md5),)) for md5 in md5s)
    return event(kind, ("EventKey", key), ("SendPicsInfo", (("Count", len(md5s)), ("PicList", items))))


def location_select(key: str, latitude: float, longitude: float, label: str, name: str = "") -> Inbound:
    """A menu button that picked a place; the place follows as a message of its own."""
    info: Fields = (
        ("Location_X", str(latitude)),
        ("Location_Y", str(longitude)),
        ("Scale", "16"),
        ("Label", label),
        ("Poiname", name),
    )
    return event("location_select", ("EventKey", key), ("SendLocationInfo", info))


def template_sent(message_id: int, status: str = "success") -> Inbound:
    """The fate of a template message."""
    return event("TEMPLATESENDJOBFINISH", ("MsgID", message_id), ("Status", status))


def mass_sent(message_id: int, status: str = "send success", total: int = 1) -> Inbound:
    """The fate of a mass message."""
    counts: Fields = (("TotalCount", total), ("FilterCount", total), ("SentCount", total), ("ErrorCount", 0))
    return event("MASSSENDJOBFINISH", ("MsgID", message_id), ("Status", status), *counts)


def subscription_popup(*choices: tuple[str, str]) -> Inbound:
    """The user answered a subscription prompt. choices: template id and accept or reject."""
    return event("subscribe_msg_popup_event", ("SubscribeMsgPopupEvent", _choices(choices, (("PopupScene", "2"),))))


def subscription_change(*choices: tuple[str, str]) -> Inbound:
    """The user took a subscription back."""
    return event("subscribe_msg_change_event", ("SubscribeMsgChangeEvent", _choices(choices, ())))


def subscription_sent(template_id: str, message_id: str, code: int = 0, status: str = "success") -> Inbound:
    """The fate of a subscription message."""
    row: Fields = (("TemplateId", template_id), ("MsgID", message_id), ("ErrorCode", code), ("ErrorStatus", status))
    return event("subscribe_msg_sent_event", ("SubscribeMsgSentEvent", (("List", row),)))


def service_session(act: str, account: str, to_account: str = "") -> Inbound:
    """A human service session. act: create, close or switch."""
    if act == "switch":
        return event("kf_switch_session", ("FromKfAccount", account), ("ToKfAccount", to_account))
    return event(f"kf_{act}_session", ("KfAccount", account))


def authorization(name: str, openid: str, app_id: str, revoked: str = "") -> Inbound:
    """A privacy event. name: user_info_modified, user_authorization_revoke or user_authorization_cancellation."""
    return event(name, ("OpenID", openid), ("AppID", app_id), ("RevokeInfo", revoked))


def _choices(choices: tuple[tuple[str, str], ...], extra: Fields) -> Fields:
    return tuple(
        ("List", (("TemplateId", template), ("SubscribeStatusString", status), *extra)) for template, status in choices
    )
