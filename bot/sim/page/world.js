// The platform's switches: clock, mode, faults, verification.
import { $, post } from './dom.js';

const DAYS = '日一二三四五六';
let offset = 0;

/** Listen to the switches and let the clock run. */
export function startWorld() {
  for (const button of document.querySelectorAll('[data-move]')) button.addEventListener('click', () => moveClock(button.dataset.move));
  for (const radio of document.querySelectorAll('[name="mode"]')) radio.addEventListener('change', () => post('mode', { mode: radio.value }));
  for (const box of document.querySelectorAll('[data-fault]')) box.addEventListener('change', () => setFault(box));
  $('verify').addEventListener('click', verify);
  setInterval(tick, 1000);
}

/** Show the state of the platform. */
export function showWorld(world) {
  offset = Date.parse(world.now) - Date.now();
  document.querySelector('.clock').classList.toggle('moved', world.offset_s !== 0);
  for (const radio of document.querySelectorAll('[name="mode"]')) radio.checked = radio.value === world.mode;
  for (const box of document.querySelectorAll('[data-fault]')) {
    const value = world.faults[box.dataset.fault];
    box.checked = box.dataset.value ? value === Number(box.dataset.value) : value;
  }
  tick();
}

function moveClock(by) {
  return post('clock', by === 'now' ? {} : { move_s: Number(by) });
}

function setFault(box) {
  const on = box.dataset.value ? Number(box.dataset.value) : true;
  const off = box.dataset.value ? 0 : false;
  return post('faults', { [box.dataset.fault]: box.checked ? on : off });
}

async function verify() {
  $('verify-result').textContent = '正在验证…';
  const { good, wrong } = await post('verify', {});
  const first = good ? '✓ 正确的签名：原样返回 echostr' : '✗ 正确的签名：没有得到 echostr';
  const second = wrong ? '✗ 错误的签名：竟然通过了' : '✓ 错误的签名：被拒绝';
  $('verify-result').textContent = `${first}；${second}。`;
}

function tick() {
  // Shift to Shanghai by hand: the page may be open anywhere.
  const now = new Date(Date.now() + offset + 8 * 3600 * 1000);
  const time = now.toISOString().slice(11, 19);
  $('clock-time').textContent = time;
  $('status-time').textContent = time.slice(0, 5);
  $('clock-date').textContent = `${now.toISOString().slice(0, 10)} 星期${DAYS[now.getUTCDay()]}`;
}
