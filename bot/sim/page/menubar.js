// The account's custom menu: a bar of up to three buttons with what pops up above them.
import { $, h } from './dom.js';

let pressed = () => {};

/** What to do when a button without sub-buttons is pressed: gets the button and its place, «1» or «1.3». */
export function onPress(listener) {
  pressed = listener;
}

/** Show this menu beneath the input box, or nothing when there is none. */
export function showMenu(menu) {
  $('menus').replaceChildren(...menu.map((button, index) => top(button, String(index))));
  $('menus').hidden = menu.length === 0;
}

/** Close what popped up; with a button, give it the focus back. */
export function closeMenus(focus = null) {
  for (const open of document.querySelectorAll('.menu > [aria-expanded="true"]')) {
    open.setAttribute('aria-expanded', 'false');
    open.parentElement.querySelector('.submenu').hidden = true;
  }
  focus?.focus();
}

function top(button, place) {
  if (!button.subs.length) return h('div', { class: 'menu' }, h('button', { type: 'button', onclick: () => press(button, place) }, button.name));
  const opener = h('button', { type: 'button', 'aria-haspopup': 'true', 'aria-expanded': 'false' }, button.name);
  const list = h('div', { class: 'submenu', role: 'group', 'aria-label': button.name, hidden: true },
    ...button.subs.map((sub, index) => h('button', { type: 'button', onclick: () => press(sub, `${place}.${index}`) }, sub.name)));
  opener.addEventListener('click', () => toggle(opener, list));
  list.addEventListener('keydown', (event) => walk(event, opener, list));
  return h('div', { class: 'menu' }, list, opener);
}

function press(button, place) {
  closeMenus();
  pressed(button, place);
}

function toggle(opener, list) {
  const opens = list.hidden;
  closeMenus();
  list.hidden = !opens;
  opener.setAttribute('aria-expanded', String(opens));
  if (opens) list.firstElementChild.focus();
}

function walk(event, opener, list) {
  const items = [...list.children];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === 'Escape') closeMenus(opener);
  if (!step) return;
  event.preventDefault();
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
}
