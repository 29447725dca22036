// The phone: joins as a user of this browser, listens to the news, and turns fingers into acts.
import { clearChat, onTap, showBubble, startChat } from './chat.js';
import { ask } from './dialogs.js';
import { $, get, post } from './dom.js';
import { closeMenus, onPress, showMenu } from './menubar.js';
import { showWhy } from './why.js';
import { showWire } from './wire.js';
import { showWorld, startWorld } from './world.js';

const KEY = 'xinxin.phone.openid';
const AGAIN_MS = 1500;
const TYPING_MS = 15000;
let openid = '';
let name = '公众号';
let typingTimer = 0;
let stream = null;
let joining = false;

async function join() {
  const user = await post('user', { openid: localStorage.getItem(KEY) ?? '' }).catch(() => post('user', {}));
  openid = user.openid;
  localStorage.setItem(KEY, openid);
  if (user.new) clearChat();
  listen();
  await refresh();
  if (user.new) await act({ act: 'follow' });
}

function listen() {
  stream?.close();
  stream = new EventSource(`/phone/api/events?openid=${encodeURIComponent(openid)}`);
  const on = (event, show) => stream.addEventListener(event, (message) => show(JSON.parse(message.data)));
  on('bubble', (bubble) => {
    showTyping(false);
    showBubble(bubble);
    if (bubble.via === 'custom') explain(); // A late answer comes after its push has ended.
  });
  on('typing', ({ on: isOn }) => showTyping(isOn));
  on('user', ({ followed }) => showFollowed(followed));
  on('menu', showMenu);
  on('wire', (delivery) => { showWire(delivery); explain(); });
  on('world', showWorld);
  stream.addEventListener('open', () => { if (!$('offline').hidden && !joining) rejoin(); });
  stream.addEventListener('error', () => {
    $('offline').hidden = false;
    if (stream.readyState === EventSource.CLOSED) setTimeout(rejoin, AGAIN_MS);
  });
}

async function rejoin() {
  joining = true;
  try {
    await join();
    $('offline').hidden = true;
  } catch {
    $('offline').hidden = false;
    setTimeout(rejoin, AGAIN_MS);
  }
  joining = false;
}

async function refresh() {
  const state = await get('state', { openid });
  name = state.world.name;
  document.title = `${name} · 手机模拟器`;
  $('title').textContent = name;
  $('profile-name').textContent = name;
  showMenu(state.menu);
  showFollowed(state.followed);
  state.bubbles.forEach((bubble) => showBubble(bubble, false));
  showWire(state.wire[0]);
  showWorld(state.world);
  await explain();
}

async function explain() {
  showWhy(await get('why', { openid }).catch(() => null));
}

function showFollowed(followed) {
  $('profile').hidden = followed;
  $('more').hidden = !followed;
}

function showTyping(isOn) {
  clearTimeout(typingTimer);
  $('title').textContent = isOn ? '对方正在输入…' : name;
  if (isOn) typingTimer = setTimeout(() => showTyping(false), TYPING_MS);
}

function act(body) {
  return post('act', { openid, ...body }).catch(() => { $('offline').hidden = false; });
}

function startComposer() {
  const say = $('say');
  const sync = () => {
    $('send').hidden = !say.value.trim();
    $('plus').hidden = !$('send').hidden;
  };
  const send = () => {
    const text = say.value.trim();
    if (!text) return;
    say.value = '';
    sync();
    act({ act: 'say', text });
  };
  say.addEventListener('input', sync);
  say.addEventListener('focus', () => showTray(false));
  say.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  $('composer').addEventListener('submit', (event) => { event.preventDefault(); send(); say.focus(); });
  $('plus').addEventListener('click', () => showTray($('tray').hidden));
}

function showTray(isOpen) {
  $('tray').hidden = !isOpen;
  $('plus').setAttribute('aria-expanded', String(isOpen));
}

function startTools() {
  const asked = async (dialog, kind, shape = (fields) => fields) => {
    const fields = await ask(dialog);
    showTray(false);
    if (fields) act({ act: kind, ...shape(fields) });
  };
  const tools = {
    image: () => $('picture').click(),
    place: () => asked('d-place', 'location', (place) => ({ text: place.text, latitude: Number(place.latitude), longitude: Number(place.longitude) })),
    share: () => asked('d-share', 'link'),
    scan: () => asked('d-scan', 'scan'),
  };
  for (const button of document.querySelectorAll('[data-tool]')) button.addEventListener('click', tools[button.dataset.tool]);
  $('voice').addEventListener('click', () => asked('d-voice', 'voice'));
  $('picture').addEventListener('change', sendPicture);
}

async function sendPicture() {
  const [file] = $('picture').files;
  $('picture').value = '';
  showTray(false);
  if (file) await post('image', file, { openid }).catch(() => showBubble({ id: `local-${Date.now()}`, at: new Date().toISOString(), who: 'notice', spans: [{ text: '图片没有发出：只能发 10 MB 以内的 PNG、JPEG、GIF' }] }));
}

async function pressMenu(button, place) {
  if (button.type === 'view') window.open(button.value, '_blank', 'noopener');
  const scans = button.type.startsWith('scancode');
  const fields = scans ? await ask('d-code') : {};
  if (fields) act({ act: 'press', place, ...fields });
}

function startMore() {
  $('more').addEventListener('click', () => ask('d-more'));
  $('follow').addEventListener('click', () => act({ act: 'follow' }));
  for (const button of document.querySelectorAll('[data-more]')) {
    button.addEventListener('click', () => {
      $('d-more').close();
      if (button.dataset.more === 'unfollow') act({ act: 'unfollow' });
      else { localStorage.removeItem(KEY); clearChat(); rejoin(); }
    });
  }
}

onTap((span) => act({ act: 'tap', say: span.say, menu_id: span.menu_id }));
onPress(pressMenu);
startChat();
startComposer();
startTools();
startMore();
startWorld();
document.addEventListener('click', (event) => { if (!event.target.closest('.menu')) closeMenus(); });
rejoin();
