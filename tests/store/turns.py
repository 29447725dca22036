"""A turn as the tests of Mind make it."""

from __future__ import annotations

from bot.core.platform import Window
from bot.core.ports import Mark, Mine
from bot.core.push import CitizenKey, PushKey
from bot.core.session import Session
from tests.store.conftest import MindBench
from tests.store.samples import KEY, SAID, SESSION, WHO

LINE = b'[1,"line"]'


async def commit(
    bench: MindBench,
    key: PushKey = KEY,
    holder: str = "a",
    *,
    session: Session | None = SESSION,
    passive: bool = True,
    opens: Window | None = None,
    log: bytes = LINE,
    who: CitizenKey = WHO,
) -> Mark | None:
    return await bench.mind.commit(key, who, holder, session, SAID, passive=passive, window=opens, log=log)


async def turn(bench: MindBench, key: PushKey = KEY, **given: object) -> None:
    """A whole turn by holder «a»."""
    assert isinstance(await bench.mind.begin(key, WHO, "a"), Mine)
    assert await commit(bench, key, **given) is not None  # type: ignore[arg-type]
