// Elements, requests, and how values are written. Text goes in as text nodes only: labels, errors and URLs come
// from strangers, so nothing on these pages is ever parsed as HTML.

/** An element: h('button', { type: 'button', onclick: f }, 'text', child, …); null children are left out. */
export function h(tag, attributes, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/** The same in SVG. */
export function svg(tag, attributes, ...children) {
  return build(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' && 'value' in element) element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ''));
  return element;
}

/** A JSON answer; failures throw an Error with the server's own words. */
export async function api(path, params) {
  const query = params ? '?' + new URLSearchParams(Object.entries(params).filter(([, v]) => v !== '' && v !== undefined)) : '';
  return answer(await fetch('/api/v1/' + path + query));
}

export async function post(path, body, signal) {
  return answer(await fetch('/api/v1/' + path, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal,
  }));
}

let asked;

/** Whether this browser may change something or cost work: { changes, reason }; asked once. */
export const access = () => (asked ||= api('access').catch(() => ({ changes: true, reason: null })));

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error || 'stoker answered ' + response.status);
  return body;
}

export const count = (n) => Number(n).toLocaleString('en-US');
export const plural = (n, one, many) => count(n) + ' ' + (n === 1 ? one : many || one + 's');

export function bytes(n) {
  const steps = [[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']];
  const step = steps.find((s) => n >= s[0]);
  return step ? (n / step[0]).toPrecision(3) + ' ' + step[1] : count(n) + ' B';
}

export function duration(ms) {
  if (ms < 1000) return Math.round(ms) + ' ms';
  if (ms < 60e3) return (ms / 1000).toFixed(1) + ' s';
  if (ms < 3.6e6) return Math.floor(ms / 60e3) + ' min ' + Math.round(ms % 60e3 / 1000) + ' s';
  return (ms / 3.6e6).toFixed(1) + ' h';
}

/** "12 s ago", "in 3 s", with the full time as a tooltip. */
export function when(time) {
  if (!time) return h('span', { class: 'muted' }, '–');
  const ms = Date.parse(time) - Date.now();
  const text = Math.abs(ms) < 1000 ? 'now' : ms < 0 ? duration(-ms) + ' ago' : 'in ' + duration(ms);
  return h('time', { datetime: time, title: time }, text.replace(/\.\d s/, ' s'));
}

/** A select that keeps its choice when its options change. */
export function options(select, items) {
  const keep = select.value;
  const fresh = items.map((i) => i.value + '\n' + i.text).join('\n\n');
  if (select.dataset.known === fresh) return;
  select.dataset.known = fresh;
  select.replaceChildren(...items.map((i) => new Option(i.text, i.value)));
  if (items.some((i) => i.value === keep)) select.value = keep;
}

/** Labels as a table; with another set before it, what has changed is marked. */
export function labelTable(labels, before, caption) {
  const names = [...new Set([...Object.keys(before || {}), ...Object.keys(labels)])].sort();
  if (names.length === 0) return h('p', { class: 'muted' }, 'no labels');
  return h('table', { class: 'labels' }, caption ? h('caption', {}, caption) : null, h('tbody', {}, names.map((name) => {
    const was = before ? before[name] : labels[name];
    const is = labels[name];
    const change = is === undefined ? 'gone' : was === undefined ? 'added' : was !== is ? 'changed' : '';
    return h('tr', { class: change },
      h('th', { scope: 'row' }, name, change ? h('span', { class: 'sr' }, ' (' + change + ')') : null),
      h('td', {}, change === 'changed' ? [h('del', {}, was), ' → ', h('ins', {}, is)]
        : change === 'gone' ? h('del', {}, was) : change === 'added' ? h('ins', {}, is) : is));
  })));
}

export const badge = (state) => h('span', { class: 'badge ' + state }, state);

/** Buttons of which one is chosen: [{ value, text, count }]. */
export function chips(label, chosen) {
  const box = h('div', { class: 'chips', role: 'group', 'aria-label': label });
  let value = '';
  return {
    box,
    get value() { return value; },
    set value(v) { value = v; },
    show(items) {
      if (box.children.length !== items.length) {
        box.replaceChildren(...items.map((item) => h('button', {
          type: 'button', 'data-value': item.value,
          onclick: () => { value = item.value; chosen(); },
        })));
      }
      items.forEach((item, i) => {
        const button = box.children[i];
        button.className = item.value;
        button.replaceChildren(item.text + ' ', h('b', {}, count(item.count)));
        button.setAttribute('aria-pressed', String(item.value === value));
      });
    },
  };
}

const atLeaving = [];

/** What has to end when another view takes the place of this one. */
export const onLeave = (step) => { atLeaving.push(step); };
export const leave = () => { for (const step of atLeaving.splice(0)) step(); };

/** Runs a step again and again until the view is left; not while the page is hidden. */
export function every(ms, step) {
  const timer = setInterval(() => { if (!document.hidden) step(); }, ms);
  onLeave(() => clearInterval(timer));
}

/** Somebody has marked text in here, which drawing it again would take away. */
export function selected(box) {
  const selection = getSelection();
  return !selection.isCollapsed && selection.rangeCount > 0 && selection.getRangeAt(0).intersectsNode(box);
}

/** Calls the last of a quick row only. */
export function settled(ms, step) {
  let timer;
  onLeave(() => clearTimeout(timer));
  return () => { clearTimeout(timer); timer = setTimeout(step, ms); };
}

/** What the address says behind #, and the way back: a reload shows the same. */
export const fromHash = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

/** @param chosen true = by the user, who gets back by Back */
export function toHash(values, chosen) {
  const kept = Object.entries(values).filter(([, v]) => v !== '' && v !== undefined && v !== null);
  const hash = kept.length ? '#' + new URLSearchParams(kept) : '';
  if (hash === location.hash) return;
  history[chosen ? 'pushState' : 'replaceState'](null, '', hash || location.pathname);
}

/** Pages of a long list. */
export function pager(size, changed, start) {
  let offset = Math.max(0, Math.floor(Number(start)) || 0);
  const text = h('span', { role: 'status' });
  const step = (by) => () => { offset = Math.max(0, offset + by); changed(); };
  const back = h('button', { type: 'button', onclick: step(-size) }, '‹ Previous');
  const on = h('button', { type: 'button', onclick: step(size) }, 'Next ›');
  return {
    box: h('div', { class: 'pager' }, back, text, on),
    get offset() { return offset; },
    first() { offset = 0; },
    show(matched, shown) {
      text.textContent = shown === 0 ? 'none' : count(offset + 1) + '–' + count(offset + shown) + ' of ' + count(matched);
      back.disabled = offset === 0;
      on.disabled = offset + shown >= matched;
    },
  };
}
