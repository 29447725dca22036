// The chat: one list item a bubble, everything as text nodes.
import { $, h, icon } from './dom.js';

const GAP_MS = 5 * 60 * 1000;
const VIA = { custom: '客服消息', template: '模板消息' };
const seen = new Set();
let lastAt = 0;
let stuck = true;
let tapped = () => {};

/** What to do when a link that sends words is tapped. */
export function onTap(listener) {
  tapped = listener;
}

/** Forget everything shown: another user, or the emulator started anew. */
export function clearChat() {
  seen.clear();
  lastAt = 0;
  $('chat').replaceChildren();
}

/** Show a bubble once, with the time before it after a pause. fresh: it arrived just now. */
export function showBubble(bubble, fresh = true) {
  if (seen.has(bubble.id)) return;
  seen.add(bubble.id);
  const at = Date.parse(bubble.at);
  if (Math.abs(at - lastAt) > GAP_MS) $('chat').append(timeRow(bubble.at));
  lastAt = at;
  $('chat').append(bubble.who === 'notice' ? noticeRow(bubble) : row(bubble, fresh));
  toBottom();
}

/** Keep the newest line in sight while the chat changes its size, unless the reader has scrolled up. */
export function startChat() {
  const chat = $('chat');
  let height = chat.clientHeight;
  chat.addEventListener('scroll', () => {
    if (chat.clientHeight === height) stuck = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 40;
  });
  new ResizeObserver(() => {
    height = chat.clientHeight;
    if (stuck) toBottom();
  }).observe(chat);
}

function toBottom() {
  stuck = true;
  $('chat').scrollTop = $('chat').scrollHeight;
}

function timeRow(at) {
  return h('li', { class: 'row time', 'aria-hidden': 'true' }, h('p', {}, `${at.slice(5, 7)}月${at.slice(8, 10)}日 ${at.slice(11, 16)}`));
}

function noticeRow(bubble) {
  return h('li', { class: 'row notice' }, h('p', {}, ...bubble.spans.map((span) => span.text)));
}

function row(bubble, fresh) {
  const mine = bubble.who === 'user';
  const avatar = h('div', { class: mine ? 'avatar user' : 'avatar', 'aria-hidden': 'true' }, mine ? icon('user') : '欣');
  const via = VIA[bubble.via] ? h('span', { class: 'via' }, VIA[bubble.via]) : null;
  const ai = bubble.ai ? h('span', { class: 'via' }, '内容由第三方 AI 生成') : null;
  return h('li', { class: `row ${bubble.who}${fresh ? ' fresh' : ''}` }, avatar, h('div', { class: 'body' }, ...content(bubble), via, ai));
}

function content(bubble) {
  switch (bubble.kind) {
    case 'news': return [newsCard(bubble.articles)];
    case 'image': return [picture(bubble.media_id)];
    case 'voice': return voice(bubble);
    case 'video': case 'shortvideo': return [h('div', { class: 'bubble' }, '［视频］')];
    case 'location': return [h('div', { class: 'cardlet' }, h('div', { class: 'map', 'aria-hidden': 'true' }, icon('place')), h('div', { class: 'plain' }, ...spans(bubble)))];
    case 'link': return [h('div', { class: 'cardlet' }, h('div', { class: 'plain' }, h('strong', {}, ...spans(bubble))), h('footer', {}, '分享的链接'))];
    case 'template': return [h('div', { class: 'cardlet' }, h('div', { class: 'values' }, ...spans(bubble)), h('footer', {}, '服务通知'))];
    default: return [h('div', { class: 'bubble' }, ...spans(bubble))];
  }
}

function spans(bubble) {
  return bubble.spans.map((span) => {
    if (span.say) return tappable(span.text, { onclick: (event) => { event.preventDefault(); tapped(span); } });
    if (span.url) return outward(span.url, { class: 'link' }, span.text);
    if (span.app_id) return tappable(span.text, { title: `小程序 ${span.app_id}`, onclick: (event) => event.preventDefault() });
    return span.text;
  });
}

/** An anchor, not a button: only an anchor breaks over lines like the words around it. */
function tappable(label, props) {
  return h('a', { ...props, href: '#', class: 'link', role: 'button' }, label);
}

function outward(url, props, ...children) {
  const isWeb = /^https?:\/\//.test(url);
  return isWeb ? h('a', { ...props, href: url, target: '_blank', rel: 'noopener noreferrer' }, ...children) : h('span', props, ...children);
}

function newsCard(articles) {
  const items = articles.map((article, index) => outward(article.url, { class: 'plain' },
    index === 0 && /^https?:/.test(article.picture) ? h('img', { src: article.picture, alt: '', onload: () => { if (stuck) toBottom(); } }) : null,
    h('strong', {}, article.title),
    index === 0 && article.description ? h('small', {}, article.description) : null));
  return h('div', { class: 'cardlet' }, ...items);
}

function picture(mediaId) {
  return h('img', { class: 'picture', src: `/phone/api/media/${mediaId}`, alt: '图片', onload: () => { if (stuck) toBottom(); } });
}

function voice(bubble) {
  const bar = h('div', { class: 'bubble voice', role: 'img', 'aria-label': '语音，1 秒' }, icon('voice'), '1″');
  return bubble.spans.length ? [bar, h('div', { class: 'heard' }, bubble.spans[0].text)] : [bar];
}
