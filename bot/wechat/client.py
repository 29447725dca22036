"""client: the outgoing side of the account, asynchronous. Results are values; see bot.core.ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from bot.core.clock import Clock, SystemClock
from bot.core.platform import Later, Refused, SendResult, Unsure
from bot.core.reply import Reply
from bot.core.reply import Text as TextReply
from bot.wechat.api import Api, Call, File
from bot.wechat.outcomes import Trouble, Verdict, judged, trouble
from bot.wechat.render import custom_message, menu_message
from bot.wechat.token import NO_CODE, Issued, TokenBox, Tokens

CUSTOM_SEND = "/cgi-bin/message/custom/send"


@dataclass(frozen=True, slots=True)
class MediaLink:
    """A video, which the platform gives as an address to fetch without the token."""

    url: str = field(repr=False)


class WeChatClient:
    """Platform, and the calls beside it. Never raises for what the platform or the network does."""

    def __init__(self, api: Api, tokens: Tokens) -> None:
        self._api = api
        self._tokens = tokens

    async def send(self, address: str, reply: Reply) -> SendResult:
        """Customer-service message. Refused(0) for what cannot be said that way."""
        message = custom_message(address, reply)
        return await self._post(CUSTOM_SEND, message) if message else Refused(NO_CODE)

    async def send_menu(self, address: str, text: TextReply) -> SendResult:
        """The same as a 菜单消息. Raises ValueError as menu_message does."""
        return await self._post(CUSTOM_SEND, menu_message(address, text))

    async def typing(self, address: str) -> SendResult:
        """Show «对方正在输入»."""
        return await self._post("/cgi-bin/message/custom/typing", {"touser": address, "command": "Typing"})

    async def send_template(
        self, address: str, template_id: str, data: Mapping[str, str], *, url: str = "", client_msg_id: str = ""
    ) -> SendResult:
        """模板消息. With the same client_msg_id it may go again within ten minutes without a double (§5).

        Sent carries the msgid that a later TEMPLATESENDJOBFINISH names.
        """
        body: dict[str, object] = {
            "touser": address,
            "template_id": template_id,
            "data": {key: {"value": value} for key, value in data.items()},
        }
        body |= {key: value for key, value in (("url", url), ("client_msg_id", client_msg_id)) if value}
        return await self._post("/cgi-bin/message/template/send", body)

    async def create_menu(self, menu: Mapping[str, object]) -> SendResult:
        """Put the account's menu in force; clients show it within five minutes."""
        return await self._post("/cgi-bin/menu/create", menu)

    async def menu(self) -> Mapping[str, object] | Trouble:
        """The account's menu as menu/get tells it."""
        return await self._read(Call("/cgi-bin/menu/get"))

    async def delete_menu(self) -> SendResult:
        """Take the account's menu away."""
        return await self._result(Call("/cgi-bin/menu/delete"))

    async def download(self, media_id: str) -> File | MediaLink | Trouble:
        """A citizen's file, kept by the platform for three days. An error comes as JSON with status 200 (§8)."""
        answer = await self._api.ask(Call("/cgi-bin/media/get", query={"media_id": media_id}), self._tokens)
        if not isinstance(answer, Verdict):
            return answer
        return MediaLink(_word(answer.data, "video_url")) if answer.code == 0 else trouble(answer.code)

    async def upload(self, kind: str, file: File) -> str | Trouble:
        """Keep a file at the platform for three days; returns its media_id. kind: image, voice, video or thumb."""
        data = await self._read(Call("/cgi-bin/media/upload", query={"type": kind}, file=file))
        if not isinstance(data, Mapping):
            return data
        return _word(data, "media_id") or _word(data, "thumb_media_id") or Refused(NO_CODE)

    async def _post(self, path: str, body: Mapping[str, object]) -> SendResult:
        return await self._result(Call(path, body))

    async def _result(self, call: Call) -> SendResult:
        answer = await self._json(call)
        return judged(answer) if isinstance(answer, Verdict) else answer

    async def _read(self, call: Call) -> Mapping[str, object] | Trouble:
        answer = await self._json(call)
        if not isinstance(answer, Verdict):
            return answer
        return answer.data if answer.code == 0 else trouble(answer.code)

    async def _json(self, call: Call) -> Verdict | Trouble:
        """An answer that is no JSON is not the platform's: nobody knows what became of the call."""
        answer = await self._api.ask(call, self._tokens)
        return Unsure() if isinstance(answer, File) else answer


@asynccontextmanager
async def open_client(
    base: str, app_id: str, secret: str, box: TokenBox, clock: Clock | None = None
) -> AsyncIterator[WeChatClient]:
    """The client with a session of its own, closed at the end. base: https://api.weixin.qq.com or an emulator."""
    # Idle connections are dropped before the platform does it: a call must not meet a connection that just closed.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=10)) as session:
        api = Api(session, base)

        async def issue() -> Issued | Later:
            return await api.issue(app_id, secret)

        yield WeChatClient(api, Tokens(box, issue, clock or SystemClock()))


def _word(data: Mapping[str, object], key: str) -> str:
    value = data.get(key, "")
    return value if isinstance(value, str) else ""
