// Small helpers: elements without markup strings, and calls to the page's own API.

/** Make an element; props that start with "on" are listeners, "class" and aria-/data- names are attributes. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined && value !== '') node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

/** The element with this id. */
export const $ = (id) => document.getElementById(id);

/** An icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

/** GET JSON; throws on any failure. */
export async function get(path, query = {}) {
  const response = await fetch(`/phone/api/${path}?${new URLSearchParams(query)}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** POST JSON, or bytes as they are; throws on any failure. */
export async function post(path, body, query = {}) {
  const isBytes = body instanceof Blob;
  const response = await fetch(`/phone/api/${path}?${new URLSearchParams(query)}`, {
    method: 'POST',
    body: isBytes ? body : JSON.stringify(body),
    headers: { 'Content-Type': isBytes ? 'application/octet-stream' : 'application/json' },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}
