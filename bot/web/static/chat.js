// The chat page: words and taps out, replies in. A message keeps its id until it was answered, so a retry is never a second turn.

const talk = document.getElementById("talk");
const form = document.getElementById("say");
const words = document.getElementById("words");
const send = document.getElementById("send");
const state = document.getElementById("state");
const KEPT = "xinxin.session";
const TOLD = "xinxin.told"; // what was said in this tab, so that a reload shows it again
const MOST_TOLD = 80;
const TRIES = 3;
const PAUSE_MS = 1200;

const memory = (() => {
  // A page inside another site may be refused storage; then the session lives as long as the page.
  const own = new Map();
  return {
    get: (name) => { try { return localStorage.getItem(name); } catch { return own.get(name) ?? null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { own.set(name, value); } },
  };
})();

/** The conversation of this tab; without storage it begins anew with each load. */
const told = (() => {
  try { return JSON.parse(sessionStorage.getItem(TOLD) ?? "[]"); } catch { return []; }
})();

function note(line) {
  told.push(line);
  told.splice(0, told.length - MOST_TOLD);
  try { sessionStorage.setItem(TOLD, JSON.stringify(told)); } catch { /* then a reload begins anew */ }
}

let session = memory.get(KEPT);
let busy = false;

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const data = await answer.json().catch(() => ({}));
  return { status: answer.status, data };
}

async function begin() {
  const { status, data } = await post("/api/chat/session", {});
  if (status !== 200) throw new Error(data.error || "暂时连不上，请稍后再试。");
  session = data.session;
  memory.set(KEPT, session);
}

function messageId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function ask(text, id) {
  for (let attempt = 1; ; attempt += 1) {
    if (!session) await begin();
    let result;
    try {
      result = await post("/api/chat", { session, id, text });
    } catch {
      result = { status: 0, data: { error: "网络好像断了，请检查后重试。" } };
    }
    if (result.status === 200) return result.data;
    if (result.status === 403) session = null;
    const final = result.status === 400 || result.status === 429;
    if (final || attempt >= TRIES) throw new Error(result.data.error || "暂时连不上，请稍后再试。");
    await pause(PAUSE_MS * attempt);
  }
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function bubble(side) {
  const turn = element("article", `turn ${side}`);
  const body = element("div", "bubble");
  turn.append(body);
  talk.append(turn);
  return body;
}

function toEnd() {
  talk.scrollTop = talk.scrollHeight;
}

function showMine(text) {
  const body = bubble("mine");
  body.append(element("span", "hidden", "您说："), element("p", "", text));
  toEnd();
}

function showReply(reply, speaker = "") {
  const body = bubble(speaker ? "theirs officer" : "theirs");
  body.append(element("span", speaker ? "speaker" : "hidden", speaker || "欣欣说："));
  // What stands below the choices is the end of the text where there are no buttons.
  const tail = reply.tail && reply.text.endsWith(reply.tail) ? reply.tail : "";
  const text = reply.text.slice(0, reply.text.length - tail.length).trimEnd();
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith("依据："));
  const main = from < 0 ? text : lines.slice(0, from).join("\n").trimEnd();
  body.append(element("p", "", main));
  const end = from < 0 ? -1 : lines.indexOf("", from);
  if (from >= 0) body.append(element("p", "basis", lines.slice(from, end < 0 ? undefined : end).join("\n")));
  if (end >= 0) body.append(element("p", "after", lines.slice(end + 1).join("\n")));
  if (reply.links?.length) body.append(links(reply.links));
  if (reply.choices?.length) body.append(choices(reply.choices));
  if (tail) body.append(element("p", "tail", tail));
  if (reply.votes?.length) body.append(votes(reply.votes));
  return body;
}

function links(all) {
  const list = element("ul", "links");
  for (const { label, url } of all) {
    if (!url.startsWith("https://")) continue;
    const link = element("a", "", label);
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    const item = element("li");
    item.append(link);
    list.append(item);
  }
  return list;
}

function choices(all) {
  const list = element("ol", "choices");
  all.forEach(({ label, say }, index) => {
    const button = element("button");
    button.type = "button";
    const number = element("span", "number", `${index + 1}.`);
    number.setAttribute("aria-hidden", "true");
    button.append(number, label);
    button.addEventListener("click", () => tell(say));
    const item = element("li");
    item.append(button);
    list.append(item);
  });
  return list;
}

function votes(all) {
  const line = element("p", "votes");
  for (const { label, say } of all) {
    const button = element("button", "", label);
    button.type = "button";
    button.addEventListener("click", () => tell(say));
    line.append(button);
  }
  return line;
}

function retire() {
  // A vote is about the newest answer only.
  for (const line of talk.querySelectorAll(".votes")) line.remove();
  // Numbers belong to the newest reply only; older buttons still say their words.
  for (const number of talk.querySelectorAll(".choices .number")) number.remove();
  for (const tail of talk.querySelectorAll(".tail")) tail.textContent = tail.textContent.replace("回复数字或点选", "点选");
}

function showWaiting() {
  const body = bubble("theirs waiting");
  body.append(element("span", "hidden", "欣欣正在回答"), element("i"), element("i"), element("i"));
  toEnd();
  return body.parentElement;
}

function showFailure(message, text, id) {
  const body = bubble("theirs failed");
  const line = element("p", "", message);
  const again = element("button", "again", "再试一次");
  again.type = "button";
  again.addEventListener("click", () => {
    body.parentElement.remove();
    deliver(text, id);
  });
  line.append(again);
  body.append(line);
  toEnd();
}

async function deliver(text, id) {
  busy = true;
  send.disabled = true;
  const waiting = showWaiting();
  try {
    const { replies } = await ask(text, id);
    waiting.remove();
    retire();
    const shown = replies.map((reply) => showReply(reply));
    for (const reply of replies) note({ reply });
    shown[0]?.parentElement.scrollIntoView({ block: "start" });
    state.textContent = "";
    listen();
  } catch (error) {
    waiting.remove();
    showFailure(error.message, text, id);
  } finally {
    busy = false;
    send.disabled = false;
  }
}

function tell(text) {
  const said = text.trim();
  if (!said || busy) return;
  showMine(said);
  note({ mine: said });
  deliver(said, messageId());
}

function grow() {
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight + 2}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (busy || !words.value.trim()) return;
  tell(words.value);
  words.value = "";
  grow();
  words.focus();
});
words.addEventListener("input", grow);
words.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
document.getElementById("home").addEventListener("click", () => tell("菜单"));
const larger = document.getElementById("larger");
function setLarger(on) {
  document.documentElement.classList.toggle("larger", on);
  larger.setAttribute("aria-pressed", String(on));
  memory.set("xinxin.larger", on ? "1" : "");
}
larger.addEventListener("click", () => setLarger(larger.getAttribute("aria-pressed") !== "true"));
setLarger(memory.get("xinxin.larger") === "1");

// ── words that come without being asked for ─────────────────────────────────────────────────────────────────

const known = new Set(told.flatMap(({ id }) => (id ? [id] : [])));
let stream = null;
let streamOf = null;

function listen() {
  if (!session || (streamOf === session && stream && stream.readyState !== EventSource.CLOSED)) return;
  stream?.close();
  streamOf = session;
  stream = new EventSource(`/api/chat/events?session=${encodeURIComponent(session)}`);
  stream.addEventListener("words", (event) => {
    const { id, from, replies } = JSON.parse(event.data);
    // What was shown may come again when our word of it got lost; it is only confirmed again.
    if (!known.has(id)) {
      known.add(id);
      const speaker = from === "officer" ? "工作人员" : "";
      for (const reply of replies) {
        if (reply.choices?.length) retire(); // its numbers count from now on
        showReply(reply, speaker);
        note({ reply, speaker, id });
      }
      toEnd();
    }
    post("/api/chat/seen", { session: streamOf, ids: [id] }).catch(() => {}); // it comes again at the next visit
  });
}

function goOn() {
  for (const { mine, reply, speaker } of told) {
    if (mine !== undefined) {
      showMine(mine);
    } else {
      if (!speaker) retire();
      showReply(reply, speaker);
    }
  }
  talk.append(element("p", "again-here", "以上是刚才的对话，可以接着说。"));
  toEnd();
  listen();
}

if (session && told.length) goOn();
else deliver("你好", messageId());
