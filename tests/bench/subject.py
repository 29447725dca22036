"""The bot under test: the real worker, on a knowledge base filled up to the given number of phrasings."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import uvloop

from bot.serve import until_told, worker
from bot.settings import load
from kb.release import open_release


async def main() -> None:
    given = json.loads(os.environ["BENCH"])
    settings = load(demo=True, data_dir=Path(given["data_dir"]), port=given["port"], redis_url=given["redis_url"])
    release = await asyncio.to_thread(open_release, Path(given["content"]), settings.data_dir / "releases")
    async with worker(settings, given["redis_url"], release=release):
        await until_told()


if __name__ == "__main__":
    uvloop.run(main())
