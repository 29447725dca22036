"""Calls to api.weixin.qq.com: the address, the token, the limits of time, and every failure as a value.

The token travels in the address, and aiohttp's exceptions carry the address: none of them leaves this module.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
import structlog

from bot.core.platform import Later, Refused, Unsure
from bot.wechat.limits import CALL_S, CONNECT_S, MEDIA_BYTES, TOKEN_LIFE_S
from bot.wechat.outcomes import ALARMS, BAD_TOKEN, Trouble, Verdict, judged_status, trouble
from bot.wechat.token import Issued, Tokens

log = structlog.get_logger()

NOT_SENT_S = 5.0
TIMEOUT = aiohttp.ClientTimeout(total=CALL_S, connect=CONNECT_S)
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""The call never left: no address, refused, or no connection in time."""
MAYBE_SENT = (aiohttp.ClientError, TimeoutError, OSError)
"""The call left and no answer came, or only a part of one."""

RID = re.compile(r"rid: ([0-9a-z-]{1,64})")
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class File:
    """A picture, a recording …, sent or received."""

    content: bytes = field(repr=False)
    content_type: str = "application/octet-stream"
    name: str = "file"


@dataclass(frozen=True, slots=True)
class Call:
    """One request: GET, unless it carries JSON or a file."""

    path: str
    body: Mapping[str, object] | None = field(default=None, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    file: File | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None and self.file is None else "POST"


class Api:
    """The account's calls. The session is handed in and closed by its owner."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base.rstrip("/")

    async def issue(self, app_id: str, secret: str) -> Issued | Later:
        """A token by stable_token. Whatever goes wrong can be tried again later: no message is at stake."""
        body = {"grant_type": "client_credential", "appid": app_id, "secret": secret, "force_refresh": False}
        answer = await self._fetch(Call("/cgi-bin/stable_token", body), token="")
        if not isinstance(answer, Verdict):
            return answer if isinstance(answer, Later) else Later(0, NOT_SENT_S)
        token, life_s = answer.data.get("access_token"), answer.data.get("expires_in", TOKEN_LIFE_S)
        if answer.code == 0 and isinstance(token, str) and token and isinstance(life_s, int):
            return Issued(token, life_s)
        _log_refusal("/cgi-bin/stable_token", answer)
        asked = trouble(answer.code)
        return asked if isinstance(asked, Later) else Later(answer.code, NOT_SENT_S)

    async def ask(self, call: Call, tokens: Tokens) -> Verdict | File | Trouble:
        """A call with a token, and once more with another when the platform says that it is bad.

        JSON comes back as a Verdict, whatever its errcode; anything else as a File.
        """
        token = await tokens.current()
        if isinstance(token, Later):
            return token
        answer = await self._fetch(call, token)
        if isinstance(answer, Verdict) and answer.code in BAD_TOKEN:
            other = await tokens.instead_of(token)
            answer = other if isinstance(other, Later) else await self._fetch(call, other)
        if isinstance(answer, Verdict) and answer.code != 0:
            _log_refusal(call.path, answer)
        return answer

    async def _fetch(self, call: Call, token: str) -> Verdict | File | Trouble:
        """One request, whatever comes of it. token: empty for a call without one."""
        query = {**call.query, **({"access_token": token} if token else {})}
        try:
            async with self._session.request(
                call.method,
                self._base + call.path,
                params=query,
                data=_data(call),
                headers={"Content-Type": JSON_TYPE} if call.body is not None else None,
                timeout=TIMEOUT,
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    return judged_status(response.status)
                return await _read(response)
        except NOT_SENT:
            return Later(0, NOT_SENT_S)
        except MAYBE_SENT:
            return Unsure()


def _data(call: Call) -> bytes | aiohttp.FormData | None:
    if call.file is not None:
        form = aiohttp.FormData()
        form.add_field("media", call.file.content, filename=call.file.name, content_type=call.file.content_type)
        return form
    if call.body is None:
        return None
    # Real UTF-8: \uXXXX is refused in menus (40033) and shown literally in texts.
    return json.dumps(call.body, ensure_ascii=False).encode()


async def _read(response: aiohttp.ClientResponse) -> Verdict | File | Trouble:
    parts, size_bytes = [], 0
    async for part in response.content.iter_chunked(65536):
        size_bytes += len(part)
        if size_bytes > MEDIA_BYTES:
            return Refused(0)
        parts.append(part)
    content = b"".join(parts)
    return _verdict(content) if content[:1] == b"{" else File(content, response.content_type)


def _verdict(content: bytes) -> Verdict | Unsure:
    """Read JSON. What only looks like it came from something in between: nobody knows what became of the call."""
    try:
        data = json.loads(content)
    except ValueError:
        return Unsure()
    code, words = data.get("errcode", 0), data.get("errmsg", "")
    if not isinstance(code, int) or not isinstance(words, str):
        return Unsure()
    rid = RID.search(words)
    return Verdict(code, data, rid[1] if rid else "")


def _log_refusal(path: str, verdict: Verdict) -> None:
    say = log.error if verdict.code in ALARMS else log.warning
    say("wechat_refused", path=path, code=verdict.code, rid=verdict.rid)
