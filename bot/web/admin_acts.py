"""What an admin does on /admin: save a draft, try it, submit it; approve, reject, roll back. Every act is noted."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web

from bot.core.releases import Draft, DraftState, Refusal
from bot.core.staff import Role
from bot.editing import BadForm, entry_from, fields_of, from_text, to_text
from bot.preview import preview
from bot.web.admin import READERS, seen, show_entry, show_release
from bot.web.gate import allowed, form, staff_of
from bot.web.keys import AUDIT, CLOCK, LIBRARY, PUBLISHER
from kb.files import with_entry
from kb.model import Entry, EntryId

LONGEST_NOTE = 200
LONGEST_TRY = 400
OTHER_SAVED = "别人刚刚保存了这个条目的草稿。您填写的内容还在下面，请先复制，再刷新页面核对。"
STALE = "现行内容在您编辑之后变了，请核对后重新保存草稿，再提交。"
ENTRY = r"/admin/entry/{id:[A-F]\d\d-\d\d\d}"
RELEASE = "/admin/releases/{id:[0-9a-f]{64}}"


def routes() -> list[web.RouteDef]:
    return [
        web.post(ENTRY, save),
        web.post(f"{ENTRY}/drop", drop),
        web.post(f"{ENTRY}/submit", submit),
        web.post("/api/admin/try", attempt),
        web.post(f"{RELEASE}/{{act:approve|reject|rollback}}", settle),
    ]


@allowed(Role.ADMIN)
async def save(request: web.Request) -> web.Response:
    """Keep what the form holds as the draft of the entry."""
    key, typed = request.match_info["id"], await form(request)
    current, store = request.app[LIBRARY].current, request.app[PUBLISHER].releases
    kept = current.entries.get(EntryId(key))
    if kept is None:
        raise web.HTTPNotFound(text="没有这个条目。")
    shown = {name: typed.get(name, "") for name in fields_of(kept)}
    if typed.get("seen", "") != seen(await store.draft(key)):
        return await show_entry(request, key, trouble=OTHER_SAVED, typed=shown)
    try:
        changed = entry_from(kept, typed)
    except BadForm as bad:
        return await show_entry(request, key, trouble=bad.why, typed=shown)
    if changed == kept:
        raise web.HTTPSeeOther(f"/admin/entry/{key}?ok=same")
    now, author = request.app[CLOCK].now(), staff_of(request).id
    await store.save_draft(Draft(EntryId(key), to_text(changed), current.edition(key), author, now))
    await _note(request, "draft.save", key)
    raise web.HTTPSeeOther(f"/admin/entry/{key}?ok=saved")


@allowed(Role.ADMIN)
async def drop(request: web.Request) -> web.Response:
    key = request.match_info["id"]
    await request.app[PUBLISHER].releases.drop_draft(key)
    await _note(request, "draft.drop", key)
    raise web.HTTPSeeOther(f"/admin/entry/{key}?ok=dropped")


@allowed(Role.ADMIN)
async def submit(request: web.Request) -> web.Response:
    """The gate judges the draft; what passes waits for a second admin, what does not says why."""
    key, typed = request.match_info["id"], await form(request)
    publisher = request.app[PUBLISHER]
    draft = await publisher.releases.draft(key)
    entry = from_text(draft.text) if draft else None
    if draft is None or entry is None:
        return await show_entry(request, key, trouble="还没有草稿，请先保存。")
    if draft.base != request.app[LIBRARY].current.edition(key):
        return await show_entry(request, key, trouble=STALE)
    files = await asyncio.to_thread(with_entry, await publisher.files(), entry)
    note = typed.get("note", "").strip()[:LONGEST_NOTE] or f"修改 {key} {entry.question}"
    made = await publisher.propose(files, staff_of(request).id, note)
    if not made.judged.passed:
        await _note(request, "release.refuse", key)
        found = made.judged.findings
        return await show_entry(request, key, trouble="没有通过把关，请按下面的提示修改。", findings=found)
    if made.row is None:
        return await show_entry(request, key, trouble="这样的内容已经提交过，或者曾经发布过，请到“版本”里查看。")
    # In whose name the proposal stands is who submits; whoever wrote the words may be another.
    submitted = replace(draft, state=DraftState.SUBMITTED, release=made.row.id)
    await publisher.releases.save_draft(submitted)
    await _note(request, "release.propose", made.row.id, key)
    raise web.HTTPSeeOther(f"/admin/releases/{made.row.id}")


@allowed(*READERS)
async def attempt(request: web.Request) -> web.Response:
    """命中测试: the same words under what is in force and under the draft."""
    typed = await form(request)
    words, key = typed.get("words", "").strip()[:LONGEST_TRY], typed.get("entry", "")
    publisher, current, now = request.app[PUBLISHER], request.app[LIBRARY].current, request.app[CLOCK].now()
    if not words:
        raise web.HTTPBadRequest
    draft = await publisher.releases.draft(key)
    entry: Entry | None = from_text(draft.text) if draft else None
    said: dict[str, object] = {"current": preview(current, words, now), "draft": None, "findings": []}
    if entry is not None:
        files = await asyncio.to_thread(with_entry, await publisher.files(), entry)
        judged = await publisher.judge(files)
        tried = await publisher.shelf.tried(judged)
        said["findings"] = [one.in_words for one in judged.findings]
        said["draft"] = preview(tried, words, now) if tried else None
    return web.json_response(said)


@allowed(Role.ADMIN)
async def settle(request: web.Request) -> web.Response:
    """Approve, reject or roll back; the store refuses what must not be, whatever the page showed."""
    key, act = request.match_info["id"], request.match_info["act"]
    publisher, staff = request.app[PUBLISHER], staff_of(request).id
    refusal: Refusal | None
    if act == "approve":
        refusal = await publisher.publish(key, staff)
    elif act == "rollback":
        refusal = await publisher.roll_back(key, staff)
    else:
        refusal = await publisher.releases.reject(key, staff, request.app[CLOCK].now())
    await _note(request, f"release.{act}", key, refusal.name.lower() if refusal else "")
    if refusal:
        return await show_release(request, key, trouble=refusal.value)
    raise web.HTTPSeeOther("/admin/releases")


async def _note(request: web.Request, act: str, subject: str, detail: str = "") -> None:
    await request.app[AUDIT].note(staff_of(request).id, act, subject, request.app[CLOCK].now(), detail)
