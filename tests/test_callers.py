"""Whose address counts: a header is believed only from a proxy that we trust."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import make_mocked_request

from bot.core.errors import BadSettings
from bot.settings import load
from bot.web.callers import Callers
from bot.web.guests import Rates
from bot.web.keys import CHAT
from kb.release import Release
from tests.house import demo_settings, open_house

PROXY, CITIZEN, OTHER = "10.1.2.3", "203.0.113.7", "198.51.100.9"


class From:
    """The other side of a connection, as aiohttp asks for it."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self._address, 1) if name == "peername" else default


@pytest.mark.parametrize(
    ("peer", "header", "address"),
    [
        (CITIZEN, OTHER, CITIZEN),
        (PROXY, CITIZEN, CITIZEN),
        (PROXY, f"{OTHER}, {CITIZEN}", CITIZEN),
        (PROXY, f"{OTHER}, {CITIZEN}, 10.9.9.9", CITIZEN),
        (PROXY, f"{CITIZEN}, nonsense", PROXY),
        (PROXY, "", PROXY),
        (PROXY, "2001:db8::1", "2001:db8::1"),
    ],
    ids=["no proxy", "a proxy", "forged by the citizen", "two proxies", "not an address", "no header", "IPv6"],
)
def test_the_last_address_that_is_no_proxy_of_ours_counts(peer: str, header: str, address: str) -> None:
    headers = {"X-Forwarded-For": header} if header else {}
    request = make_mocked_request("GET", "/", headers=headers, transport=From(peer))
    assert Callers(("10.0.0.0/8",)).address(request) == address
    assert Callers(()).address(request) == peer


def test_what_is_no_network_is_refused_at_the_start(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(BadSettings, match="TRUSTED_PROXIES"):
        load(demo=True, data_dir=tmp_path_factory.mktemp("data"), trusted_proxies="everywhere")


@pytest.mark.parametrize(("trusted", "second"), [("", 429), ("127.0.0.1", 200)])
def test_rates_are_counted_by_address(
    trusted: str,
    second: int,
    data_dir: Path,
    redis_url: str,
    release: Release,
) -> None:
    settings = demo_settings(data_dir, redis_url, trusted_proxies=trusted)

    async def run() -> None:
        async with open_house(settings, release) as house, ClientSession() as http:
            house.app[CHAT].sessions_by_address = Rates(burst=1, per_s=0)
            url = f"{settings.local_url}/api/chat/session"
            for address, status in ((CITIZEN, 200), (OTHER, second), (OTHER, 429)):
                async with http.post(url, headers={"X-Forwarded-For": address}) as answer:
                    assert answer.status == status

    asyncio.run(run())
