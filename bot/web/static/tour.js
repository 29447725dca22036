// The tour: speaks through the phone on the left, opens the desk or the admin pages on the right.

const $ = (id) => document.getElementById(id);
const phone = $("phone");
const work = $("work");
const steps = [...document.querySelectorAll("#steps button")];
const roles = [...document.querySelectorAll(".roles button")];
const KEPT = "xinxin.tour";
const PHONE = "xinxin.phone.openid"; // the phone page's own key: whose phone this browser holds

/** What a reload must not forget: the step, those that were seen, the role, and its page. */
const kept = { step: -1, seen: [], role: "", page: "", ...JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") };

function keep(change) {
  Object.assign(kept, change);
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
  steps.forEach((button, index) => {
    button.parentElement.classList.toggle("done", kept.seen.includes(index) && index !== kept.step);
    if (index === kept.step) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
  for (const button of roles) button.setAttribute("aria-pressed", String(button.dataset.role === kept.role));
}

function tell(words) {
  $("status").textContent = words;
}

// ── the phone and the pages of the staff ─────────────────────────────────────────────────────────────────

function say(words) {
  const page = phone.contentDocument;
  const box = page?.querySelector("#say");
  if (!box) return tell("手机页还没有打开，请稍候再点。");
  box.value = words;
  box.dispatchEvent(new phone.contentWindow.Event("input", { bubbles: true }));
  page.querySelector("#composer").requestSubmit();
  return undefined;
}

function open(page) {
  $("hint").hidden = true;
  work.hidden = false;
  work.src = page;
}

async function become(role, page) {
  const answer = await fetch("/demo/sign-in", { method: "POST", body: new URLSearchParams({ role }) });
  if (!answer.ok) return tell("没能换到这个身份，请刷新页面再试。");
  keep({ role, page });
  return open(page);
}

/** Where the fifth step leads: to what waits for approval, if anything does. */
async function waiting() {
  const { page } = await asked("/tour/proposal");
  if (!page) tell("还没有待审批的修改：先走第4步，改一句，提交。");
  return page;
}

async function asked(path) {
  const answer = await fetch(path).catch(() => null);
  return answer?.ok ? answer.json() : {};
}

async function go(button) {
  tell(button.dataset.hint ?? "");
  const index = steps.indexOf(button);
  if (index >= 0) keep({ step: index, seen: [...new Set([...kept.seen, index])] });
  const { say: words, role, page } = button.dataset;
  if (words) say(words);
  if (role) await become(role, ("waiting" in button.dataset && (await waiting())) || page);
}

// ── the clock ────────────────────────────────────────────────────────────────────────────────────────────

/** «2027年1月5日 09:00», in Shanghai wherever the browser is. */
function moment(iso) {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(\d\d:\d\d)/.exec(iso);
  return `${year}年${Number(month)}月${Number(day)}日 ${time}`;
}

async function setClock(body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("/phone/api/clock", { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  if (!answer?.ok) return "";
  await stayIn();
  return (await answer.json()).now;
}

/** A long way ahead the sign-in on the right has run out: the same role signs in again. */
async function stayIn() {
  const answer = kept.role ? await fetch("/staff", { redirect: "manual" }).catch(() => null) : null;
  if (answer?.type === "opaqueredirect") await become(kept.role, kept.page);
}

async function moveClock(by) {
  const now = await setClock(by === "now" ? {} : { move_s: Number(by) });
  if (!now) return tell("时钟没有拨动，请刷新页面再试。");
  const hour = Number(now.slice(11, 13));
  const night = hour < 8 || hour >= 21;
  return tell(
    `现在是${moment(now)}。${night ? "夜里不打扰，到期的提醒早上8点再发，市民来说话时先说。" : "到期的提醒几秒内发出；超过48小时没说过话的，微信不许主动发，市民下次来时先说。"}`,
  );
}

async function toReminder() {
  const openid = localStorage.getItem(PHONE) ?? "";
  const { at, move_s: by, reaches } = await asked(`/tour/reminder?openid=${encodeURIComponent(openid)}`);
  if (at === undefined) return tell("没能查到提醒，请稍后再试。");
  if (!at) return tell("左边的手机还没有提醒：先走第2步，算出日期后点“提醒我”。");
  if (!(await setClock({ move_s: by }))) return tell("时钟没有拨动，请刷新页面再试。");
  return tell(
    `现在是${moment(at)}。${reaches ? "提醒几秒内送到左边的手机。" : "离市民上次说话超过了48小时，微信不许主动发：过几秒在手机上说句话，它第一句就说提醒。"}`,
  );
}

function showClock() {
  const page = phone.contentDocument;
  const [date, time] = ["#clock-date", "#clock-time"].map((one) => page?.querySelector(one)?.textContent ?? "");
  if (date) $("clock-now").textContent = `${date} ${time.slice(0, 5)}`;
}

for (const button of document.querySelectorAll("button[data-move]")) {
  button.addEventListener("click", () => moveClock(button.dataset.move));
}
$("to-reminder").addEventListener("click", toReminder);
for (const button of [...steps, ...roles]) button.addEventListener("click", () => go(button));
work.addEventListener("load", () => {
  const { pathname, search } = work.contentWindow.location;
  if (kept.role && pathname.startsWith("/")) keep({ page: pathname + search });
});
setInterval(showClock, 500);
keep({});
if (kept.role && kept.page) open(kept.page);
