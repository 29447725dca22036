"""The yardstick: aiohttp and wechatpy with one Redis round trip, and nothing else. python -m tests.bench.echo"""

from __future__ import annotations

import json
import os
import sys

import redis.asyncio
import uvloop
from aiohttp import web
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto


def echo_app(token: str, aes_key: str, app_id: str, redis_url: str) -> web.Application:
    """Decrypt, parse, one round trip, reply with the same words, encrypt."""
    crypto = WeChatCrypto(token, aes_key, app_id)
    store = redis.asyncio.Redis.from_url(redis_url, driver_info=None)

    async def answer(request: web.Request) -> web.Response:
        query = request.query
        stamp, nonce = query["timestamp"], query["nonce"]
        message = parse_message(crypto.decrypt_message(await request.text(), query["msg_signature"], stamp, nonce))
        await store.set(f"echo:{message.source}", message.time)
        words = getattr(message, "content", "") or "ok"
        reply = create_reply(words, message, render=True)
        return web.Response(text=crypto.encrypt_message(reply, nonce, stamp), content_type="text/xml")

    async def ready(_: web.Request) -> web.Response:
        await store.ping()
        return web.Response(text="ok")

    app = web.Application()
    app.add_routes([web.post("/wechat", answer), web.get("/readyz", ready)])
    return app


def main() -> None:
    given = json.loads(os.environ["BENCH"])
    app = echo_app(given["token"], given["aes_key"], given["app_id"], given["redis_url"])
    web.run_app(app, host="127.0.0.1", port=given["port"], print=None, access_log=None, loop=uvloop.new_event_loop())


if __name__ == "__main__":
    sys.exit(main())
