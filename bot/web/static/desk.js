// The desk: who waits, the conversation, what the knowledge base says. Nothing typed is lost: drafts lie on the server.

import { age, contextOf, lineOf, make, suggestionOf } from "./desk_parts.js";

const $ = (id) => document.getElementById(id);
const csrf = document.querySelector('meta[name="csrf"]').content;
const PARTS = ["waiting", "mine", "requests", "others"];
const DRAFT_MS = 400;
const AGAIN_MS = 3000;
const MOST = 600;
const UNSENT = "xinxin.desk.unsent"; // what was typed when the sign-in was lost, for this tab only
const IDENTITY = /\d{17}[\dXx]|\d{15}(?!\d)/;

let list = { waiting: [], mine: [], requests: [], others: [] };
let chosen = null;
let shown = null;
let draftTimer = 0;
let confirmed = ""; // the words that may hold an identity number and are meant so
let stream = null;
let pending = null; // the words that are on their way, with their key: a second try is no second line

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => null);
  if (!answer) return { status: 0, data: { error: "网络好像断了，没有成功，请再试一次。" } };
  const data = await answer.json().catch(() => ({}));
  if (answer.status === 401 || answer.status === 403) lose(answer.status, data.error ?? "");
  return { status: answer.status, data };
}

/** The sign-in is gone, or is somebody else's by now: a desk that looks alive would miss citizens. */
function lose(status, why) {
  stream?.close();
  const words = $("words").value;
  if (shown?.mine && words) sessionStorage.setItem(UNSENT, JSON.stringify({ id: shown.id, words }));
  $("lost-why").textContent = status === 401 ? "登录已失效，这里不再更新，也收不到新的对话。" : `${why}这里不再更新，也收不到新的对话。`;
  $("lost").hidden = false;
  $("live").textContent = "已断开";
  $("live").className = "live";
}

function unsent(id) {
  const kept = JSON.parse(sessionStorage.getItem(UNSENT) ?? "null");
  if (kept?.id !== id) return "";
  sessionStorage.removeItem(UNSENT);
  return kept.words;
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

function tell(words) {
  $("told").textContent = words;
  $("told").hidden = !words;
}

// ── the list ──────────────────────────────────────────────────────────────────────────────────────────────

function row(one) {
  const item = make("li");
  const button = make("button", one.id === chosen ? "chosen" : "");
  button.type = "button";
  button.dataset.id = one.id;
  if (one.id === chosen) button.setAttribute("aria-current", "true");
  const top = make("span", "row");
  top.append(make("span", `tag ${one.channel === "微信" ? "wechat" : "chat"}`, one.channel), make("span", "age", age(one.age_s)));
  button.append(top, make("span", "about", one.about || "（没有提问，直接找人工）"));
  const why = one.promised ? `${one.reason} · 答应 ${one.promised}` : one.reason;
  button.append(make("span", "why", one.officer && !one.mine ? `${one.officer}接待` : why));
  button.addEventListener("click", () => choose(one.id));
  item.append(button);
  return item;
}

function showList() {
  for (const part of PARTS) {
    const focused = document.activeElement?.dataset?.id;
    $(part).replaceChildren(...list[part].map(row));
    $(`n-${part}`).textContent = list[part].length;
    if (focused) document.querySelector(`#${part} [data-id="${focused}"]`)?.focus();
  }
  document.querySelector(".others").hidden = !list.others.length;
  document.title = (list.waiting.length ? `(${list.waiting.length}) ` : "") + "接待台 · 欣欣";
}

const everyone = () => PARTS.flatMap((part) => list[part]);

async function heard(news) {
  list = news;
  showList();
  const now = everyone().find((one) => one.id === chosen);
  if (chosen && (!now || !shown || now.touched !== shown.touched || hasUndelivered())) await refresh();
}

const hasUndelivered = () => shown?.lines.some((line) => line.delivery && !["sent", "said", "dead", "void"].includes(line.delivery));

// ── one conversation ──────────────────────────────────────────────────────────────────────────────────────

async function choose(id) {
  await keepDraft();
  chosen = id;
  shown = null;
  tell("");
  showList();
  await refresh();
}

async function refresh() {
  const id = chosen;
  const { status, data } = await call("GET", `/api/desk/${id}`);
  if (id !== chosen) return;
  if (status !== 200) {
    tell(data.error || "这个对话没能打开，请再试一次。");
    return;
  }
  const isNew = !shown || shown.id !== id;
  shown = data;
  show(isNew);
}

function show(isNew) {
  const head = make("p", "hint");
  head.append(make("span", `state ${shown.state}`, shown.state_name), ` ${shown.channel} · ${shown.reason}`);
  if (shown.promised) head.append(` · 已答应 ${shown.promised} 后回复`);
  if (shown.officer) head.append(` · ${shown.officer}`);
  $("head").replaceChildren(head);
  if (isNew) atEnd = true;
  $("before").hidden = !shown.context.length;
  if (isNew) $("context").replaceChildren(...shown.context.flatMap(contextOf));
  $("lines").replaceChildren(...shown.lines.map(lineOf));
  $("reply").hidden = !shown.mine;
  $("take-bar").hidden = !["waiting", "request"].includes(shown.state);
  if (isNew) $("words").value = (shown.mine && unsent(shown.id)) || shown.draft;
  $("kept").textContent = "";
  count();
  $("suggestions").replaceChildren(...shown.suggestions.map((one, index) => suggestionOf(one, index, () => insert(index))));
  $("no-suggestions").hidden = shown.suggestions.length > 0;
  toEnd();
}

// Who reads further up stays there; who is at the newest line stays with it, also when the composer takes room.
let atEnd = true;
const log = $("log");
function toEnd() {
  if (atEnd) log.scrollTop = log.scrollHeight;
}
log.addEventListener("scroll", () => { atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60; });
new ResizeObserver(toEnd).observe(log);

function insert(index) {
  const one = shown?.suggestions[index];
  if (!one || !shown.mine) return;
  const words = $("words");
  words.value = (words.value ? `${words.value}\n` : "") + one.text;
  words.focus();
  typed();
}

// ── drafts and acts ───────────────────────────────────────────────────────────────────────────────────────

const length = () => [...$("words").value.trim()].length;

function count() {
  $("count").textContent = `${length()}/${MOST}`;
  $("count").classList.toggle("over", length() > MOST);
}

function typed() {
  $("kept").textContent = "";
  confirmed = "";
  count();
  clearTimeout(draftTimer);
  draftTimer = setTimeout(keepDraft, DRAFT_MS);
}

async function keepDraft() {
  clearTimeout(draftTimer);
  if (!shown?.mine || $("words").value === shown.draft) return;
  const { id } = shown;
  const text = $("words").value;
  shown.draft = text;
  const { status } = await call("PUT", `/api/desk/${id}/draft`, { text });
  if (shown?.id === id) $("kept").textContent = status === 200 ? "草稿已保存" : "草稿还没保存上";
}

async function act(kind, body = {}) {
  if (!shown) return false;
  const { id } = shown;
  const { status, data } = await call("POST", `/api/desk/${id}/${kind}`, { key: newKey(), ...body });
  const first = data.line ? `对方已看到：“${data.line.text}”` : "";
  tell(status === 200 ? "" : `${data.error || "没有成功，请再试一次。"}${data.officer ? `（${data.officer}）` : ""}${first}`);
  if (chosen === id && status !== 401 && status !== 403) await refresh();
  return status === 200;
}

async function send() {
  const text = $("words").value.trim();
  if (!shown?.mine || $("send").disabled) return;
  const why = hindrance(text);
  tell(why);
  if (why) return;
  clearTimeout(draftTimer);
  $("send").disabled = true;
  // The same words to the same citizen after a failure keep their key.
  if (pending?.text !== text || pending?.id !== shown.id) pending = { text, id: shown.id, key: newKey() };
  const went = await act("write", { key: pending.key, text });
  if (went) {
    pending = null;
    $("words").value = "";
    count();
    if (shown) shown.draft = "";
  }
  $("send").disabled = false;
  $("words").focus();
}

/** Why these words are not sent, or nothing. An identity number is asked about once: the citizen would read it whole. */
function hindrance(text) {
  if (!text) return "还没有写内容。";
  if (length() > MOST) return `一次最多${MOST}字，现在${length()}字，请分几次发。`;
  if (!IDENTITY.test(text) || confirmed === text) return "";
  confirmed = text;
  return "内容里像是有证件号码，会原样发给对方。确实要发，请再按一次发送。";
}

async function leave(kind) {
  await keepDraft();
  if (await act(kind)) document.activeElement?.blur();
}

function step(by) {
  const all = everyone();
  if (!all.length) return;
  const at = all.findIndex((one) => one.id === chosen);
  choose(all[at < 0 ? 0 : (at + by + all.length) % all.length].id);
}

$("reply").addEventListener("submit", (event) => { event.preventDefault(); send(); });
$("words").addEventListener("input", typed);
$("take").addEventListener("click", take);
$("back").addEventListener("click", () => leave("back"));
$("end").addEventListener("click", () => leave("end"));

async function take() {
  // Who is quick with the keys need not wait for the page.
  if (chosen && !shown) await refresh();
  if (await act("take")) $("words").focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  t: () => { if (chosen && !shown?.mine) take(); },
  r: () => $("words").focus(),
  b: () => { if (shown?.mine) leave("back"); },
  e: () => { if (shown?.mine) leave("end"); },
  "?": () => $("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || $("help").open) return;
  if (event.target === $("words")) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
    if (event.key === "Escape") $("words").blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (/^[1-5]$/.test(key)) { event.preventDefault(); insert(Number(key) - 1); return; }
  if (KEYS[key]) { event.preventDefault(); KEYS[key](); }
});
window.addEventListener("beforeunload", () => { keepDraft(); });

function listen() {
  stream = new EventSource("/api/desk/events");
  stream.addEventListener("list", (event) => heard(JSON.parse(event.data)));
  stream.addEventListener("open", () => { $("live").textContent = "实时"; $("live").className = "live on"; });
  stream.addEventListener("error", stumble);
}

/** The browser tries again by itself, unless it was refused: then this asks why. */
async function stumble() {
  $("live").textContent = "重连中";
  $("live").className = "live";
  if (stream.readyState !== EventSource.CLOSED) return;
  const { status } = await call("GET", "/api/desk");
  if (status !== 401 && status !== 403) setTimeout(listen, AGAIN_MS);
}

listen();
