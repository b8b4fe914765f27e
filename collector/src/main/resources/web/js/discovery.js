// Discovery: what became of every discovered target, and which rule decided.
import { api, badge, chips, every, fromHash, h, labelTable, message, options, own, pager, query, selected, settled, toHash } from '/js/dom.js';

const SIZE = 50;
const STATES = [['', 'All'], ['scraped', 'Scraped'], ['dropped', 'Dropped'], ['unused', 'Unused']];

/** @param {HTMLElement} main */
export function show(main) {
  const start = fromHash();
  let run = 0;
  let known = '';
  const pages = pager(SIZE, () => refresh(true), start.offset);
  const again = () => { pages.first(); refresh(true); };
  const states = chips('State', again);
  states.value = start.state || '';
  const source = h('select', { onchange: again });
  const search = h('input', { type: 'search', placeholder: 'Words, or name=value', 'aria-label': 'Search targets', value: start.q || '', oninput: settled(200, () => { pages.first(); refresh(); }) });
  const notice = h('p', { class: 'note', role: 'status', hidden: true });
  const list = h('div', { id: 'discovered', class: 'list' });
  main.append(h('div', { class: 'bar' }, h('h1', {}, 'Discovery'), states.box, h('label', {}, 'Source ', source), search), notice, list, pages.box);
  options(source, [{ value: '', text: 'all' }, ...(start.source ? [{ value: start.source, text: start.source }] : [])]);
  source.value = start.source || '';

  /** @param {boolean} [byUser] */
  async function refresh(byUser) {
    const mine = ++run;
    const params = { state: states.value, source: source.value, q: search.value.trim() };
    toHash({ ...params, offset: pages.offset || '' }, byUser);
    try {
      const answer = await api('discovery', { ...params, offset: pages.offset, limit: SIZE });
      if (mine === run) draw(answer);
    } catch (failed) {
      note('Cannot load discovered targets: ' + message(failed));
    }
  }

  /** @param {string} text */
  function note(text) {
    notice.textContent = text;
    notice.hidden = !text;
  }

  /** @param {DiscoveryAnswer} answer */
  function draw({ counts, sources, matched, items }) {
    const all = Object.values(counts).reduce((a, b) => a + b, 0);
    states.show(STATES.map(([value, text]) => ({ value, text, count: value ? own(counts, value) ?? 0 : all })));
    options(source, [{ value: '', text: 'all' }, ...Object.entries(sources).map(([s, n]) => ({ value: s, text: s + ' (' + n + ')' })),
      ...(source.value && !Object.hasOwn(sources, source.value) ? [{ value: source.value, text: source.value + ' (unknown)' }] : [])]);
    note(Object.keys(sources).length === 0 ? 'Nothing was discovered. Components shows whether each discovery works.'
      : source.value && !Object.hasOwn(sources, source.value) ? 'No source “' + source.value + '” has discovered anything.'
        : matched === 0 ? 'No target matches.' : '');
    pages.show(matched, items.length);
    const fresh = JSON.stringify(items);
    if (fresh !== known) {
      known = fresh;
      const cards = items.map(card);
      list.replaceChildren(...cards);
      if (cards.length === 1) cards[0].open = true;
    }
  }

  refresh();
  every(5000, () => { if (!list.querySelector('details[open]') && !selected(list)) refresh(); });
}

/** @param {DiscoveredItem} item */
function card(item) {
  const labels = item.discovered_labels;
  const name = labels.__address__ || labels.__meta_kubernetes_pod_name || Object.values(labels)[0] || '(no labels)';
  const deciding = item.steps.find((s) => s.dropped);
  const dropped = deciding?.dropped;
  const scraped = item.steps.filter((s) => s.loops.length);
  const said = item.state === 'scraped'
    ? scraped.map((s) => s.component + ': ' + s.loops.map((l) => l.profile_type).join(', ')).join('; ')
    : deciding && dropped ? deciding.component + ': ' + dropped.reason + ', ' + dropped.detail
      : 'no pyroscope.scrape takes it';
  const details = h('details', { class: 'item' }, h('summary', {}, state(item), h('span', { class: 'name' }, name), labels.service_name ? h('span', {}, labels.service_name) : null,
    h('span', { class: item.state === 'dropped' ? 'problem' : 'muted' }, said)));
  details.addEventListener('toggle', () => {
    if (details.open && !details.querySelector('.steps')) details.append(steps(item));
  });
  return details;
}

/** Scraped is what becomes of a target; whether that works is another thing. @param {DiscoveredItem} item */
function state(item) {
  const loops = item.steps.flatMap((s) => s.loops);
  if (item.state !== 'scraped') return badge(item.state);
  const worst = ['down', 'refused', 'busy', 'unknown'].find((health) => loops.some((l) => l.health === health));
  if (!worst) return h('span', { class: 'badge up' }, 'scraped');
  const n = loops.filter((l) => l.health === worst).length;
  const text = worst === 'unknown' ? 'not yet scraped' : worst;
  return [badge('scraped'), h('span', { class: 'badge ' + worst }, n === loops.length ? text : n + ' of ' + loops.length + ' ' + text)];
}

/** @param {DiscoveredItem} item */
function steps(item) {
  const first = h('li', {}, h('h3', {}, item.source), h('p', { class: 'muted' }, 'discovered with these labels'),
    labelTable(item.discovered_labels), lab({ labels: JSON.stringify(item.discovered_labels) }, 'Try these labels in the relabel lab'));
  return h('ol', { class: 'steps' }, first, item.steps.map((step) => h('li', {},
    h('h3', {}, step.component),
    step.dropped ? h('p', { class: 'problem' }, (step.after.length ? 'Dropped in part (' : 'Dropped (') + step.dropped.reason + '): ' + step.dropped.detail) : null,
    step.loops.length ? h('p', {}, 'Scraped for ', step.loops.map((loop) => [
      h('a', { href: '/targets#' + query({ q: loop.url }), title: loop.url }, loop.profile_type), ' ', badge(loop.health), ' ']),
      'with these labels on its profiles:') : null,
    step.after.length > 1 ? h('p', {}, 'Became ' + step.after.length + ' targets.') : null,
    !step.dropped && step.after.length === 0 && !step.loops.length ? h('p', { class: 'muted' }, 'Nothing came of it here.') : null,
    step.after.map((after) => labelTable(after, step.loops.length ? null : step.before)),
    step.component.includes('relabel') ? lab({ component: step.component, labels: JSON.stringify(step.before) }, 'Try in the relabel lab') : null)));
}

/** @param {Record<string, string>} params @param {string} text */
const lab = (params, text) => h('p', {}, h('a', { href: '/relabel#' + query(params) }, text));
