// «为什么这样答»: what the bot says about its own answer.
import { $, h } from './dom.js';

const DECISIONS = {
  sure: ['有把握', 'good'], close: ['相近，请用户选', 'fair'], none: ['没有找到', 'bad'], menu: ['菜单', ''],
  command: ['命令', ''], courtesy: ['寒暄', ''], urgent: ['紧急', 'bad'], dialog: ['办事问答', ''], event: ['事件', ''],
};

/** Show an explanation, or that there is none. */
export function showWhy(why) {
  $('why').replaceChildren(...(why ? explained(why) : [h('p', { class: 'empty' }, '机器人还没有说明。发一句话试试，例如「驾驶证丢了怎么补办」。')]));
}

function explained(why) {
  const [label, tone] = DECISIONS[why.decision] ?? [why.decision || '未知', ''];
  return [
    h('div', { class: 'chips' }, h('span', { class: `chip ${tone}` }, label), why.handler ? h('span', { class: 'chip' }, `处理：${why.handler}`) : null),
    facts([['答案', why.answer], ['知识版本', why.release]]),
    ...section('候选', why.candidates?.length ? candidates(why.candidates) : null),
    ...section('依据', why.article ? h('p', { class: 'article' }, text(why.article)) : null),
    ...section('理由', why.reasons?.length ? h('ul', { class: 'reasons' }, ...why.reasons.map((reason) => h('li', {}, text(reason)))) : null),
  ].filter(Boolean);
}

function facts(pairs) {
  const known = pairs.filter(([, value]) => value);
  return known.length ? h('dl', { class: 'facts' }, ...known.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, text(value))])) : null;
}

function section(title, node) {
  return node ? [h('h3', {}, title), node] : [];
}

function candidates(list) {
  return h('ol', { class: 'candidates' }, ...list.map((one) => h('li', {},
    h('span', {}, one.question || one.id), h('span', { class: 'score' }, Number(one.score).toFixed(3)),
    one.question ? h('span', { class: 'id' }, one.id) : null,
    h('progress', { max: '1', value: String(Math.max(one.score, 0)), 'aria-label': '把握' }))));
}

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 1));
