// Targets: how each loop is, what it last fetched, why not; "scrape now".
import { access, api, badge, bytes, chips, count, duration, every, fromHash, h, labelTable, message, options, own, pager, plural, post, query, selected, settled, toHash, when } from '/js/dom.js';
import { FlameView } from '/js/flame.js';

const SIZE = 100;
/** @type {[string, string, string?][]} */
const COLUMNS = [
  ['state', 'State'], ['url', 'Target'], ['type', 'Type'], ['component', 'Component'], ['last_scrape', 'Last scrape'],
  ['duration', 'Took', 'number'], ['size', 'Size', 'number'], ['next_scrape', 'Next', 'number'], ['failures', 'Failures', 'number'],
];
const STATES = [['', 'All'], ['down', 'Down'], ['refused', 'Refused'], ['busy', 'Busy'], ['unknown', 'Not yet scraped'], ['up', 'Up'], ['dropped', 'Dropped']];

/** @param {HTMLElement} main */
export function show(main) {
  const start = fromHash();
  /** @type {Set<string>} */
  const open = new Set();
  let sort = start.sort || 'state';
  let order = start.order || 'asc';
  let run = 0;

  const pages = pager(SIZE, () => refresh(true), start.offset);
  const again = () => { pages.first(); refresh(true); };
  const states = chips('State', again);
  states.value = start.state || '';
  const component = h('select', { id: 'component', onchange: again });
  const search = h('input', { type: 'search', placeholder: 'Words, or name=value', 'aria-label': 'Search targets', value: start.q || '', oninput: settled(200, () => { pages.first(); refresh(); }) });
  const notice = h('p', { class: 'note', role: 'status', hidden: true });
  const head = h('tr');
  const body = h('tbody', { id: 'targets' });
  const dialog = scrapeDialog();
  const shut = h('p', { class: 'note', hidden: true });
  /** @type {string | null} */
  let closed = null;
  main.append(
    h('div', { class: 'bar' }, h('h1', {}, 'Targets'), states.box,
      h('label', {}, 'Component ', component), search),
    notice, shut,
    h('div', { class: 'table-box', tabindex: 0, role: 'region', 'aria-label': 'Targets' },
      h('table', { class: 'grid' }, h('thead', {}, head), body)),
    pages.box, dialog.element);
  options(component, [{ value: '', text: 'all' }, ...(start.component ? [{ value: start.component, text: start.component }] : [])]);
  component.value = start.component || '';

  function drawHead() {
    head.replaceChildren(...COLUMNS.map(([key, text, kind]) => h('th', {
      scope: 'col', class: kind, 'aria-sort': key === sort ? (order === 'asc' ? 'ascending' : 'descending') : null,
    }, h('button', {
      type: 'button', onclick: () => {
        order = key === sort && order === 'asc' ? 'desc' : 'asc';
        sort = key;
        drawHead();
        again();
      },
    }, text))), h('th', { scope: 'col' }, h('span', { class: 'sr' }, 'Actions')));
  }

  /** @param {boolean} [byUser] */
  async function refresh(byUser) {
    const mine = ++run;
    const params = { state: states.value, component: component.value, q: search.value.trim(), sort, order };
    toHash({ ...params, sort: sort === 'state' ? '' : sort, order: order === 'asc' ? '' : order, offset: pages.offset || '' }, byUser);
    try {
      const answer = await api('targets/search', { ...params, offset: pages.offset, limit: SIZE });
      if (mine === run) draw(answer);
    } catch (failed) {
      note('Cannot load targets: ' + message(failed));
    }
  }

  /** @param {string} text */
  function note(text) {
    notice.textContent = text;
    notice.hidden = !text;
  }

  /** @param {TargetAnswer} answer */
  function draw({ counts, components, matched, items }) {
    const all = Object.values(counts).reduce((a, b) => a + b, 0);
    states.show(STATES.map(([value, text]) => ({ value, text, count: value ? own(counts, value) ?? 0 : all })));
    options(component, [{ value: '', text: 'all' }, ...Object.keys(components).map((c) => ({ value: c, text: c })),
      ...(component.value && !Object.hasOwn(components, component.value) ? [{ value: component.value, text: component.value + ' (unknown)' }] : [])]);
    const none = Object.keys(components).length === 0;
    note(none ? 'No target was discovered. Components shows whether each discovery works; a pyroscope.scrape needs targets = [ … ].'
      : component.value && !Object.hasOwn(components, component.value) ? 'No component “' + component.value + '” has targets.'
        : matched === 0 ? 'No target matches.' : '');
    const focused = document.activeElement?.closest('tr')?.dataset.key;
    const action = document.activeElement?.getAttribute('data-action');
    body.replaceChildren(...items.flatMap(rows));
    if (focused) {
      const same = 'tr[data-key="' + CSS.escape(focused) + '"] [data-action="' + action + '"]';
      /** @type {HTMLElement | null} */ (body.querySelector(same))?.focus();
    }
    pages.show(matched, items.length);
  }

  /** @param {TargetItem} item */
  function rows(item) {
    const key = [item.state === 'dropped' ? 'd' : 'a', item.component, item.profile_type, item.state !== 'dropped' && shown(item) || JSON.stringify(item.discovered_labels)].join(' ');
    const loop = item.state === 'dropped' ? null : item;
    const name = loop ? shown(loop) : nameOf(item.discovered_labels);
    const problem = item.state === 'dropped' ? item.reason + ': ' + item.detail : item.last_error;
    const details = h('tr', { class: 'details', hidden: !open.has(key) }, h('td', { colspan: COLUMNS.length + 1 }));
    const fill = () => { if (!details.cells[0].hasChildNodes()) details.cells[0].append(more(item)); };
    if (open.has(key)) fill();
    const toggle = h('button', {
      type: 'button', class: 'link', 'data-action': 'toggle', 'aria-expanded': String(open.has(key)),
      onclick: () => {
        if (!open.delete(key)) open.add(key);
        fill();
        details.hidden = !open.has(key);
        toggle.setAttribute('aria-expanded', String(open.has(key)));
      },
    }, name);
    const service = (item.labels || item.discovered_labels).service_name;
    const row = h('tr', { 'data-key': key },
      h('td', {}, badge(item.state)),
      h('td', { class: 'wide' }, toggle, service ? h('span', { class: 'muted' }, service + (loop?.also_pushed ? ' · also pushed' : '')) : null,
        problem ? h('span', { class: 'problem', title: problem }, problem) : null),
      h('td', {}, item.profile_type || '–'), h('td', { class: 'muted' }, item.component),
      ...(loop ? [
        h('td', {}, when(loop.last_scrape)),
        h('td', { class: 'number' }, loop.last_scrape ? duration(loop.last_duration_ms) : '–'),
        h('td', { class: 'number' }, loop.last_bytes ? bytes(loop.last_bytes) : '–'),
        h('td', { class: 'number' }, when(loop.next_scrape)),
        h('td', { class: 'number' }, count(loop.failures))] : Array.from({ length: 5 }, () => h('td'))),
      h('td', {}, loop
        ? h('button', { type: 'button', 'data-action': 'scrape', 'aria-label': 'Scrape now ' + loop.profile_type + ' of ' + name, disabled: closed !== null, title: closed, onclick: () => dialog.scrape(loop) }, 'Scrape now')
        : h('a', { href: '/discovery#' + query(item.discovered_labels.__address__ ? { q: '__address__="' + name + '"' } : { state: 'dropped' }), 'data-action': 'why', 'aria-label': 'Steps of ' + name }, 'Steps')));
    return [row, details];
  }

  drawHead();
  refresh();
  access().then(({ changes, reason }) => {
    if (changes) return;
    closed = reason;
    shut.textContent = '“Scrape now” is closed: ' + reason;
    shut.hidden = false;
    refresh();
  });
  every(5000, () => { if (!dialog.element.open && !selected(body)) refresh(); });
}

/** What a loop is called. @param {LoopItem} item */
const shown = (item) => item.socket ? item.url + ' over ' + item.socket : item.url;

/** What a target that became no loop is called. @param {Labels} labels */
export const nameOf = (labels) => labels.__address__ || labels.__scrape_unix_socket__ || labels.__meta_kubernetes_pod_name || '(no __address__)';

/** @param {TargetItem} item */
function more(item) {
  if (item.state === 'dropped') {
    return h('div', { class: 'columns' }, h('div', {}, h('h3', {}, 'Why'), h('p', { class: 'pre' }, item.reason + ': ' + item.detail)),
      h('div', {}, h('h3', {}, 'Discovered labels'), labelTable(item.discovered_labels)));
  }
  const links = query({ service: item.labels.service_name });
  return h('div', { class: 'columns' },
    h('div', {}, h('h3', {}, 'Loop'),
      item.last_error ? h('p', { class: 'pre problem' }, item.last_error) : null,
      h('dl', {},
        h('dt', {}, 'Interval'), h('dd', {}, duration(item.interval_ms)),
        h('dt', {}, 'Scrapes'), h('dd', {}, count(item.scrapes) + ', ' + plural(item.failures, 'failure') + ', ' + count(item.skipped) + ' skipped'),
        h('dt', {}, 'URL'), h('dd', {}, item.url),
        ...(item.socket ? [h('dt', {}, 'Unix socket'), h('dd', {}, item.socket)] : []),
        ...(item.also_pushed ? [h('dt', {}, 'Also pushed'), h('dd', {}, 'Its service pushes this profile through Stoker too' + (item.detail?.paused ? '.' : ', so it arrives twice. when_pushed = skip leaves the scrapes out.'))] : []),
        ...notes(item.detail)),
      h('p', {}, h('a', { href: '/#' + links }, 'Profiles of this service'))),
    h('div', {}, h('h3', {}, 'Labels of its profiles'), labelTable(item.labels)),
    h('div', {}, h('h3', {}, 'Labels before the scrape'), labelTable(item.discovered_labels)));
}

/** What a user should know beside the health: the keys of `detail` that are there. @param {LoopItem['detail']} detail */
function notes(detail) {
  const words = { refused_by: 'Refused by', period: 'Sampling period', paused: 'Paused', mended: 'Mended before sending' };
  return Object.entries(words).flatMap(([key, word]) => detail?.[key]
    ? [h('dt', {}, word), h('dd', {}, [detail[key]].flat().join(', '))] : []);
}

/** Fetches once and shows what came. */
function scrapeDialog() {
  /** @type {AbortController | null} */
  let stop = null;
  const title = h('h2', { id: 'scrape-title' });
  const status = h('p', { role: 'status' });
  const type = h('select', { 'aria-label': 'Sample type', hidden: true });
  const close = h('button', { type: 'button', onclick: () => element.close() }, 'Close');
  const place = h('div');
  const element = h('dialog', { 'aria-labelledby': 'scrape-title', onclose: () => stop?.abort() },
    h('div', { class: 'card-head' }, title, type, close), status, place);

  /** @param {LoopItem} item */
  async function scrape(item) {
    stop = new AbortController();
    const mine = stop;
    title.textContent = item.profile_type + ' of ' + shown(item);
    type.hidden = true;
    place.replaceChildren();
    status.className = '';
    const seconds = /[?&]seconds=(\d+)/.exec(item.url);
    status.textContent = 'Fetching…' + (seconds ? ' The target profiles for ' + seconds[1] + ' s, after any CPU profile that runs now.' : '');
    element.showModal();
    try {
      const answer = await post('targets/scrape', { component: item.component, url: item.url, socket: item.socket, profile_type: item.profile_type }, mine.signal);
      if (mine === stop && element.open) draw(answer);
    } catch (failed) {
      if (mine === stop && !mine.signal.aborted) fail(message(failed));
    }
  }

  /** @param {string} text */
  function fail(text) {
    status.className = 'problem';
    status.textContent = text;
  }

  /** @param {ScrapeAnswer} answer */
  function draw(answer) {
    if (answer.outcome !== 'ok') {
      fail(answer.outcome + ' after ' + duration(answer.duration_ms) + ': ' + answer.message);
      return;
    }
    status.textContent = bytes(answer.bytes) + ' in ' + duration(answer.duration_ms) + ', ' + plural(answer.samples, 'sample') +
      '. As fetched: no delta was made of it and nothing of it was sent on.';
    const view = new FlameView('Flame graph');
    place.replaceChildren(view.root);
    options(type, answer.profiles.map((p, i) => ({ value: String(i), text: (p.name ? p.name + ' · ' : '') + p.sample_type + (p.unit ? ' (' + p.unit + ')' : '') })));
    if (answer.profiles.length === 0) return;
    type.value = String(answer.shown);
    type.hidden = false;
    const chosen = () => {
      const profile = answer.profiles[Number(type.value)];
      const total = profile.flamegraph.value;
      view.root.hidden = total === 0;
      if (total > 0) view.show(profile, '');
      else place.replaceChildren(view.root, h('p', { class: 'note' }, 'It holds no samples of this type.'));
    };
    type.onchange = chosen;
    chosen();
  }

  return { element, scrape };
}
