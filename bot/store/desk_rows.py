"""What happens to the desk's rows inside a transaction: in the effects of a push, and in the acts of an officer."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from bot.core.desk import OPEN, State, Who, Words
from bot.core.effect import AskPerson, Effect, Overheard
from bot.core.ports import RowState
from bot.core.push import CitizenId
from bot.core.reply import Text
from bot.store.base_sql import storable
from bot.store.push_codec import payload_bytes
from bot.store.seal import Seal
from bot.store.tables import citizens, outbox
from bot.store.tables_desk import conversations, desk_lines

IS_OPEN = conversations.c.state.in_([state.value for state in OPEN])


def carry_out(connection: Connection, seal: Seal, citizen: CitizenId, key: str, effect: Effect, now: datetime) -> None:
    """The desk's part of a push's effects; others are left alone."""
    match effect:
        case AskPerson():
            _ask(connection, citizen, key, effect, now)
        case Overheard(said=said, replied=replied):
            found = open_of(connection, citizen)
            if found is None:
                return
            add_line(connection, seal, found, key, Words(Who.CITIZEN, said), now)
            if replied:
                add_line(connection, seal, found, f"{key}/bot", Words(Who.BOT, replied), now)
            touch(connection, found)
        case _:
            pass


def open_of(connection: Connection, citizen: CitizenId) -> str | None:
    """The citizen's open conversation."""
    his = (conversations.c.citizen == citizen) & IS_OPEN
    return connection.scalar(select(conversations.c.id).where(his))


def touch(connection: Connection, conversation: str) -> None:
    """Whoever shows it should look again."""
    later = {"touched": conversations.c.touched + 1}
    connection.execute(update(conversations).where(conversations.c.id == conversation).values(**later))


def add_line(connection: Connection, seal: Seal, conversation: str, key: str, words: Words, now: datetime) -> int:
    """Write a line; returns its number. Clashes when the key is there already."""
    text = seal.close(storable(words.text).encode())
    row = {"conversation": conversation, "key": key, "who": words.who.value, "text": text, "at": now}
    made = connection.execute(insert(desk_lines).values(**row).returning(desk_lines.c.id))
    return int(made.scalar_one())


def send_line(connection: Connection, seal: Seal, line: int, conversation: str, words: Words, now: datetime) -> None:
    """The outbox row of a line, in the same transaction: both or none."""
    query = select(conversations.c.citizen, conversations.c.channel).where(conversations.c.id == conversation)
    whose = connection.execute(query).one()
    row = {"key": outbox_key(line), "citizen": whose.citizen, "channel": whose.channel}
    begun = {"state": RowState.WAITING.value, "attempts": 0, "next_try_at": now, "reason": "", "created_at": now}
    payload = seal.close(payload_bytes((words.reply or Text(words.text),), None))
    connection.execute(insert(outbox).values(**row, **begun, payload=payload))


def outbox_key(line: int) -> str:
    """The outbox row of a line."""
    return f"desk:{line}"


def forget(connection: Connection, citizen: CitizenId, now: datetime) -> None:
    """Nothing that a citizen said stays who is forgotten, and nobody waits for him."""
    his = conversations.c.citizen == citizen
    mine = select(conversations.c.id).where(his)
    connection.execute(delete(desk_lines).where(desk_lines.c.conversation.in_(mine)))
    connection.execute(update(conversations).where(his).values(context=[], draft=None))
    ended = {"state": State.ENDED.value, "since": now, "touched": conversations.c.touched + 1}
    connection.execute(update(conversations).where(his & IS_OPEN).values(**ended))


def _ask(connection: Connection, citizen: CitizenId, key: str, ask: AskPerson, now: datetime) -> None:
    if open_of(connection, citizen) is not None:
        return
    channel = connection.scalar(select(citizens.c.channel).where(citizens.c.id == citizen))
    state = State.REQUEST if ask.off_duty else State.WAITING
    context = [[one.said, one.answer, [list(found) for found in one.found]] for one in ask.context]
    row = {
        # From the push: the same for every try of it.
        "id": hashlib.sha256(f"conversation {key}".encode()).hexdigest()[:32],
        "citizen": citizen,
        "channel": channel,
        "state": state.value,
        "officer": "",
        "name": "",
        "reason": ask.reason,
        "context": context,
        "created_at": now,
        "since": now,
        "promised_at": ask.promised_at,
        "touched": 0,
    }
    connection.execute(insert(conversations).values(**row))
