// The tour: speaks through the phone on the left, opens the desk or the admin pages on the right.

const phone = document.querySelector("#phone");
const work = document.querySelector("#work");
const status = document.querySelector("#status");

function say(words) {
  const page = phone.contentDocument;
  const box = page?.querySelector("#say");
  if (!box) {
    status.textContent = "手机页还没有打开，请稍候再点。";
    return;
  }
  box.value = words;
  box.dispatchEvent(new phone.contentWindow.Event("input", { bubbles: true }));
  page.querySelector("#composer").requestSubmit();
}

async function become(role, page) {
  const form = new FormData();
  form.set("role", role);
  const answer = await fetch("/demo/sign-in", { method: "POST", body: new URLSearchParams(form) });
  if (!answer.ok) {
    status.textContent = "没能换到这个身份，请刷新页面再试。";
    return;
  }
  for (const button of document.querySelectorAll("button[data-move]")) {
  button.addEventListener("click", () => moveClock(button.dataset.move));
}
for (const button of document.querySelectorAll(".roles button")) {
    button.setAttribute("aria-pressed", String(button.dataset.role === role));
  }
  document.querySelector("#hint").hidden = true;
  work.hidden = false;
  work.src = page;
}

async function moveClock(by) {
  const body = JSON.stringify(by === "now" ? {} : { move_s: Number(by) });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("/phone/api/clock", { method: "POST", headers, body });
  status.textContent = answer.ok ? "时钟已拨动，到期的提醒会在几秒内送到手机。" : "时钟没有拨动，请刷新页面再试。";
}

async function go(button) {
  status.textContent = "";
  const { say: words, role, page } = button.dataset;
  if (words) say(words);
  if (role) await become(role, page);
  button.closest("li")?.classList.add("done");
}

for (const button of document.querySelectorAll("button[data-move]")) {
  button.addEventListener("click", () => moveClock(button.dataset.move));
}
for (const button of document.querySelectorAll("button[data-say], button[data-role]")) {
  button.addEventListener("click", () => go(button));
}
