"""chat: the bot in a terminal, with the same inbox and the same answers, and nothing else to start.

Stores are the memory twins, so nothing is kept; `--explain` prints why each answer was given.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from bot.conversation import Conversation
from bot.core.clock import SystemClock
from bot.core.ports import Said
from bot.core.push import Channel, Follow, Push, PushKey, Text
from bot.core.reminders import QUERY
from bot.core.reply import Text as TextReply
from bot.inbox import Inbox
from bot.library import Library
from bot.metrics import Metrics
from bot.store.memory import MemoryMind, MemoryRecords
from kb.release import Release

GOODBYE = ("exit", "quit", "退出聊天")


async def converse(release: Release, *, explain: bool, read: Callable[[], str] = input) -> None:
    """Talk until end of input or 退出聊天."""
    clock = SystemClock()
    records = MemoryRecords()
    talk = Conversation(Library(release), records, clock, {QUERY: records.reminders.of})
    inbox = Inbox(MemoryMind(), records, talk, clock, Metrics(), "terminal")
    for number in itertools.count():
        body = Text(await _line(read)) if number else Follow()
        if isinstance(body, Text) and body.text.strip() in GOODBYE:
            return
        push = Push(PushKey(f"t:{number}"), Channel.CHAT, "terminal", "", clock.now(), body)
        said = await inbox.answer(push, deadline_s=30, late=False)
        sys.stdout.write(shown(said, explain=explain) + "\n")


async def _line(read: Callable[[], str]) -> str:
    sys.stdout.write("\n您：")
    sys.stdout.flush()
    heard: Future[str] = Future()
    # Not of the loop's own threads: they are waited for at the end, and Ctrl-C would not end one that reads.
    Thread(target=_listen, args=(read, heard), daemon=True).start()
    return await asyncio.wrap_future(heard)


def _listen(read: Callable[[], str], heard: Future[str]) -> None:
    try:
        line = read()
    except UnicodeDecodeError:
        line = ""
    except (EOFError, OSError):
        line = GOODBYE[0]
    if heard.set_running_or_notify_cancel():
        heard.set_result(line)


def shown(said: Said | None, *, explain: bool) -> str:
    """A reply as terminal lines: the words, the numbered choices, and the reasons when asked for."""
    if said is None:
        return "（没有回复）"
    lines: list[str] = []
    for reply in said.replies:
        if isinstance(reply, TextReply):
            lines += ["", f"欣欣：{reply.text}", *(f"  {n}. {c.label}" for n, c in enumerate(reply.choices, 1))]
            lines += [reply.tail] if reply.tail else []
    if explain:
        seen = "，".join(f"{key} {score:.2f}" for key, score in said.candidates)
        lines.append(f"  [{said.decision} {said.answer} | {seen}]")
    return "\n".join(lines)
