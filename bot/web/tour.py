"""/tour in a demonstration: the phone beside the desk and the admin pages, in six steps. Not there without --demo."""

from __future__ import annotations

from aiohttp import web

from bot.web.page import STATIC, TOUR, file_route, page_route

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def routes() -> list[web.RouteDef]:
    """Files are read here, once, before the loop runs."""
    page = page_route("/tour", (STATIC / "tour.html").read_bytes(), POLICY, TOUR)
    return [page, file_route("/tour/tour.css", "tour.css"), file_route("/tour/tour.js", "tour.js")]
