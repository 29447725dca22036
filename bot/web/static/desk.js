// The desk: who waits, the conversation, what the knowledge base says. Nothing typed is lost: drafts lie on the server.

const $ = (id) => document.getElementById(id);
const csrf = document.querySelector('meta[name="csrf"]').content;
const PARTS = ["waiting", "mine", "requests", "others"];
const DRAFT_MS = 400;

let list = { waiting: [], mine: [], requests: [], others: [] };
let chosen = null;
let shown = null;
let draftTimer = 0;
let pending = null; // the words that are on their way, with their key: a second try is no second line

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const data = await answer.json().catch(() => ({}));
  return { status: answer.status, data };
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function age(seconds) {
  if (seconds < 60) return "刚刚";
  if (seconds < 3600) return `${Math.floor(seconds / 60)}分钟`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)}小时` : `${Math.floor(seconds / 86400)}天`;
}

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
  if (id !== chosen || status !== 200) return;
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
  const lines = $("lines");
  const atEnd = isNew || lines.scrollHeight - lines.scrollTop - lines.clientHeight < 60;
  lines.replaceChildren(...shown.lines.map(lineOf));
  if (atEnd) lines.scrollTop = lines.scrollHeight;
  $("reply").hidden = !shown.mine;
  $("take-bar").hidden = !["waiting", "request"].includes(shown.state);
  if (isNew) $("words").value = shown.draft;
  $("kept").textContent = "";
  $("suggestions").replaceChildren(...shown.suggestions.map(suggestionOf));
  $("context").replaceChildren(...shown.context.map(contextOf));
}

const NAMES = { citizen: "市民", bot: "欣欣", officer: "民警", system: "系统" };

function lineOf(line) {
  const item = make("li", `line ${line.who}`);
  const meta = make("span", "meta", `${NAMES[line.who]} ${line.at}`);
  if (line.fate) meta.append(make("span", `fate ${line.delivery}`, line.fate));
  item.append(make("p", "", line.text), meta);
  return item;
}

function suggestionOf(one, index) {
  const item = make("li");
  const button = make("button");
  button.type = "button";
  button.append(make("kbd", "", String(index + 1)), make("span", "question", one.question), make("span", "score", one.score.toFixed(2)));
  button.title = one.text;
  button.addEventListener("click", () => insert(index));
  item.append(button);
  return item;
}

function contextOf(one) {
  const item = make("li");
  item.append(make("p", "said", `问：${one.said}`), make("p", "answer", `答：${one.answer}`));
  for (const found of one.found) item.append(make("p", "found", `${found.score.toFixed(2)} ${found.question}`));
  return item;
}

function insert(index) {
  const one = shown?.suggestions[index];
  if (!one || !shown.mine) return;
  const words = $("words");
  words.value = (words.value ? `${words.value}\n` : "") + one.text.slice(0, 600 - words.value.length - 1);
  words.focus();
  typed();
}

// ── drafts and acts ───────────────────────────────────────────────────────────────────────────────────────

function typed() {
  $("kept").textContent = "";
  clearTimeout(draftTimer);
  draftTimer = setTimeout(keepDraft, DRAFT_MS);
}

async function keepDraft() {
  clearTimeout(draftTimer);
  if (!shown?.mine || $("words").value === shown.draft) return;
  const { id } = shown;
  const text = $("words").value;
  shown.draft = text;
  const { status } = await call("PUT", `/api/desk/${id}/draft`, { text }).catch(() => ({ status: 0 }));
  if (shown?.id === id) $("kept").textContent = status === 200 ? "草稿已保存" : "草稿还没保存上";
}

async function act(kind, body = {}) {
  if (!shown) return false;
  const { id } = shown;
  const { status, data } = await call("POST", `/api/desk/${id}/${kind}`, { key: newKey(), ...body })
    .catch(() => ({ status: 0, data: { error: "网络好像断了，没有发出，请再试一次。" } }));
  const first = data.line ? `对方已看到：“${data.line.text}”` : "";
  tell(status === 200 ? "" : `${data.error || "没有成功，请再试一次。"}${data.officer ? `（${data.officer}）` : ""}${first}`);
  if (chosen === id) await refresh();
  return status === 200;
}

async function send() {
  const text = $("words").value.trim();
  if (!text || !shown?.mine || $("send").disabled) return;
  clearTimeout(draftTimer);
  $("send").disabled = true;
  // The same words to the same citizen after a failure keep their key.
  if (pending?.text !== text || pending?.id !== shown.id) pending = { text, id: shown.id, key: newKey() };
  const went = await act("write", { key: pending.key, text });
  if (went) {
    pending = null;
    $("words").value = "";
    if (shown) shown.draft = "";
  }
  $("send").disabled = false;
  $("words").focus();
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

const stream = new EventSource("/api/desk/events");
stream.addEventListener("list", (event) => heard(JSON.parse(event.data)));
stream.addEventListener("open", () => { $("live").textContent = "实时"; $("live").className = "live on"; });
stream.addEventListener("error", () => { $("live").textContent = "重连中"; $("live").className = "live"; });
