"""What the phone page asks a phone to do, as JSON."""

from __future__ import annotations

from collections.abc import Coroutine

from bot.sim.bubble import Span
from bot.sim.menu import Button
from bot.sim.outgoing import Body, words
from bot.sim.phone import Phone

PLACES = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 180.0)}


class ActError(Exception):
    """A request of the page that makes no sense; the message says why."""


def act(phone: Phone, body: Body) -> Coroutine[object, object, object]:
    """The coroutine of one act. Raises ActError before anything is done.

    body: {"act": say | tap | voice | location | link | follow | unfollow | scan | press, …its fields}
    """
    text = words(body, "text")
    match body.get("act"):
        case "say" if text:
            return phone.says(text)
        case "tap" if words(body, "say"):
            return phone.taps(Span(text, say=words(body, "say"), menu_id=words(body, "menu_id")))
        case "voice":
            return phone.speaks(text)
        case "location":
            return phone.sends_location(_degrees(body, "latitude"), _degrees(body, "longitude"), text)
        case "link":
            return phone.sends_link(text, words(body, "url"))
        case "follow":
            return phone.follows()
        case "unfollow":
            return phone.unfollows()
        case "scan":
            return phone.scans(text)
        case "press":
            return phone.presses(button_at(phone.platform.account.menu, words(body, "place")), text)
        case _:
            raise ActError("unknown or empty act")


def button_at(menu: tuple[Button, ...], place: str) -> Button:
    """The button at «1» or «1.3», counted from 0. Raises ActError."""
    row, button = menu, None
    for part in place.split("."):
        if not part.isdecimal() or int(part) >= len(row):
            raise ActError("no such button")
        button = row[int(part)]
        row = button.subs
    if button is None or button.subs:
        raise ActError("no such button")
    return button


def _degrees(body: Body, name: str) -> float:
    value = body.get(name)
    low, high = PLACES[name]
    if not isinstance(value, int | float) or not low <= value <= high:
        raise ActError(name)
    return float(value)
