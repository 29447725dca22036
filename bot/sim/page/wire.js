// The wire of the last push: every attempt, sealed and opened.
import { $, h } from './dom.js';

const ENDS = {
  valid: ['回复有效', 'good'], silent: ['无被动回复', ''], refused: ['应答被拒', 'bad'], undelivered: ['未送达', 'bad'],
  paused: ['已暂停推送', 'bad'], failed: ['本次失败', 'bad'],
};
const DETAILS = { cut: '超时没有应答，连接被切断', unreachable: '连不上', status: 'HTTP 状态不是 200', lost: '应答丢失' };
const REASONS = {
  bom: '以 BOM 开头', 'leading whitespace': '<xml> 之前有空白', json: '是 JSON，不是 XML', 'not xml': '不是 XML', 'malformed xml': 'XML 不完整',
  doctype: '含 DOCTYPE', 'not encrypted': '安全模式下没有加密', 'encrypted in plain mode': '明文模式下加了密', 'envelope incomplete': '信封缺字段',
  signature: '签名不对', cipher: '解不开', 'app id': 'AppID 不对', 'user names swapped': '收发双方写反', 'user names': '收发双方不对',
  'create time': 'CreateTime 不对', 'message type': '消息类型未知', empty: '内容为空', 'too long': '内容过长（字节）', 'news count': '图文条数不对',
  'media id': '素材不存在或已过期', 'transfer after an event': '事件不能转客服',
};

/** Show one delivery, or that nothing was pushed yet. */
export function showWire(delivery) {
  $('wire').replaceChildren(...(delivery ? shown(delivery) : [h('p', { class: 'empty' }, '还没有推送。')]));
}

function shown(delivery) {
  const last = delivery.attempts.length - 1;
  return [
    h('div', { class: 'chips' }, h('span', { class: 'chip' }, delivery.type), chip(delivery), h('span', { class: 'chip' }, `${delivery.ms} 毫秒`),
      h('span', { class: 'chip' }, `${delivery.attempts.length} 次推送`)),
    delivery.msg_id ? h('dl', { class: 'facts' }, h('dt', {}, 'MsgId'), h('dd', {}, delivery.msg_id)) : null,
    ...delivery.attempts.map((attempt, index) => attemptBox(attempt, delivery.xml, index === last)),
  ].filter(Boolean);
}

function chip(ended) {
  const [label, tone] = ENDS[ended.ended] ?? [ended.ended, ''];
  const detail = DETAILS[ended.detail] ?? REASONS[ended.reason] ?? ended.detail;
  return h('span', { class: `chip ${tone}` }, detail ? `${label}：${ended.reason && ended.detail ? `${detail} ${ended.detail}` : detail}` : label);
}

function attemptBox(attempt, xml, open) {
  const sealed = attempt.request.includes('<Encrypt>');
  return h('details', { class: 'attempt', open },
    h('summary', {}, `第 ${attempt.number} 次`, chip(attempt), h('span', { class: 'ms' }, `${attempt.ms} ms`)),
    h('div', {},
      ...block('请求参数', attempt.query.map(([name, value]) => `${name} = ${value}`).join('\n')),
      ...block(sealed ? '请求正文（密文）' : '请求正文', pretty(attempt.request), sealed),
      ...(sealed ? block('解密后', pretty(xml)) : []),
      ...answerBlocks(attempt)));
}

function answerBlocks(attempt) {
  const wasSealed = attempt.answer_xml && attempt.answer_xml !== attempt.answer;
  const title = `应答 ${attempt.status || ''}`;
  if (!wasSealed) return block(title, pretty(attempt.answer) || '（空）');
  return [...block(`${title}（密文）`, pretty(attempt.answer), true), ...block('应答解密后', pretty(attempt.answer_xml))];
}

function block(title, content, sealed = false) {
  return [h('h3', {}, title), h('pre', { class: sealed ? 'sealed' : '', tabindex: '0', 'aria-label': title }, content)];
}

/** Break flat XML into lines, leaving CDATA as it is. */
function pretty(xml) {
  if (!xml.startsWith('<')) return xml;
  let depth = 0;
  const parts = xml.match(/<!\[CDATA\[[\s\S]*?\]\]>|<\/[^>]+>|<[^>]+>|[^<]+/g) ?? [xml];
  let out = '';
  parts.forEach((part, index) => {
    const isOpen = /^<[^/!?]/.test(part);
    const isClose = part.startsWith('</');
    if (isClose) depth -= 1;
    const before = parts[index - 1] ?? '';
    if (isOpen || (isClose && before.startsWith('</'))) out += `${out ? '\n' : ''}${'  '.repeat(Math.max(depth, 0))}`;
    if (isOpen) depth += 1;
    out += part.trim() ? part : '';
  });
  return out;
}
