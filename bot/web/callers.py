"""Who calls: the address of the other side, or of the citizen's own when the other side is a proxy that we trust."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from aiohttp import web


class Callers:
    """Reads X-Forwarded-For from trusted proxies, and from nobody else: anyone may write that header."""

    def __init__(self, trusted: Sequence[str]) -> None:
        self._trusted = tuple(map(ip_network, trusted))

    def address(self, request: web.Request) -> str:
        """The last address in the chain that is not one of our proxies."""
        address = request.remote or ""
        if not self._is_trusted(address):
            return address
        named = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        for hop in reversed([one.strip() for one in named if one.strip()]):
            if not _is_address(hop):
                break
            address = hop
            if not self._is_trusted(hop):
                break
        return address

    def _is_trusted(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
