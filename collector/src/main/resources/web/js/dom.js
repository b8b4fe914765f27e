// Elements, requests, and how values are written. Text goes in as text nodes only: labels, errors and URLs come
// from strangers, so nothing on these pages is ever parsed as HTML.

/** The element of page.html with this id. @param {string} id */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error('page.html has no #' + id);
  return found;
}

/**
 * An element: h('button', { type: 'button', onclick: f }, 'text', child, …); null children are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 */
export function h(tag, attributes, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/**
 * The same in SVG.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 */
export function svg(tag, attributes, ...children) {
  return build(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} made
 * @param {Attributes | undefined} attributes
 * @param {Child[]} children
 * @returns {E}
 */
function build(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name.replace(/^on/, ''), value);
    else if (name === 'value' && 'value' in made) made.value = value;
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...flat(children));
  return made;
}

/** What is there of these children, as texts and nodes. @param {Child[]} children @returns {(string | Node)[]} */
export function flat(children) {
  return children.flatMap((child) => Array.isArray(child) ? flat(child)
    : child === null || child === undefined || child === '' ? [] : [typeof child === 'number' ? String(child) : child]);
}

/** Parameters of an address; those without a value are left out. @param {Record<string, unknown>} values */
export const query = (values) => new URLSearchParams(Object.entries(values)
  .filter(([, v]) => v !== '' && v !== undefined && v !== null).map(([name, v]) => [name, String(v)])).toString();

/**
 * A JSON answer; failures throw an Error with the server's own words.
 * @param {string} path
 * @param {Record<string, unknown>} [params]
 */
export async function api(path, params) {
  return answer(await fetch('/api/v1/' + path + (params ? '?' + query(params) : '')));
}

/**
 * @param {string} path
 * @param {unknown} body is sent as JSON
 * @param {AbortSignal} [signal]
 */
export async function post(path, body, signal) {
  return answer(await fetch('/api/v1/' + path, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal,
  }));
}

/**
 * The value that this object has itself under a name that comes from a stranger: a label may be called "constructor".
 * @template T
 * @param {Record<string, T>} values
 * @param {string} name
 * @returns {T | undefined}
 */
export const own = (values, name) => Object.hasOwn(values, name) ? values[name] : undefined;

/** The words of what was thrown. @param {unknown} thrown */
export const message = (thrown) => thrown instanceof Error ? thrown.message : String(thrown);

/** @type {Promise<Access> | undefined} */
let asked;

/** Whether this browser may change something or cost work; asked once. @returns {Promise<Access>} */
export const access = () => (asked ||= api('access').catch(() => ({ changes: true, reason: null })));

/** @param {Response} response */
async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error || 'stoker answered ' + response.status);
  return body;
}

/** @param {number} n */
export const count = (n) => Number(n).toLocaleString('en-US');
/** @param {number} n @param {string} one @param {string} [many] */
export const plural = (n, one, many) => count(n) + ' ' + (n === 1 ? one : many || one + 's');

/** @param {number} n */
export function bytes(n) {
  /** @type {[number, string][]} */
  const steps = [[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']];
  const step = steps.find((s) => n >= s[0]);
  if (!step) return count(n) + ' B';
  const scaled = n / step[0];
  return (scaled >= 100 ? scaled.toFixed(0) : scaled.toPrecision(3)) + ' ' + step[1];
}

/** @param {number} ms */
export function duration(ms) {
  if (Math.round(ms) < 1000) return Math.round(ms) + ' ms';
  if (Math.round(ms / 100) < 600) return (ms / 1000).toFixed(1) + ' s';
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min ' + seconds % 60 + ' s';
  return (ms / 3.6e6).toFixed(1) + ' h';
}

/** "12 s ago", "in 3 s". @param {number} ms from now */
export function away(ms) {
  const text = Math.abs(ms) < 1000 ? 'now' : ms < 0 ? duration(-ms) + ' ago' : 'in ' + duration(ms);
  return text.replace(/\.\d s/, ' s');
}

/** How far away a time is, with the full time as a tooltip. @param {string | null | undefined} time */
export function when(time) {
  if (!time) return h('span', { class: 'muted' }, '–');
  return h('time', { datetime: time, title: time }, away(Date.parse(time) - Date.now()));
}

/** A select that keeps its choice when its options change. @param {HTMLSelectElement} select @param {Choice[]} items */
export function options(select, items) {
  const keep = select.value;
  const fresh = items.map((i) => i.value + '\n' + i.text).join('\n\n');
  if (select.dataset.known === fresh) return;
  select.dataset.known = fresh;
  select.replaceChildren(...items.map((i) => new Option(i.text, i.value)));
  if (items.some((i) => i.value === keep)) select.value = keep;
}

/**
 * What happened to one label.
 * @param {string | undefined} was
 * @param {string | undefined} is
 */
export const changeOf = (was, is) => is === undefined ? 'gone' : was === undefined ? 'added' : was !== is ? 'changed' : '';

/**
 * Labels as a table; with another set before it, what has changed is marked.
 * @param {Labels} labels
 * @param {Labels | null} [before]
 * @param {string} [caption]
 */
export function labelTable(labels, before, caption) {
  const names = [...new Set([...Object.keys(before || {}), ...Object.keys(labels)])].sort();
  if (names.length === 0) return h('p', { class: 'muted' }, 'no labels');
  return h('table', { class: 'labels' }, caption ? h('caption', {}, caption) : null, h('tbody', {}, names.map((name) => {
    const is = own(labels, name);
    const was = before ? own(before, name) : is;
    const change = changeOf(was, is);
    return h('tr', { class: change },
      h('th', { scope: 'row' }, name, change ? h('span', { class: 'sr' }, ' (' + change + ')') : null),
      h('td', {}, change === 'changed' ? [h('del', {}, was), ' → ', h('ins', {}, is)]
        : change === 'gone' ? h('del', {}, was) : change === 'added' ? h('ins', {}, is) : is));
  })));
}

/** @param {string} state */
export const badge = (state) => h('span', { class: 'badge ' + state }, state);

/** Buttons of which one is chosen. @param {string} label @param {() => void} chosen */
export function chips(label, chosen) {
  const box = h('div', { class: 'chips', role: 'group', 'aria-label': label });
  let value = '';
  return {
    box,
    get value() { return value; },
    set value(v) { value = v; },
    /** @param {Chip[]} items */
    show(items) {
      if (box.children.length !== items.length) {
        box.replaceChildren(...items.map((item) => h('button', {
          type: 'button', 'data-value': item.value,
          onclick: () => { value = item.value; chosen(); },
        })));
      }
      items.forEach((item, i) => {
        const button = /** @type {HTMLButtonElement} */ (box.children[i]);
        button.className = item.value;
        button.replaceChildren(item.text + ' ', h('b', {}, count(item.count)));
        button.setAttribute('aria-pressed', String(item.value === value));
      });
    },
  };
}

/** @type {(() => void)[]} */
const atLeaving = [];

/** What has to end when another view takes the place of this one. @param {() => void} step */
export const onLeave = (step) => { atLeaving.push(step); };
export const leave = () => { for (const step of atLeaving.splice(0)) step(); };

/** Runs a step again and again until the view is left; not while the page is hidden. @param {number} ms @param {() => void} step */
export function every(ms, step) {
  const timer = setInterval(() => { if (!document.hidden) step(); }, ms);
  onLeave(() => clearInterval(timer));
}

/** Somebody has marked text in here, which drawing it again would take away. @param {Node} box */
export function selected(box) {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && selection.rangeCount > 0 && selection.getRangeAt(0).intersectsNode(box);
}

/** Calls the last of a quick row only. @param {number} ms @param {() => void} step */
export function settled(ms, step) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  onLeave(() => clearTimeout(timer));
  return () => { clearTimeout(timer); timer = setTimeout(step, ms); };
}

/** What the address says behind #, and the way back: a reload shows the same. @returns {Record<string, string | undefined>} */
export const fromHash = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

/**
 * @param {Record<string, unknown>} values
 * @param {boolean} [chosen] true = by the user, who gets back by Back
 */
export function toHash(values, chosen) {
  const kept = query(values);
  const hash = kept ? '#' + kept : '';
  if (hash === location.hash) return;
  history[chosen ? 'pushState' : 'replaceState'](null, '', hash || location.pathname);
}

/** Pages of a long list. @param {number} size @param {() => void} changed @param {string} [start] the offset as the address has it */
export function pager(size, changed, start) {
  let offset = Math.max(0, Math.floor(Number(start)) || 0);
  const text = h('span', { role: 'status' });
  /** @param {number} by */
  const step = (by) => () => { offset = Math.max(0, offset + by); changed(); };
  const back = h('button', { type: 'button', onclick: step(-size) }, '‹ Previous');
  const on = h('button', { type: 'button', onclick: step(size) }, 'Next ›');
  return {
    box: h('div', { class: 'pager' }, back, text, on),
    get offset() { return offset; },
    first() { offset = 0; },
    /** @param {number} matched @param {number} shown */
    show(matched, shown) {
      text.textContent = shown === 0 ? 'none' : count(offset + 1) + '–' + count(offset + shown) + ' of ' + count(matched);
      back.disabled = offset === 0;
      on.disabled = offset + shown >= matched;
    },
  };
}
