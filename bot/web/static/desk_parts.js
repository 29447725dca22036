// What the desk is made of: elements, and nothing that remembers anything.

export function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** How long ago, in words. */
export function age(seconds) {
  if (seconds < 60) return "刚刚";
  if (seconds < 3600) return `${Math.floor(seconds / 60)}分钟`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)}小时` : `${Math.floor(seconds / 86400)}天`;
}

const NAMES = { citizen: "市民", bot: "欣欣", officer: "民警", system: "系统" };

/** One line of the conversation, with the fate of its words. */
export function lineOf(line) {
  const item = make("li", `line ${line.who}`);
  const meta = make("span", "meta", `${NAMES[line.who]} ${line.at}`);
  if (line.fate) meta.append(make("span", `fate ${line.delivery}`, line.fate));
  item.append(make("p", "", line.text), meta);
  return item;
}

/** An earlier turn as two lines; a long answer opens. */
export function contextOf(one) {
  const said = make("li", "line citizen");
  said.append(make("p", "", one.said), make("span", "meta", "市民"));
  const answer = make("li", "line bot");
  const words = make("div", "words", one.text ? "" : one.answer);
  if (one.text) {
    const whole = make("details");
    whole.append(make("summary", "", one.answer), make("p", "", one.text));
    words.append(whole);
  }
  if (one.found.length) {
    const list = make("ul", "found");
    list.append(...one.found.map((found) => make("li", "", found.question)));
    words.append(list);
  }
  answer.append(words, make("span", "meta", "欣欣"));
  return [said, answer];
}

/** A suggested answer and the key that inserts it. */
export function suggestionOf(one, index, insert) {
  const item = make("li");
  const button = make("button");
  button.type = "button";
  button.append(make("kbd", "", String(index + 1)), make("span", "question", one.question), one.own ? make("span", "own", "欣欣答过") : make("span", "score", one.score.toFixed(2)));
  button.title = one.text;
  button.addEventListener("click", insert);
  item.append(button);
  return item;
}
