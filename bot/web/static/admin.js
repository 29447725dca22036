// The admin pages: ask before what cannot be undone, say that slow things are under way, and the trial of a question.

for (const form of document.querySelectorAll("form[data-confirm], form[data-slow]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    const button = form.querySelector("button");
    button.disabled = true;
    if (form.dataset.slow) button.textContent = form.dataset.slow;
  });
}

const trial = document.querySelector("#try");
const edit = document.querySelector("#edit");

if (trial) trial.addEventListener("submit", attempt);
if (edit) watch();
if (edit) count();

async function attempt(event) {
  event.preventDefault();
  const words = trial.words.value.trim();
  if (!words) return;
  const place = document.querySelector("#tried");
  const button = trial.querySelector("button");
  button.disabled = true;
  place.replaceChildren(element("p", "正在试，有草稿时第一次约需十秒…"));
  try {
    const body = new URLSearchParams({ words, entry: trial.dataset.entry });
    const answer = await fetch("/api/admin/try", {
      method: "POST",
      headers: { "X-CSRF-Token": trial.dataset.csrf },
      body,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    show(place, await answer.json());
  } catch {
    place.replaceChildren(element("p", "没有试成，请刷新页面再试。", "trouble"));
  } finally {
    button.disabled = false;
  }
}

function show(place, said) {
  const columns = [column("现行", said.current)];
  if (said.draft) columns.push(column("草稿", said.draft));
  const lines = said.findings.map((line) => element("p", line, "trouble"));
  place.replaceChildren(...columns, ...lines);
}

function column(title, one) {
  const box = document.createElement("div");
  box.append(element("strong", `${title}：${one.decision}`));
  box.append(element("div", one.said.join("\n\n"), "said"));
  if (one.choices.length) box.append(element("p", `选项：${one.choices.join("、")}`, "quiet"));
  const list = document.createElement("ol");
  for (const candidate of one.candidates) {
    list.append(element("li", `${candidate.score.toFixed(2)} ${candidate.id} ${candidate.question}`));
  }
  box.append(list);
  for (const reason of one.reasons) box.append(element("p", reason, "quiet"));
  return box;
}

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

// Words that were typed and not saved are not lost without a question.
function watch() {
  let touched = false;
  edit.addEventListener("input", () => (touched = true));
  edit.addEventListener("submit", () => (touched = false));
  window.addEventListener("beforeunload", (event) => {
    if (touched) event.preventDefault();
  });
}

// How long the answer is, and how much of a page it takes.
function count() {
  const answer = edit.answer;
  const place = document.querySelector("#count");
  const say = () => {
    const bytes = new TextEncoder().encode(answer.value).length;
    place.textContent = `${[...answer.value].length}字，${bytes}字节（微信一页${answer.dataset.page}字节，依据等另计）`;
  };
  answer.addEventListener("input", say);
  say();
}
