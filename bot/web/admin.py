"""/admin: find an entry, see how it stands, the releases and what each would change. Reading only."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from bot.core.releases import Draft, ReleaseState
from bot.core.staff import Role
from bot.editing import fields_of, figures, find_entries, from_text
from bot.web.admin_diff import ShownChange, shown_changes, shown_fields, with_facts
from bot.web.gate import allowed, staff_of
from bot.web.keys import ACCOUNTS, CLOCK, LIBRARY, PUBLISHER
from bot.web.page_shell import render
from bot.wechat.limits import TEXT_BYTES
from kb.answer import basis_text, entry_text
from kb.check_one import check_entry
from kb.compare import compare, field_changes
from kb.files import load_files
from kb.gate import Finding
from kb.load import ContentError
from kb.model import EntryId

READERS = (Role.ADMIN, Role.AUDITOR)
STATES = {
    ReleaseState.REFUSED: "未通过把关",
    ReleaseState.PROPOSED: "待审批",
    ReleaseState.CURRENT: "现行",
    ReleaseState.PAST: "曾经现行",
    ReleaseState.ROLLED_BACK: "已回退",
    ReleaseState.REJECTED: "已驳回",
}
ACTS = {"publish": "发布", "rollback": "回退"}
NOBODY = {"files": "程序自带", "demo": "演示自动审批", "": "—"}
MOST_CHANGES = 200
"""Changed items shown of one release."""


def routes() -> list[web.RouteDef]:
    return [
        web.get("/admin", home),
        web.get(r"/admin/entry/{id:[A-F]\d\d-\d\d\d}", entry),
        web.get("/admin/releases", releases),
        web.get("/admin/releases/{id:[0-9a-f]{64}}", release),
    ]


@allowed(*READERS)
async def home(request: web.Request) -> web.Response:
    library, publisher = request.app[LIBRARY], request.app[PUBLISHER]
    words = request.query.get("q", "")[:100]
    today = request.app[CLOCK].now().date()
    if words.strip():
        found = await asyncio.to_thread(find_entries, library.current, words, today)
        return render(request, "admin_found.html", {"q": words, "found": found, "today": today})
    drafts, me = await publisher.releases.drafts(), staff_of(request).id
    waiting = [row for row in await publisher.releases.rows() if row.state is ReleaseState.PROPOSED]
    values = {
        "q": "",
        "mine": [draft for draft in drafts if draft.author == me],
        "others": [draft for draft in drafts if draft.author != me],
        "waiting": waiting,
        "me_id": me,
        "names": await names(request, {draft.author for draft in drafts} | {row.proposer for row in waiting}),
        "categories": library.current.taxonomy.categories,
        "release": library.current,
    }
    return render(request, "admin_home.html", values)


@allowed(*READERS)
async def entry(request: web.Request) -> web.Response:
    return await show_entry(request, request.match_info["id"], notice=request.query.get("ok", ""))


async def show_entry(
    request: web.Request,
    key: str,
    *,
    notice: str = "",
    trouble: str = "",
    typed: dict[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
) -> web.Response:
    """The page of an entry, with its draft when there is one. typed: what the form held, when it was refused."""
    current, now = request.app[LIBRARY].current, request.app[CLOCK].now()
    kept = current.entries.get(EntryId(key))
    if kept is None:
        raise web.HTTPNotFound(text="没有这个条目。")
    draft = await request.app[PUBLISHER].releases.draft(key)
    drafted, today = (from_text(draft.text) if draft else None) or kept, now.date()
    warned = await asyncio.to_thread(check_entry, current, drafted, today) if drafted != kept and not typed else []
    says = entry_text(current, drafted, today)
    values = {
        "entry": kept,
        "fields": typed or fields_of(drafted),
        "warned": warned,
        "draft": draft,
        "seen": seen(draft),
        "stale": draft is not None and draft.base != current.edition(key),
        "changes": await asyncio.to_thread(lambda: list(shown_fields(field_changes(kept, drafted), current, today))),
        "figures": list(figures(current, drafted.answer, today)),
        "says": says,
        "bytes": len(says.encode()),
        "page_bytes": TEXT_BYTES,
        "home": current.subcategory(kept.subcategory),
        "basis": basis_text(current, key),
        "names": await names(request, {draft.author} if draft else set()),
        "may_edit": staff_of(request).may((Role.ADMIN,)),
        "notice": NOTICES.get(notice, ""),
        "trouble": trouble,
        "findings": findings,
    }
    return render(request, "admin_entry.html", values, status=422 if trouble else 200)


NOTICES = {"saved": "草稿已保存。", "dropped": "草稿已删除。", "same": "没有改动，未保存草稿。"}


def seen(draft: Draft | None) -> str:
    """What tells whether somebody else has saved in the meantime."""
    return f"{draft.author} {draft.at.isoformat()}" if draft else ""


@allowed(*READERS)
async def releases(request: web.Request) -> web.Response:
    store = request.app[PUBLISHER].releases
    rows, acts = await store.rows(), await store.acts()
    people = {name for row in rows for name in (row.proposer, row.approver)} | {act.staff for act in acts}
    values: dict[str, Any] = {"rows": rows, "acts": acts, "states": STATES, "acted": ACTS}
    values |= {"names": await names(request, people), "may_act": staff_of(request).may((Role.ADMIN,))}
    return render(request, "admin_releases.html", values)


@allowed(*READERS)
async def release(request: web.Request) -> web.Response:
    return await show_release(request, request.match_info["id"])


async def show_release(request: web.Request, key: str, *, trouble: str = "") -> web.Response:
    """The page of a release: the gate's report, what it changes, and what may be done with it."""
    publisher = request.app[PUBLISHER]
    row = await publisher.releases.row(key)
    if row is None:
        raise web.HTTPNotFound(text="没有这个版本。")
    pointer = await publisher.releases.current()
    against = row.base or (pointer.release if pointer else "")
    changes = await _changes(request, against, row.id)
    values = {
        "row": row,
        "states": STATES,
        "changes": changes[:MOST_CHANGES],
        "more": max(0, len(changes) - MOST_CHANGES),
        "is_mine": row.proposer == staff_of(request).id,
        "stale": row.state is ReleaseState.PROPOSED and pointer is not None and row.base != pointer.release,
        "may_act": staff_of(request).may((Role.ADMIN,)),
        "names": await names(request, {row.proposer, row.approver}),
        "trouble": trouble,
    }
    return render(request, "admin_release.html", values, status=409 if trouble else 200)


async def _changes(request: web.Request, old: str, new: str) -> list[ShownChange]:
    publisher, current = request.app[PUBLISHER], request.app[LIBRARY].current
    today = request.app[CLOCK].now().date()
    if old == new:
        return []
    before, after = await publisher.files(old), await publisher.files(new)

    def work() -> list[ShownChange]:
        # Only files that differ can hold what differs; the rest need not be read.
        differ = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        always = {"taxonomy.yaml"}
        try:
            was = load_files({name: text for name, text in before.items() if name in differ | always})
            will = load_files({name: text for name, text in after.items() if name in differ | always})
        except ContentError:
            return []
        return list(shown_changes(compare(was, will), with_facts(current, will), today))

    return await asyncio.to_thread(work)


async def names(request: web.Request, ids: set[Any]) -> dict[str, str]:
    """Who stands behind these ids, as people know them."""
    found = dict(NOBODY)
    for one in ids - found.keys():
        account = await request.app[ACCOUNTS].by_id(one)
        found[one] = account.staff.name if account else str(one)
    return found
