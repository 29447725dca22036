"""The Lua scripts of Mind. Each runs alone inside the server, so each is one indivisible step.

A citizen's queue of claims, oldest first, is field q of the citizen's hash: a JSON list of {push, holder, until_ms}.
Whoever stands at its head has the citizen's turn; a claim whose lease lapsed blocks nobody but keeps its place until
another needs it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """A script and the name the server knows it by once it has seen it."""

    text: str
    sha: str


def _script(text: str) -> Script:
    whole = QUEUE + text
    return Script(whole, hashlib.sha1(whole.encode()).hexdigest())


QUEUE = """
local function read_queue(citizen)
  local raw = redis.call('HGET', citizen, 'q')
  return raw and cjson.decode(raw) or {}
end

local function write_queue(citizen, queue)
  if #queue == 0 then
    redis.call('HDEL', citizen, 'q')
  else
    redis.call('HSET', citizen, 'q', cjson.encode(queue))
  end
end

local function place_of(queue, push)
  for place, claim in ipairs(queue) do
    if claim[1] == push then return place, claim end
  end
end

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
"""

BEGIN = _script("""
-- KEYS citizen, push, unsaid. ARGV digest, holder, lease_ms, claim_ms.
-- Returns {'done', said, mark} | {'held', mark} | {'behind'} | {'mine', session, unsaid}.
local known = redis.call('HMGET', KEYS[2], 'd', 'm')
if known[1] then return {'done', known[1], known[2] or ''} end

local now = now_ms()
local queue = read_queue(KEYS[1])
local _, claim = place_of(queue, ARGV[1])
if claim and claim[2] ~= ARGV[2] and claim[3] > now then return {'held', known[2] or ''} end
if not claim then
  claim = {ARGV[1], '', 0}
  queue[#queue + 1] = claim
end
claim[2] = ARGV[2]
claim[3] = now + ARGV[3]

-- A head whose lease lapsed lost its worker: it waits for its own retry, not the others for it.
while queue[1][3] <= now do table.remove(queue, 1) end
write_queue(KEYS[1], queue)
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end

if queue[1] ~= claim then return {'behind'} end
return {'mine', redis.call('HGET', KEYS[1], 's'), redis.call('EXISTS', KEYS[3])}
""")

RENEW = _script("""
-- KEYS citizen. ARGV digest, holder, lease_ms. Returns 1, or 0 when the claim is another's.
local queue = read_queue(KEYS[1])
local _, claim = place_of(queue, ARGV[1])
if not claim or claim[2] ~= ARGV[2] then return 0 end
claim[3] = now_ms() + ARGV[3]
write_queue(KEYS[1], queue)
return 1
""")

ABANDON = _script("""
-- KEYS citizen. ARGV digest, holder.
local queue = read_queue(KEYS[1])
local place, claim = place_of(queue, ARGV[1])
if claim and claim[2] == ARGV[2] then
  table.remove(queue, place)
  write_queue(KEYS[1], queue)
end
""")

COMMIT = _script("""
-- KEYS citizen, push, unsaid, windows, log. ARGV digest, holder, session ('' forgets), said, mark to set ('' for none),
-- window ('' for none, else JSON {kind, left, until_ms}), log line
-- ('' for none), session_ms, reply_ms, windows_ms, log_lines.
-- Returns the mark in force, or nothing when the claim was lost: nothing was stored then.
local known = redis.call('HMGET', KEYS[2], 'm', 'h')
local mark = known[1] or ''
if known[2] == ARGV[2] then return mark end -- stored before; the answer was lost on its way

local queue = read_queue(KEYS[1])
local place, claim = place_of(queue, ARGV[1])
if place ~= 1 or claim[2] ~= ARGV[2] then return false end
table.remove(queue, 1)
write_queue(KEYS[1], queue)

if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], 's')
  redis.call('DEL', KEYS[3], KEYS[4])
else
  redis.call('HSET', KEYS[1], 's', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[8])
end
if ARGV[6] ~= '' then
  local raw = redis.call('GET', KEYS[4])
  local windows = raw and cjson.decode(raw) or {}
  local window = cjson.decode(ARGV[6])
  windows[window[1]] = {window[2], window[3]}
  redis.call('SET', KEYS[4], cjson.encode(windows), 'PX', ARGV[10])
end

if mark == '' then mark = ARGV[5] end
redis.call('HSET', KEYS[2], 'd', ARGV[4], 'm', mark, 'h', ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[9])
if ARGV[7] ~= '' then redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[11], '*', 'l', ARGV[7]) end
return mark
""")

MARK = _script("""
-- KEYS push. ARGV mark, reply_ms. Returns the mark in force.
local mark = redis.call('HGET', KEYS[1], 'm') or ''
if mark == '' and ARGV[1] ~= '' then
  mark = ARGV[1]
  redis.call('HSET', KEYS[1], 'm', mark)
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return mark
""")

PEEK = _script("""
-- KEYS citizen, push. ARGV digest. Returns {'done', said, mark} | {'held', mark}, or nothing when nobody knows it.
local known = redis.call('HMGET', KEYS[2], 'd', 'm')
local mark = known[2] or ''
if known[1] then return {'done', known[1], mark} end
local _, claim = place_of(read_queue(KEYS[1]), ARGV[1])
if mark ~= '' or (claim and claim[3] > now_ms()) then return {'held', mark} end
return false
""")

SPEND = _script("""
-- KEYS windows. ARGV now_ms, by the caller's clock. Takes one message out of the open window that ends first: a longer
-- one is worth more later. Returns {kind, left after this one, until_ms}, or nothing.
local raw = redis.call('GET', KEYS[1])
if not raw then return false end
local windows, now, chosen = cjson.decode(raw), tonumber(ARGV[1]), nil
for kind, window in pairs(windows) do
  if window[1] > 0 and window[2] > now and (not chosen or window[2] < windows[chosen][2]) then chosen = kind end
end
if not chosen then return false end
local window = windows[chosen]
window[1] = window[1] - 1
redis.call('SET', KEYS[1], cjson.encode(windows), 'KEEPTTL')
return {chosen, window[1], window[2]}
""")

TAKE_LOG = _script("""
-- KEYS logs. ARGV group, lease_ms, limit. Lines whose taker died come first, then new ones; no line has two takers.
-- Returns {{log, {{id, {field, line}}...}}...}.
local taken, left = {}, tonumber(ARGV[3])
for _, log in ipairs(KEYS) do
  if left <= 0 then break end
  if redis.call('XLEN', log) > 0 then
    redis.pcall('XGROUP', 'CREATE', log, ARGV[1], '0') -- an error when it is there already
    local lines = {}
    local lapsed = redis.call('XAUTOCLAIM', log, ARGV[1], 'w', ARGV[2], '0', 'COUNT', left)[2]
    for _, line in ipairs(lapsed) do
      if line and line[2] then lines[#lines + 1] = line end -- not those that were trimmed meanwhile
    end
    if #lines < left then
      local new = redis.call('XREADGROUP', 'GROUP', ARGV[1], 'w', 'COUNT', left - #lines, 'STREAMS', log, '>')
      for _, line in ipairs(new and new[1][2] or {}) do lines[#lines + 1] = line end
    end
    left = left - #lines
    if #lines > 0 then taken[#taken + 1] = {log, lines} end
  end
end
return taken
""")

DROP_LOG = _script("""
-- KEYS logs. ARGV group, then for each log how many ids, and the ids.
local at = 2
for _, log in ipairs(KEYS) do
  local last = at + tonumber(ARGV[at])
  redis.call('XACK', log, ARGV[1], unpack(ARGV, at + 1, last))
  redis.call('XDEL', log, unpack(ARGV, at + 1, last))
  at = last + 1
end
""")
