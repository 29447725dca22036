"""Rotation of SECRET_KEY: after rekey, everything opens with the new key alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import LargeBinary

from bot.core.effect import Forget
from bot.core.push import Channel
from bot.core.reply import Text
from bot.store import migrate, rekey  # migrate knows every table
from bot.store.open import open_records
from bot.store.seal import Seal
from bot.store.tables import citizens, metadata, outbox
from tests.store.conftest import SqlBench
from tests.store.samples import NOW, OPENID, PUSH, SECRET, WORDS

NEW = "the secret key of tomorrow, as long"
NOT_SEALED = {"releases.files", "release_compiled.packed"}
"""Binary columns that hold nothing personal: name them here."""


async def fill(sql: SqlBench, count: int) -> list[str]:
    made = [await sql.records.citizen(Channel.WECHAT, f"{OPENID}{number}", NOW) for number in range(count)]
    for number, citizen in enumerate(made):
        await sql.records.put(f"late{number}", citizen, Channel.WECHAT, (), NOW, push=PUSH)
        await sql.records.put(f"words{number}", citizen, Channel.WECHAT, [Text(WORDS)], NOW)
    return list(made)


def told(done: Sequence[rekey.Rekeyed]) -> dict[str, tuple[int, int]]:
    """What was sealed and what was lost, of the columns with either."""
    return {one.column: (one.sealed, one.lost) for one in done if one.sealed or one.lost}


def test_every_sealed_column_is_registered() -> None:
    assert migrate.metadata is metadata
    boxes = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns
             if isinstance(column.type, LargeBinary)}  # fmt: skip
    assert {f"{column.table.name}.{column.name}" for column in rekey.SEALED} == boxes - NOT_SEALED
    assert all("id" in column.table.c for column in rekey.SEALED)


async def test_old_rows_open_with_the_new_key_alone(
    sql: SqlBench, sql_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekey, "BATCH", 3)
    made = await fill(sql, 5)
    done = await rekey.rekey(sql_address, NEW, (SECRET,))
    assert told(done) == {"citizens.address_box": (5, 0), "outbox.payload": (10, 0)}
    async with open_records(sql_address, NEW) as records:
        assert [await records.address(citizen) for citizen in made] == [f"{OPENID}{number}" for number in range(5)]
        found = [await records.citizen(Channel.WECHAT, f"{OPENID}{number}", NOW) for number in range(5)]
        assert found == made, "and nobody is met a second time"
        rows = await records.stale(NOW, 0, 100)
        assert [row.push for row in rows] == [PUSH] * 5
        assert {row.replies[0].text for row in await records.take(NOW, 30, 100)} == {WORDS}  # type: ignore[union-attr]


async def test_it_may_be_broken_off_and_started_again(sql: SqlBench, sql_address: str) -> None:
    await fill(sql, 4)
    new = Seal(NEW, (SECRET,))
    (first, *_) = await sql.rows(outbox)
    renewed = new.renewed(first["payload"])
    await sql.database.run(
        lambda connection: connection.execute(outbox.update().where(outbox.c.id == first["id"]).values(payload=renewed))
    )
    done = await rekey.rekey(sql_address, NEW, (SECRET,))
    assert told(done) == {"citizens.address_box": (4, 0), "outbox.payload": (7, 0)}
    before = await sql.rows(citizens), await sql.rows(outbox)
    assert not told(await rekey.rekey(sql_address, NEW, (SECRET,)))
    assert (await sql.rows(citizens), await sql.rows(outbox)) == before


async def test_what_no_key_opens_is_counted_and_left(sql: SqlBench, sql_address: str) -> None:
    await fill(sql, 1)
    before = await sql.rows(citizens), await sql.rows(outbox)
    done = await rekey.rekey(sql_address, NEW, ("some secret that was never used here",))
    assert told(done) == {"citizens.address_box": (0, 1), "outbox.payload": (0, 2)}
    assert (await sql.rows(citizens), await sql.rows(outbox)) == before


async def test_who_was_forgotten_stays_forgotten(sql: SqlBench, sql_address: str) -> None:
    (citizen,) = await fill(sql, 1)
    await sql.records.perform("m:9", citizen, [Forget()], NOW)  # type: ignore[arg-type]
    assert not told(await rekey.rekey(sql_address, NEW, (SECRET,)))


async def test_a_citizen_who_was_met_again_keeps_the_newer_name(sql: SqlBench, sql_address: str) -> None:
    await fill(sql, 1)
    async with open_records(sql_address, NEW) as records:
        again = await records.citizen(Channel.WECHAT, f"{OPENID}0", NOW)
        await rekey.rekey(sql_address, NEW, (SECRET,))
        assert await records.citizen(Channel.WECHAT, f"{OPENID}0", NOW) == again


def test_a_box_is_renewed_once() -> None:
    old, new = Seal(SECRET), Seal(NEW, (SECRET,))
    box = new.renewed(old.close(b"x"))
    assert box is not None and Seal(NEW).open(box) == b"x"
    assert new.renewed(box) is box
    assert Seal(NEW).renewed(old.close(b"x")) is None
