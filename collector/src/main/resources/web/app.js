'use strict';

const REFRESH_MS = 5000;
const PREFERRED = ['process_cpu:cpu:', 'process_cpu:', 'memory:alloc_space:', 'goroutine:'];
const UNITS = {
  nanoseconds: [[3.6e12, 'h'], [6e10, 'min'], [1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']],
  bytes: [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB'], [1, 'B']],
};

const $ = (id) => document.getElementById(id);
const ui = {
  service: $('service'), type: $('type'), auto: $('auto'), notice: $('notice'), result: $('result'),
  flame: $('flame'), details: $('details'), summary: $('summary'), search: $('search'),
  reset: $('reset'), top: $('top'),
};
const state = { graph: null, chart: null, zoomed: null, sort: 'self', wanted: fromHash(), run: 0 };

function fromHash() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

function range() {
  return document.querySelector('input[name=range]:checked').value;
}

function rememberInHash() {
  const at = new URLSearchParams({ service: ui.service.value, type: ui.type.value, range: range() });
  history.replaceState(null, '', '#' + at);
}

async function get(path, params) {
  const response = await fetch('/api/v1/profiles/' + path + '?' + new URLSearchParams(params || {}));
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(body.error || 'stoker answered ' + response.status);
  }
  return body;
}

function show(message) {
  ui.notice.textContent = message;
  ui.notice.hidden = !message;
  ui.result.hidden = Boolean(message);
}

function fill(select, options, wanted) {
  const known = [...select.options].map((o) => o.value + o.text).join('\n');
  const fresh = options.map((o) => o.value + o.text).join('\n');
  const keep = wanted || select.value;
  if (known !== fresh) {
    select.replaceChildren(...options.map((o) => new Option(o.text, o.value)));
  }
  if (options.some((o) => o.value === keep)) {
    select.value = keep;
  }
  select.disabled = options.length === 0;
}

function typeText(type) {
  return type.name + ' · ' + type.sample_type + (type.sample_unit ? ' (' + type.sample_unit + ')' : '');
}

function preferred(types) {
  for (const prefix of PREFERRED) {
    const found = types.find((t) => t.id.startsWith(prefix));
    if (found) {
      return found.id;
    }
  }
  return types.length ? types[0].id : '';
}

function emptyStore(answer) {
  return answer.stores === 0
    ? 'This stoker keeps no profiles: its config has no stoker.store.\nAdd  stoker.store.local {}  and forward a pyroscope.scrape to stoker.store.local.receiver.'
    : 'No profiles yet.\nThe first one comes within one scrape interval of the start (5 s in the quickstart). This page looks again every 5 s.';
}

async function refresh() {
  const run = ++state.run;
  try {
    const answer = await get('services');
    if (run !== state.run) return;
    fill(ui.service, answer.services.map((s) => ({ value: s, text: s })), state.wanted.service);
    if (answer.services.length === 0) {
      return show(emptyStore(answer));
    }
    const types = (await get('types', { service: ui.service.value })).types;
    if (run !== state.run) return;
    const choice = state.wanted.type || ui.type.value;
    fill(ui.type, types.map((t) => ({ value: t.id, text: typeText(t) })),
      types.some((t) => t.id === choice) ? choice : preferred(types));
    if (types.length === 0) {
      return show('No profile of ' + ui.service.value + ' could be read; stoker counts them as bad.');
    }
    state.wanted = {};
    rememberInHash();
    const graph = await get('flamegraph', {
      service: ui.service.value, type: ui.type.value, from: 'now-' + range(), until: 'now',
    });
    if (run === state.run) {
      draw(graph);
    }
  } catch (failed) {
    if (run === state.run) {
      show('Cannot load profiles: ' + failed.message + '\n' +
        (ui.auto.checked ? 'This page tries again every 5 s.' : 'Switch auto-refresh on, or reload the page.'));
    }
  }
}

function draw(graph) {
  state.graph = graph;
  if (graph.flamegraph.value === 0) {
    return show(graph.profiles === 0
      ? 'No profile of this type in the last ' + range() + '.\nChoose a longer time range or another type.'
      : 'The ' + graph.profiles + ' profiles of the last ' + range() + ' hold no samples of this type: nothing happened.\nChoose another type, or wait for the next scrape.');
  }
  show('');
  ui.summary.textContent = format(graph.flamegraph.value) + (graph.aggregation === 'mean' ? ' on average' : ' in total') +
    ' · ' + graph.profiles + (graph.profiles === 1 ? ' profile' : ' profiles') +
    (graph.skipped ? ' · ' + graph.skipped + ' unreadable' : '') + (graph.truncated ? ' · newest only' : '');
  drawFlame();
  drawTop();
}

function drawFlame() {
  const total = state.graph.flamegraph.value;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  ui.flame.replaceChildren();
  zoomedTo(null);
  state.chart = flamegraph()
    .width(ui.flame.clientWidth)
    .cellHeight(20)
    .minFrameSize(1)
    .inverted(true)
    .transitionDuration(calm ? 0 : 180)
    .sort((a, b) => b.data.value - a.data.value)
    .setColorMapper((d) => d.highlight ? '#c77dff' : color(d.data.name))
    .setLabelHandler((d) => d.data.name + ' · ' + format(d.data.value) + ' · ' + percent(d.data.value, total))
    .setDetailsElement(ui.details)
    .setSearchMatch((d, term) => d.data.name.toLowerCase().includes(term.toLowerCase()))
    .setSearchHandler((found, sum) => {
      ui.details.textContent = found.length + (found.length === 1 ? ' frame matches · ' : ' frames match · ') + format(sum) + ' · ' + percent(sum, total);
    })
    .onClick((d) => zoomedTo(d));
  d3.select(ui.flame).datum(state.graph.flamegraph).call(state.chart);
  search();
}

function zoomedTo(node) {
  state.zoomed = node && node.parent ? node : null;
  ui.reset.disabled = !state.zoomed;
}

function search() {
  const term = ui.search.value.trim();
  if (state.chart && term) {
    state.chart.search(term);
  } else if (state.chart) {
    state.chart.clear();
    ui.details.textContent = 'Click a frame to zoom in; hover to see its share.';
  }
  for (const button of ui.top.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.textContent === term));
  }
}

function drawTop() {
  const rows = [...state.graph.top].sort((a, b) => b[state.sort] - a[state.sort] || b.total - a.total);
  ui.top.replaceChildren(...rows.map((f) => {
    const row = document.createElement('tr');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = f.name;
    button.title = f.name;
    button.setAttribute('aria-pressed', String(f.name === ui.search.value));
    row.insertCell().append(button);
    for (const value of [f.self, f.total]) {
      const cell = row.insertCell();
      cell.textContent = format(value);
      cell.title = percent(value, state.graph.flamegraph.value);
    }
    return row;
  }));
}

/** One hue per package, so that an eye finds its own code; all light enough for dark text. */
function color(name) {
  if (name === 'other' || name === 'total') {
    return '#cbc5be';
  }
  const path = name.split('(')[0];
  const owner = path.split(/[./]/).slice(0, -1).slice(0, 3).join('.') || path;
  let hash = 0;
  for (let i = 0; i < owner.length; i++) {
    hash = (hash * 31 + owner.charCodeAt(i)) % 9973;
  }
  return 'hsl(' + (10 + hash % 48) + ' ' + (68 + hash % 24) + '% ' + (62 + hash % 13) + '%)';
}

function format(value) {
  if (value === 0) {
    return '0';
  }
  const steps = UNITS[state.graph.unit];
  if (!steps) {
    return value.toLocaleString('en-US');
  }
  const step = steps.find((s) => value >= s[0]) || steps[steps.length - 1];
  const scaled = value / step[0];
  return (scaled >= 100 || step[0] === 1 ? scaled.toFixed(0) : scaled.toPrecision(3)) + ' ' + step[1];
}

function percent(value, total) {
  return (100 * value / total).toFixed(value === total ? 0 : 1) + '%';
}

function zoomByKey(key) {
  const at = state.zoomed || d3.select(ui.flame).datum();
  const row = at.parent ? at.parent.children : [at];
  const steps = {
    ArrowDown: () => at.children && at.children[0],
    ArrowUp: () => at.parent,
    ArrowLeft: () => row[row.indexOf(at) - 1],
    ArrowRight: () => row[row.indexOf(at) + 1],
  };
  const next = steps[key] && steps[key]();
  if (next) {
    state.chart.zoomTo(next);
    ui.details.textContent = state.chart.label()(next);
  }
  return key in steps;
}

function resetZoom() {
  if (state.zoomed) {
    state.chart.resetZoom();
    zoomedTo(null);
    search();
  }
}

function chosen() {
  resetZoom();
  state.wanted = { service: ui.service.value, type: ui.type.value };
  refresh();
}

$('controls').addEventListener('submit', (event) => event.preventDefault());
$('controls').addEventListener('change', chosen);
ui.search.addEventListener('input', search);
ui.reset.addEventListener('click', resetZoom);
ui.flame.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    resetZoom();
  } else if (state.chart && zoomByKey(event.key)) {
    event.preventDefault();
  }
});
ui.top.addEventListener('click', (event) => {
  if (event.target.tagName === 'BUTTON') {
    ui.search.value = ui.search.value === event.target.textContent ? '' : event.target.textContent;
    search();
  }
});
for (const button of document.querySelectorAll('th button')) {
  button.addEventListener('click', () => {
    state.sort = button.dataset.sort;
    for (const head of document.querySelectorAll('th')) {
      head.removeAttribute('aria-sort');
    }
    button.closest('th').setAttribute('aria-sort', 'descending');
    drawTop();
  });
}
let width = 0;
new ResizeObserver(() => {
  if (state.chart && !ui.result.hidden && Math.abs(ui.flame.clientWidth - width) > 2) {
    width = ui.flame.clientWidth;
    drawFlame();
  }
}).observe(ui.flame);

const wantedRange = document.querySelector('input[name=range][value="' + CSS.escape(state.wanted.range || '15m') + '"]');
if (wantedRange) {
  wantedRange.checked = true;
}
setInterval(() => {
  const busy = state.zoomed || ui.flame.contains(document.activeElement) || document.hidden;
  if (ui.auto.checked && !busy) {
    refresh();
  }
}, REFRESH_MS);
refresh();
