// Profiles: a flame graph of a time range, and the difference of two.
import { api, every, flat, fromHash, h, message, onLeave, options, own, plural, query, svg, toHash } from '/js/dom.js';
import { FlameView, format } from '/js/flame.js';

const REFRESH_MS = 5000;
const PREFERRED = ['process_cpu:cpu:', 'process_cpu:', 'memory:alloc_space:', 'goroutine:'];
/** @type {Record<string, number>} */
const MINUTES = { '5m': 5, '15m': 15, '1h': 60, '6h': 360, '24h': 1440 };
/** @type {[string, string][]} */
const RANGES = [['5m', '5 min'], ['15m', '15 min'], ['1h', '1 hour'], ['6h', '6 h'], ['24h', '24 h']];
/** @type {[string, string][]} */
const BASES = [['', 'nothing'], ['before', 'the time just before'], ['1h', 'the same an hour earlier'], ['custom', 'a range of my own…']];

/** @param {HTMLElement} main */
export function show(main) {
  const start = fromHash();
  /** @type {{ service?: string, type?: string, anyType?: boolean }} */
  let wanted = { service: start.service, type: start.type };
  let pushing = false;
  let odd = oddities(start);
  let run = 0;
  const service = h('select', { id: 'service', disabled: true });
  const type = h('select', { id: 'type', disabled: true });
  const ranges = RANGES.map(([value, text]) => h('label', {},
    h('input', { type: 'radio', name: 'range', value, checked: value === (start.range || '15m') }), h('span', {}, text)));
  const base = h('select', { id: 'base' }, BASES.map(([value, text]) => h('option', { value }, text)));
  base.value = BASES.find(([v]) => v === start.base)?.[0] ?? '';
  const from = h('input', { id: 'base-from', type: 'datetime-local', step: 1, value: start.base_from || local(Date.now() - 30 * 60e3) });
  const until = h('input', { id: 'base-until', type: 'datetime-local', step: 1, value: start.base_until || local(Date.now() - 15 * 60e3) });
  const custom = h('span', { class: 'custom' }, h('label', {}, 'from ', from), h('label', {}, 'to ', until));
  const auto = h('input', { id: 'auto', type: 'checkbox', checked: true });
  const notice = h('p', { id: 'notice', class: 'notice', role: 'status' }, 'Loading…');
  const timeline = h('figure', { class: 'card timeline', hidden: true });
  const view = new FlameView('Flame graph', () => { if (!result.hidden) remember(); });
  const result = h('div', { id: 'result', hidden: true }, timeline, legend(), view.root);
  const memory = h('p', { class: 'note', hidden: true }, 'From memory: the last profiles only, gone when Stoker stops. A stoker.store keeps hours of them on disk.');
  main.append(h('h1', { class: 'sr' }, 'Profiles'),
    h('form', { id: 'controls', class: 'bar', 'aria-label': 'What to show', onsubmit: (e) => e.preventDefault(), onchange: chosen },
      h('label', {}, 'Service ', service), h('label', {}, 'Profile type ', type),
      h('fieldset', {}, h('legend', {}, 'Time range'), ranges),
      h('label', {}, 'Compare with ', base), custom,
      h('label', { class: 'toggle' }, auto, ' Auto-refresh')),
    memory, notice, result);

  const range = () => /** @type {HTMLInputElement | null} */ (main.querySelector('input[name=range]:checked'))?.value || '15m';

  /** Shows words in place of the picture; '' = shows the picture. @param {Child} words */
  function say(words) {
    notice.replaceChildren(...flat([words]));
    notice.hidden = !words;
    result.hidden = Boolean(words);
  }

  function remember() {
    const compared = base.value === 'custom' ? { base_from: from.value, base_until: until.value } : {};
    toHash({ service: service.value, type: type.value, range: range(), base: base.value, ...compared, ...view.look }, pushing);
    pushing = false;
  }

  /** The address names a service of which there is no profile. @param {string} name @param {string[]} services @param {number} mine */
  async function missing(name, services, mine) {
    fill(service, [{ value: name, text: name + ' (no profiles)' }, ...services.map((s) => ({ value: s, text: s }))], name);
    options(type, []);
    type.disabled = true;
    const q = 'service_name="' + name + '"';
    /** @type {TargetAnswer} */
    const { matched, items } = await api('targets/search', { q, limit: 1000 });
    if (mine !== run) return;
    if (matched === 0) {
      say('There is no profile of “' + name + '”, and no target has this service_name.\nChoose another service.');
      return;
    }
    /** @type {Map<string, number>} */
    const states = new Map();
    for (const item of items) states.set(item.state, (states.get(item.state) || 0) + 1);
    const failing = items.find((item) => item.last_error);
    say(['There is no profile of “' + name + '”. ', h('a', { href: '/targets#' + query({ q }) }, 'Its targets'), ': ' +
      [...states].map(([state, n]) => n + ' ' + (state === 'unknown' ? 'not yet scraped' : state)).join(', ') + '.' +
      (failing ? '\n' + failing.url + ': ' + failing.last_error : '')]);
  }

  async function refresh() {
    const mine = ++run;
    custom.hidden = base.value !== 'custom';
    if (odd) {
      say(odd);
      return;
    }
    try {
      await look(mine);
    } catch (failed) {
      if (mine === run) {
        say('Cannot load profiles: ' + message(failed) + '\n' + (auto.checked ? 'This page tries again every 5 s.' : 'Switch auto-refresh on, or reload the page.'));
      }
    }
  }

  /** Asks for what is chosen and shows it, unless something else was chosen meanwhile. @param {number} mine */
  async function look(mine) {
    /** @type {{ services: string[], lasting: boolean }} */
    const answer = await api('profiles/services');
    if (mine !== run) return;
    memory.hidden = answer.lasting;
    const named = wanted.service || service.value;
    if (named && !answer.services.includes(named)) {
      await missing(named, answer.services, mine);
      return;
    }
    fill(service, answer.services.map((s) => ({ value: s, text: s })), wanted.service);
    if (answer.services.length === 0) {
      say('No profiles yet.\nThe first one comes within one scrape interval of the start (5 s in the quickstart). This page looks again every 5 s; Targets says how the scrapes are.');
      return;
    }
    /** @type {{ types: TypeItem[] }} */
    const { types } = await api('profiles/types', { service: service.value });
    if (mine === run && chooseType(types)) await drawChosen(mine);
  }

  /** Fills the list of types; false = there is nothing to draw, and the page says why. @param {TypeItem[]} types */
  function chooseType(types) {
    const choice = wanted.type || type.value;
    const items = types.map((t) => ({ value: t.id, text: t.name + ' · ' + t.sample_type + (t.sample_unit ? ' (' + t.sample_unit + ')' : '') }));
    const known = types.some((t) => t.id === choice);
    if (choice && !known && !wanted.anyType) {
      fill(type, [{ value: choice, text: choice + ' (no profiles)' }, ...items], choice);
      say('There is no profile of “' + service.value + '” of the type “' + choice + '”.\nChoose another type' +
        (types.length ? '' : ' or another service') + '.');
      return false;
    }
    fill(type, items, known ? choice : preferred(types));
    if (types.length === 0) {
      say('No profile of ' + service.value + ' could be read.');
      return false;
    }
    wanted = {};
    remember();
    return true;
  }

  /** @param {number} mine */
  async function drawChosen(mine) {
    const asked = { service: service.value, type: type.value, from: 'now-' + range(), until: 'now' };
    if (base.value) {
      const diff = await api('profiles/diff', { ...asked, ...baseRange() });
      if (mine === run) await drawDiff(diff);
    } else {
      const graph = await api('profiles/flamegraph', asked);
      if (mine === run) await draw(graph);
    }
  }

  function baseRange() {
    if (base.value === 'custom') {
      return { base_from: Date.parse(from.value) || 0, base_until: Date.parse(until.value) || 0 };
    }
    const minutes = MINUTES[range()];
    return base.value === '1h' ? { base_from: 'now-' + (minutes + 60) + 'm', base_until: 'now-60m' }
      : { base_from: 'now-' + 2 * minutes + 'm', base_until: 'now-' + minutes + 'm' };
  }

  /** @param {GraphAnswer} graph */
  async function draw(graph) {
    const total = graph.flamegraph.value;
    if (total === 0) {
      say(graph.profiles === 0
        ? 'No profile of this type in the last ' + range() + '.\nChoose a longer time range or another type.'
        : 'The ' + plural(graph.profiles, 'profile') + ' of the last ' + range() + ' hold no samples of this type: nothing happened.\nChoose another type, or wait for the next scrape.');
      return;
    }
    say('');
    result.classList.remove('diff');
    drawTimeline(graph);
    await view.show(graph, format(total, graph.unit) + (graph.aggregation === 'mean' ? ' on average' : ' in total') +
      ' · ' + plural(graph.profiles, 'profile') + (graph.skipped ? ' · ' + graph.skipped + ' unreadable' : '') + (graph.truncated ? ' · newest only' : ''));
  }

  /** @param {DiffAnswer} diff */
  async function drawDiff(diff) {
    timeline.hidden = true;
    const { before, after } = diff.flamegraph;
    if (diff.base.profiles === 0 || diff.comparison.profiles === 0) {
      say((diff.base.profiles === 0 ? 'There is no profile in the range to compare with.' : 'There is no profile in the range.') +
        '\nChoose another range; ' + (memory.hidden ? 'the store keeps only as long as its retention.' : 'without a store only the last profiles are there.'));
      return;
    }
    if (before + after === 0) {
      say('Neither range holds samples of this type.');
      return;
    }
    say('');
    result.classList.add('diff');
    const change = before === 0 ? '' : ' (' + (after >= before ? '+' : '−') + Math.abs(100 * (after - before) / before).toFixed(1) + '%)';
    await view.show({ ...diff, diff: true }, 'per profile: ' + format(before, diff.unit) + ' → ' + format(after, diff.unit) + change +
      ' · ' + diff.base.profiles + ' and ' + plural(diff.comparison.profiles, 'profile'));
  }

  /** @param {GraphAnswer} graph */
  function drawTimeline(graph) {
    const most = Math.max(...graph.totals);
    timeline.hidden = graph.profiles < 2;
    const step = (graph.until - graph.from) / graph.totals.length;
    /** @param {number} ms */
    const clock = (ms) => new Date(ms).toLocaleTimeString();
    timeline.replaceChildren(
      svg('svg', { viewBox: '0 0 ' + graph.totals.length * 10 + ' 40', preserveAspectRatio: 'none', role: 'img',
        'aria-label': 'Totals over time, at most ' + format(most, graph.unit) + ' in ' + Math.round(step / 1000) + ' s' },
      graph.totals.map((value, i) => svg('rect', { x: i * 10 + 1, width: 8, y: 40 - 40 * value / most, height: 40 * value / most },
        svg('title', {}, clock(graph.from + i * step) + ': ' + format(value, graph.unit))))),
      h('figcaption', { class: 'muted' }, h('span', {}, clock(graph.from)), h('span', {}, 'totals by time of scrape'), h('span', {}, clock(graph.until))));
  }

  /** @param {Event} event */
  function chosen(event) {
    view.resetZoom();
    wanted = { service: service.value, type: type.value, anyType: event.target === service };
    odd = '';
    pushing = event.target !== auto;
    refresh();
  }

  view.lookAs(start);
  onLeave(() => { run++; });
  every(REFRESH_MS, () => { if (auto.checked && !view.busy) refresh(); });
  refresh();
}

/** What the address asks for and nobody can show; "" = nothing. @param {Record<string, string | undefined>} start */
export function oddities(start) {
  if (start.range && !own(MINUTES, start.range)) {
    return 'The time range “' + start.range + '” is not known.\nChoose ' + RANGES.map(([, text]) => text).join(', ') + '.';
  }
  if (start.root && start.root !== 'bottom') {
    return 'A graph with “root=' + start.root + '” is not known.\nWrite root=bottom, or leave it out.';
  }
  return start.base && !BASES.some(([value]) => value === start.base)
    ? 'There is no comparison with “' + start.base + '”.\nChoose one of the list.' : '';
}

function legend() {
  return h('p', { class: 'legend' }, h('span', { class: 'more' }, 'red: more than before'), h('span', { class: 'less' }, 'green: less'),
    h('span', { class: 'muted' }, 'A frame is as wide as both together, so that one that is gone is still seen.'));
}

/** @param {HTMLSelectElement} select @param {Choice[]} items @param {string} [wanted] */
function fill(select, items, wanted) {
  options(select, items);
  if (wanted !== undefined && items.some((i) => i.value === wanted)) select.value = wanted;
  select.disabled = items.length === 0;
}

/** The type that is shown first. @param {TypeItem[]} types */
export function preferred(types) {
  for (const prefix of PREFERRED) {
    const found = types.find((t) => t.id.startsWith(prefix));
    if (found) return found.id;
  }
  return types.length ? types[0].id : '';
}

/** As datetime-local wants it: local time without a zone. @param {number} ms */
export const local = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60e3).toISOString().slice(0, 19);
