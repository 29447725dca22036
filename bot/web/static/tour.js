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
  for (const button of document.querySelectorAll(".roles button")) {
    button.setAttribute("aria-pressed", String(button.dataset.role === role));
  }
  document.querySelector("#hint").hidden = true;
  work.hidden = false;
  work.src = page;
}

async function go(button) {
  status.textContent = "";
  const { say: words, role, page } = button.dataset;
  if (words) say(words);
  if (role) await become(role, page);
  button.closest("li")?.classList.add("done");
}

for (const button of document.querySelectorAll("button[data-say], button[data-role]")) {
  button.addEventListener("click", () => go(button));
}
