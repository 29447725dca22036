"""Publishing: files are proposed, judged by the gate, put in force by a second person; every worker follows.

Who may do so is decided at the door (page or shell) and by the store; nobody puts his own proposal in force.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.core.bell import Bell
from bot.core.clock import Clock
from bot.core.errors import RecordsDown, StoreDown
from bot.core.releases import BELL_TOPIC, FILES, LOOK_EVERY_S, Refusal, ReleaseRow, Releases, ReleaseState
from bot.core.staff import StaffId
from bot.library import Library
from bot.shelf import GateFailed, Judged, Shelf
from kb.compiled import save_compiled
from kb.files import Files, files_id, load_files, pack, read_files, unpack
from kb.model import ReleaseId
from kb.release import Release, build

log = structlog.get_logger()

DEMONSTRATION = StaffId("demo")
"""Approves the content files of a demonstration; no account."""
PROPOSED = "proposed"
"""The note of a proposal: workers fetch it, so that it only waits to be loaded."""
FIRST_NOTE = "随程序安装的内容"
FILES_NOTE = "随程序更新的内容"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of a proposal. row: None when the same content was there before. judged: what the gate said."""

    row: ReleaseRow | None
    judged: Judged


class Publisher:
    """The acts on releases."""

    def __init__(self, releases: Releases, folder: Path, bell: Bell, clock: Clock) -> None:
        self.releases = releases
        self.shelf = Shelf(releases, folder)
        self._bell = bell
        self._clock = clock

    async def files(self, release: str = "") -> Files:
        """The content files of a release; without a name, of the one in force. Raises RecordsDown."""
        pointer = None if release else await self.releases.current()
        packed = await self.releases.files(release or (pointer.release if pointer else ""))
        if packed is None:
            raise RecordsDown("no such release")
        return await asyncio.to_thread(unpack, packed)

    async def judge(self, files: Files) -> Judged:
        """What the gate says of files against what is in force. Raises RecordsDown, GateFailed."""
        pointer, now = await self.releases.current(), self._clock.now()
        if pointer is None:
            raise RecordsDown("nothing is in force")
        return await self.shelf.judge(pointer.release, files, now.date(), now)

    async def propose(self, files: Files, staff: StaffId, note: str, source: str = "") -> Proposed:
        """Judge files, compile them, and keep both with the gate's report; nothing is in force by that."""
        pointer, now = await self.releases.current(), self._clock.now()
        if pointer is None:
            raise RecordsDown("nothing is in force")
        judged = await self.shelf.judge(pointer.release, files, now.date(), now)
        # Content that cannot be read has no hash of its own; the hash of its files names the refusal.
        row = ReleaseRow(
            id=judged.id or ReleaseId(files_id(files)),
            state=ReleaseState.PROPOSED if judged.passed else ReleaseState.REFUSED,
            base=pointer.release,
            proposer=staff,
            at=now,
            note=note,
            entries=judged.entries,
            procedures=judged.procedures,
            report=tuple(one.in_words for one in judged.findings),
        )
        added = await self.releases.add(row, await asyncio.to_thread(pack, files), source)
        if added and judged.passed:
            await self.shelf.keep(row.id, judged.compiled, now)
        log.info("release_proposed", release=row.id[:12], state=row.state.value, added=added)
        await self._bell.ring(BELL_TOPIC, PROPOSED)
        return Proposed(row if added else None, judged)

    async def publish(self, release: str, staff: StaffId) -> Refusal | None:
        """Put a proposal in force and tell every worker. None: done."""
        return await self._told(await self.releases.publish(release, staff, self._clock.now()), release)

    async def roll_back(self, release: str, staff: StaffId) -> Refusal | None:
        """Put an older release in force again and tell every worker. None: done."""
        if await self.releases.row(release):
            # Compiled before it is in force, so that workers only load it.
            await self.shelf.load(ReleaseId(release), self._clock.now())
        return await self._told(await self.releases.roll_back(release, staff, self._clock.now()), release)

    async def _told(self, refusal: Refusal | None, release: str) -> Refusal | None:
        if refusal is None:
            log.info("release_in_force", release=release[:12])
            await self._bell.ring(BELL_TOPIC, release[:12])
        return refusal

    # ── files that came with the code ─────────────────────────────────────────────────────────────────────

    async def ground(self, root: Path, *, at_once: bool) -> bool:
        """Make the files the first release where there is none. Returns whether they are still to be proposed.

        at_once: of a demonstration, which puts them in force without asking. Raises ContentError.
        """
        files = await asyncio.to_thread(read_files, root)
        source = files_id(files)
        pointer = await self.releases.current()
        if pointer is None:
            await self._begin(files, source)
        else:  # compiled once for all workers, when the code has changed
            await self.shelf.load(pointer.release, self._clock.now())
        new = not await self.releases.is_known(source)
        if new and at_once and (row := (await self.propose(files, FILES, FILES_NOTE, source)).row):
            await self.publish(row.id, DEMONSTRATION)
            return False
        return new

    async def propose_files(self, root: Path) -> None:
        """Propose content files that were never imported; what hinders is logged, for the service goes on without."""
        files = await asyncio.to_thread(read_files, root)
        try:
            await self.propose(files, FILES, FILES_NOTE, files_id(files))
        except (StoreDown, GateFailed) as reason:
            log.warning("content_not_proposed", reason=str(reason))

    async def _begin(self, files: Files, source: str) -> None:
        now = self._clock.now()
        content = await asyncio.to_thread(load_files, files)
        release = await asyncio.to_thread(build, content)
        counts = len(release.entries), len(release.procedures)
        row = ReleaseRow(release.id, ReleaseState.PROPOSED, "", FILES, now, FIRST_NOTE, *counts)
        await self.releases.add(row, await asyncio.to_thread(pack, files), source)
        path = self.shelf.folder / "tried" / "first.npz"
        await asyncio.to_thread(save_compiled, path, content, release.index)
        await self.shelf.keep(release.id, path, now)
        await self.releases.begin(release.id, now)

    # ── following ─────────────────────────────────────────────────────────────────────────────────────────

    async def in_force(self) -> Release | None:
        """The release in force, loaded; None when there is none, or SQL is away and nothing is remembered."""
        try:
            pointer = await self.releases.current()
            return await self.shelf.load(pointer.release, self._clock.now()) if pointer else None
        except RecordsDown:
            return await self.shelf.remembered()

    async def follow(self, library: Library) -> None:
        """Swap the library's release whenever another is in force, until cancelled."""
        with self._bell.listen(BELL_TOPIC) as notes:
            while True:
                try:
                    await self.look(library)
                except StoreDown as reason:
                    log.warning("release_waits", reason=str(reason))
                try:
                    async with asyncio.timeout(LOOK_EVERY_S):
                        note = await notes.get()
                except TimeoutError:
                    continue
                if note == PROPOSED:
                    await self._fetch_proposals()

    async def _fetch_proposals(self) -> None:
        """Have the newest proposal on this machine's shelf before it is approved."""
        try:
            waiting = [row.id for row in await self.releases.rows(5) if row.state is ReleaseState.PROPOSED]
            if waiting:
                await self.shelf.fetch(waiting[0])
        except StoreDown as reason:
            log.warning("proposal_not_fetched", reason=str(reason))

    async def look(self, library: Library) -> None:
        """Put in this library what is in force."""
        pointer = await self.releases.current()
        if pointer is None or pointer.release == library.current.id:
            return
        release = await self.shelf.load(pointer.release, self._clock.now())
        library.swap(release)
        await self.shelf.remember(release.id)
        log.info("release_swapped", release=release.id[:12], sequence=pointer.sequence)
