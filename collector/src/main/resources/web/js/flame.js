// A flame graph with its table of functions. Draws with d3-flame-graph, which is loaded when first needed.
import { h, message, own, selected } from '/js/dom.js';

const SCRIPTS = ['/vendor/d3-selection-3.0.0.min.js', '/vendor/d3-flamegraph-4.1.3.min.js'];
/** @type {Record<string, [number, string][]>} */
const UNITS = {
  nanoseconds: [[3.6e12, 'h'], [6e10, 'min'], [1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']],
  bytes: [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB'], [1, 'B']],
};
/** @type {Promise<void> | undefined} */
let library;

/** The drawing library, loaded once. @returns {Promise<void>} */
function loaded() {
  if (library) return library;
  document.head.append(h('link', { rel: 'stylesheet', href: '/vendor/d3-flamegraph-4.1.3.css' }));
  library = SCRIPTS.reduce((before, src) => before.then(() => new Promise((resolve, reject) => {
    const script = h('script', { src });
    script.onload = () => resolve();
    script.onerror = () => reject(new Error('cannot load ' + src));
    document.head.append(script);
  })), Promise.resolve());
  return library;
}

/** @param {number} value @param {string} unit @returns {string} */
export function format(value, unit) {
  if (value === 0) return '0';
  if (value < 0) return '−' + format(-value, unit);
  const steps = own(UNITS, unit);
  if (!steps) return Math.round(value).toLocaleString('en-US');
  const step = steps.find((s) => value >= s[0]) || steps[steps.length - 1];
  const scaled = value / step[0];
  return (scaled >= 100 || step[0] === 1 ? scaled.toFixed(0) : scaled.toPrecision(3)) + ' ' + step[1];
}

/** @param {number} value @param {number} total */
export const percent = (value, total) => total === 0 ? '0%' : (100 * value / total).toFixed(value === total ? 0 : 1) + '%';

/** One hue per package, so that an eye finds its own code; all light enough for dark text. @param {string} name */
export function color(name) {
  if (name === 'other' || name === 'total') return '#cbc5be';
  const path = name.split('(')[0];
  const owner = path.split(/[./]/).slice(0, -1).slice(0, 3).join('.') || path;
  let hash = 0;
  for (let i = 0; i < owner.length; i++) hash = (hash * 31 + owner.charCodeAt(i)) % 9973;
  return 'hsl(' + (10 + hash % 48) + ' ' + (68 + hash % 24) + '% ' + (62 + hash % 13) + '%)';
}

/** Red = takes more than before, green = less, grey = the same; the paler the closer. @param {Pick<Frame, 'before' | 'after'>} data */
export function diffColor(data) {
  const before = data.before || 0;
  const after = data.after || 0;
  const most = Math.max(before, after);
  const change = most === 0 ? 0 : (after - before) / most;
  const strength = Math.min(1, Math.abs(change) * 1.4);
  if (strength < 0.03) return '#d6d1cb';
  return change > 0 ? 'hsl(4 ' + (45 + 35 * strength) + '% ' + (88 - 24 * strength) + '%)'
    : 'hsl(135 ' + (30 + 20 * strength) + '% ' + (86 - 26 * strength) + '%)';
}

/**
 * What a search looks for: a regular expression, in capitals or not.
 * @param {string} term @returns {{ pattern?: RegExp, problem?: string }} neither = nothing is looked for
 */
export function searched(term) {
  if (!term) return {};
  try {
    return { pattern: new RegExp(term, 'i') };
  } catch (bad) {
    return { problem: message(bad) };
  }
}

/** The search that finds this function only. @param {string} name */
export const exactly = (name) => '^' + name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') + '$';

/**
 * The rows of the table: those that a search finds, and all when it finds nothing but one row's function, which was picked there.
 * @template {{ name: string }} T
 * @param {T[]} rows @param {string} term
 */
export function filtered(rows, term) {
  const { pattern } = searched(term);
  return !pattern || rows.some((f) => exactly(f.name) === term) ? rows : rows.filter((f) => pattern.test(f.name));
}

/** One flame graph; made once, shown again with other data. */
export class FlameView {
  #ui;
  /** @type {FlameChart | null} */
  #chart = null;
  /** @type {LaidOut | null} */
  #zoomed = null;
  /** @type {Flames | null} */
  #data = null;
  /** @type {'self' | 'total' | 'before' | 'after' | 'change'} */
  #sort = 'self';
  #width = 0;
  #looked;

  /** @param {string} title @param {() => void} [looked] after a search was typed or the graph was turned round */
  constructor(title, looked = () => {}) {
    this.#looked = looked;
    this.#ui = {
      summary: h('span', { id: 'summary', class: 'muted' }),
      search: h('input', { id: 'search', type: 'search', placeholder: 'Find functions (regex)', 'aria-label': 'Find functions by a regular expression', maxlength: 1000, oninput: () => this.#searchFor() }),
      turn: h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => { this.#turn(!this.#upward); this.#looked(); } }, 'Root at the bottom'),
      reset: h('button', { type: 'button', disabled: true, onclick: () => this.resetZoom() }, 'Reset zoom'),
      details: h('p', { id: 'details', class: 'muted', 'aria-live': 'polite' }),
      flame: h('div', { id: 'flame', tabindex: 0, role: 'application', 'aria-describedby': 'details',
        onkeydown: (event) => this.#key(event) }),
      head: h('tr'),
      top: h('tbody', { id: 'top', onclick: (event) => this.#pick(event) }),
    };
    this.root = h('div', { class: 'flame-view' },
      h('section', { class: 'card', 'aria-label': title },
        h('div', { class: 'card-head' }, h('h2', {}, title), this.#ui.summary, this.#ui.search, this.#ui.turn, this.#ui.reset),
        this.#ui.details, this.#ui.flame),
      h('section', { class: 'card', 'aria-label': 'Top functions' },
        h('div', { class: 'card-head' }, h('h2', {}, 'Top functions')),
        h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of functions' },
          h('table', { class: 'functions' }, h('thead', {}, this.#ui.head), this.#ui.top))));
    this.#turn(false);
    new ResizeObserver(() => {
      if (this.#data && Math.abs(this.#ui.flame.clientWidth - this.#width) > 2) this.#draw();
    }).observe(this.#ui.flame);
  }

  /** A user is in the middle of looking at something. */
  get busy() { return Boolean(this.#zoomed) || this.#ui.flame.contains(document.activeElement) || selected(this.root); }

  /** What the address is to carry. */
  get look() { return { search: this.#ui.search.value.trim(), root: this.#upward ? 'bottom' : '' }; }

  /** As an address has it. @param {Record<string, string | undefined>} look */
  lookAs({ search, root }) {
    this.#ui.search.value = search ?? '';
    this.#turn(root === 'bottom');
  }

  get #upward() { return this.#ui.turn.getAttribute('aria-pressed') === 'true'; }

  /** @param {boolean} upward callees above their callers, so that the keys go that way too */
  #turn(upward) {
    this.#ui.turn.setAttribute('aria-pressed', String(upward));
    this.#ui.flame.setAttribute('aria-label', 'Flame graph. Arrow ' + (upward ? 'up zooms into the largest callee, down' : 'down zooms into the largest callee, up') +
      ' to the caller, left and right to its neighbours, Escape to the whole.');
    this.#draw();
  }

  /**
   * @param {Flames} data with diff: true frames have before and after, functions too
   * @param {string} summary
   */
  async show(data, summary) {
    await loaded();
    this.#data = data;
    this.#sort = data.diff ? 'change' : this.#sort === 'change' ? 'self' : this.#sort;
    this.#ui.summary.textContent = summary;
    this.#draw();
    this.#drawTop();
  }

  /** @param {Flames} data @param {LaidOut} d */
  #label(data, d) {
    const total = data.flamegraph.value;
    const unit = data.unit;
    if (data.diff) {
      const by = (d.data.after || 0) - (d.data.before || 0);
      return d.data.name + ' · ' + format(d.data.before || 0, unit) + ' → ' + format(d.data.after || 0, unit) +
        ' (' + (by > 0 ? '+' : '') + format(by, unit) + ')';
    }
    return d.data.name + ' · ' + format(d.data.value, unit) + ' · ' + percent(d.data.value, total);
  }

  #draw() {
    const data = this.#data;
    if (!data) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const { flame, details } = this.#ui;
    flame.replaceChildren();
    this.#zoomedTo(null);
    this.#width = flame.clientWidth;
    if (this.#width === 0) return;
    this.#chart = flamegraph()
      .width(this.#width).cellHeight(20).minFrameSize(1).inverted(!this.#upward)
      .transitionDuration(calm ? 0 : 180)
      .sort((/** @type {LaidOut} */ a, /** @type {LaidOut} */ b) => b.data.value - a.data.value)
      .setColorMapper((/** @type {LaidOut & { highlight?: boolean }} */ d) => d.highlight ? '#c77dff' : data.diff ? diffColor(d.data) : color(d.data.name))
      .setLabelHandler((/** @type {LaidOut} */ d) => this.#label(data, d))
      .setDetailsElement(details)
      .setSearchMatch((/** @type {LaidOut} */ d, /** @type {string} */ term) => searched(term).pattern?.test(d.data.name) ?? false)
      .setSearchHandler((/** @type {LaidOut[]} */ found, /** @type {number} */ sum) => {
        details.textContent = found.length + (found.length === 1 ? ' frame matches · ' : ' frames match · ') +
          format(sum, data.unit) + ' · ' + percent(sum, data.flamegraph.value);
      })
      .onClick((/** @type {LaidOut} */ d) => this.#zoomedTo(d));
    d3.select(flame).datum(data.flamegraph).call(this.#chart);
    flame.querySelector('svg')?.setAttribute('aria-hidden', 'true');
    this.#search();
  }

  /** @param {LaidOut | null} node */
  #zoomedTo(node) {
    this.#zoomed = node && node.parent ? node : null;
    this.#ui.reset.disabled = !this.#zoomed;
  }

  resetZoom() {
    if (this.#zoomed) {
      this.#chart?.resetZoom();
      this.#zoomedTo(null);
      this.#search();
    }
  }

  #search() {
    const term = this.#ui.search.value.trim();
    const { problem } = searched(term);
    this.#ui.search.setAttribute('aria-invalid', String(Boolean(problem)));
    if (this.#chart && problem) {
      this.#chart.clear();
      this.#ui.details.textContent = 'Nothing is searched for: ' + problem + '. Write \\( for a bracket.';
    } else if (this.#chart && term) {
      this.#chart.search(term);
    } else if (this.#chart) {
      this.#chart.clear();
      this.#ui.details.textContent = 'Click a frame to zoom in; hover to see its share.';
    }
    for (const button of this.#ui.top.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(exactly(button.textContent ?? '') === term));
    }
  }

  #searchFor() {
    this.#search();
    this.#drawTop();
    this.#looked();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Escape' && this.#zoomed) {
      event.preventDefault();
      event.stopPropagation();
      this.resetZoom();
    } else if (this.#zoomByKey(event.key)) {
      event.preventDefault();
    }
  }

  /** Whether the key is one that walks. @param {string} key */
  #zoomByKey(key) {
    const data = this.#data;
    if (!this.#chart || !data) return false;
    /** @type {LaidOut} */
    const at = this.#zoomed || d3.select(this.#ui.flame).datum();
    const row = at.parent?.children ?? [at];
    /** @type {Record<string, LaidOut | null | undefined>} */
    const steps = {
      [this.#upward ? 'ArrowUp' : 'ArrowDown']: at.children?.[0],
      [this.#upward ? 'ArrowDown' : 'ArrowUp']: at.parent,
      ArrowLeft: row[row.indexOf(at) - 1],
      ArrowRight: row[row.indexOf(at) + 1],
    };
    const next = own(steps, key);
    if (next) {
      this.#chart.zoomTo(next);
      this.#zoomedTo(next);
      this.#ui.details.textContent = this.#label(data, next);
    }
    return Object.hasOwn(steps, key);
  }

  /** @param {Event} event */
  #pick(event) {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button) {
      const { search } = this.#ui;
      const only = exactly(button.textContent ?? '');
      search.value = search.value === only ? '' : only;
      this.#searchFor();
      for (const drawn of this.#ui.top.querySelectorAll('button')) {
        if (drawn.textContent === button.textContent) drawn.focus();
      }
    }
  }

  /**
   * Key, heading, text of a function, and its tooltip.
   * @param {Flames} data
   * @returns {['self' | 'total' | 'before' | 'after' | 'change', string, (f: TopFunction) => string, ((f: TopFunction) => string)?][]}
   */
  #columns({ unit, flamegraph: root, diff }) {
    /** @param {number} v */
    const signed = (v) => (v > 0 ? '+' : '') + format(v, unit);
    return diff
      ? [['before', 'Before', (f) => format(f.before, unit)], ['after', 'After', (f) => format(f.after, unit)],
        ['change', 'Change', (f) => signed(f.after - f.before)]]
      : [['self', 'Self', (f) => format(f.self, unit), (f) => percent(f.self, root.value)],
        ['total', 'Total', (f) => format(f.total, unit), (f) => percent(f.total, root.value)]];
  }

  #drawTop() {
    const data = this.#data;
    if (!data) return;
    const columns = this.#columns(data);
    const sort = this.#sort;
    /** @param {TopFunction} f */
    const weight = (f) => sort === 'change' ? Math.abs(f.after - f.before) : f[sort];
    const term = this.#ui.search.value.trim();
    const rows = [...filtered(data.top, term)].sort((a, b) => weight(b) - weight(a));
    this.#ui.head.replaceChildren(h('th', { scope: 'col' }, 'Function'), ...columns.map(([key, text]) =>
      h('th', { scope: 'col', 'aria-sort': key === this.#sort ? 'descending' : null },
        h('button', { type: 'button', onclick: () => { this.#sort = key; this.#drawTop(); } }, text))));
    const none = rows.length || !data.top.length ? [] : [h('tr', {}, h('td', { colspan: columns.length + 1 },
      'None of the ' + data.top.length + ' functions of this table is found.'))];
    this.#ui.top.replaceChildren(...none, ...rows.map((f) => h('tr', {},
      h('td', {}, h('button', { type: 'button', title: f.name, 'aria-pressed': String(exactly(f.name) === term) }, h('bdi', { dir: 'ltr' }, f.name))),
      ...columns.map(([key, , text, title]) => h('td', {
        title: title ? title(f) : null,
        class: key === 'change' ? (f.after > f.before ? 'more' : f.after < f.before ? 'less' : null) : null,
      }, text(f))))));
  }
}
