"""Read a request body up to a limit of our own: the bot's limit must not apply to the platform that shares its port."""

from __future__ import annotations

from aiohttp import BodyPartReader, web

from bot.sim.codes import ApiError

CHUNK_BYTES = 64 << 10


async def read_limited(request: web.Request, limit_bytes: int) -> bytes:
    """The whole body. Raises ApiError 45002 when it is larger."""
    data = bytearray()
    async for chunk in request.content.iter_chunked(CHUNK_BYTES):
        data += chunk
        if len(data) > limit_bytes:
            raise ApiError(45002)
    return bytes(data)


async def read_field(request: web.Request, name: str, limit_bytes: int) -> bytes:
    """One field of a multipart form, empty when it is missing. Raises ApiError 40009 when it is larger."""
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name == name:
            return await _read_part(part, limit_bytes)
    return b""


async def _read_part(part: BodyPartReader, limit_bytes: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        data += chunk
        if len(data) > limit_bytes:
            raise ApiError(40009)
    return bytes(data)
