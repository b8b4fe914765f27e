// Components: the graph as a picture, and how each is.
import { api, badge, every, fromHash, h, svg, toHash } from '/js/dom.js';

const WIDTH = 210;
const HEIGHT = 54;
const GAP_X = 70;
const GAP_Y = 22;

export function show(main) {
  let known = '';
  let components = [];
  let chosen = fromHash().id || '';
  const picture = h('div', { class: 'picture card', tabindex: 0, role: 'region', 'aria-label': 'Graph of components' });
  const details = h('section', { class: 'card', 'aria-label': 'Component', 'aria-live': 'polite' });
  main.append(h('div', { class: 'bar' }, h('h1', {}, 'Components'),
    h('span', { class: 'muted' }, 'Targets flow from the left, profiles to the right. Choose one to see its config.')), picture, details);

  async function refresh() {
    try {
      components = await api('components');
      const fresh = JSON.stringify(components);
      if (fresh === known) return;
      known = fresh;
      const focused = document.activeElement?.dataset?.id;
      picture.replaceChildren(components.length ? draw(components, chosen, choose) : h('p', { class: 'note' }, 'No component is configured.'));
      if (focused) picture.querySelector('[data-id="' + CSS.escape(focused) + '"]')?.focus();
      if (!components.some((c) => c.id === chosen)) chosen = components.length ? components[0].id : '';
      detail();
    } catch (failed) {
      picture.replaceChildren(h('p', { class: 'note' }, 'Cannot load components: ' + failed.message));
    }
  }

  function choose(id) {
    chosen = id;
    toHash({ id });
    for (const node of picture.querySelectorAll('[data-id]')) node.setAttribute('aria-pressed', String(node.dataset.id === id));
    detail();
  }

  async function detail() {
    const c = components.find((one) => one.id === chosen);
    if (!c) return details.replaceChildren();
    const config = h('pre', { class: 'config', tabindex: 0, role: 'region', 'aria-label': 'Config of ' + c.id });
    details.replaceChildren(...[
      h('div', { class: 'card-head' }, badge(c.health), h('h2', {}, c.id)),
      c.message ? h('p', { class: c.health === 'unhealthy' ? 'problem pre' : 'pre' }, c.message) : null,
      h('dl', {},
        h('dt', {}, 'Refers to'), h('dd', {}, c.references.length ? c.references.join(', ') : 'nothing'),
        h('dt', {}, 'Exports'), h('dd', {}, c.exports.length ? c.exports.join(', ') : 'nothing')),
      h('p', {},
        c.kind === 'pyroscope.scrape' ? h('a', { href: '/targets#' + new URLSearchParams({ component: c.id }) }, 'Its targets') : null,
        c.kind.startsWith('discovery.') ? h('a', { href: '/discovery#' + new URLSearchParams(c.kind.includes('relabel') || c.kind.includes('annotations') ? {} : { source: c.id }) }, 'Its targets') : null,
        c.kind === 'pyroscope.write' ? h('a', { href: '/delivery' }, 'Its endpoints') : null,
        c.kind === 'stoker.store' ? h('a', { href: '/' }, 'Its profiles') : null),
      config].filter(Boolean));
    try {
      config.textContent = (await api('components/config', { id: c.id })).config;
    } catch (failed) {
      config.textContent = failed.message;
    }
  }

  refresh();
  every(3000, refresh);
}

/** Edges run as data does: what a scrape forwards to comes after it, what it takes from before it. */
function edges(components) {
  const byId = new Map(components.map((c) => [c.id, c]));
  const all = [];
  for (const c of components) {
    for (const reference of c.references) {
      const at = reference.lastIndexOf('.');
      const other = reference.slice(0, at);
      if (byId.has(other)) all.push(reference.slice(at + 1) === 'receiver' ? [c.id, other] : [other, c.id]);
    }
  }
  return all;
}

/** Layer of each component: one past the furthest of those before it. */
function layers(components, links) {
  const layer = new Map(components.map((c) => [c.id, 0]));
  for (let turn = 0; turn < components.length; turn++) {
    let moved = false;
    for (const [from, to] of links) {
      if (layer.get(to) < layer.get(from) + 1) {
        layer.set(to, layer.get(from) + 1);
        moved = true;
      }
    }
    if (!moved) break;
  }
  return layer;
}

/** Two sweeps that put each next to what it is linked with: few crossings for graphs of this size. */
function rows(components, links, layer) {
  const columns = [];
  for (const c of components) (columns[layer.get(c.id)] = columns[layer.get(c.id)] || []).push(c.id);
  const row = new Map();
  columns.forEach((ids) => ids.forEach((id, i) => row.set(id, i)));
  for (const ids of columns.slice(1)) {
    const mean = (id) => {
      const before = links.filter(([, to]) => to === id).map(([from]) => row.get(from));
      return before.length ? before.reduce((a, b) => a + b, 0) / before.length : row.get(id);
    };
    ids.map((id) => [id, mean(id)]).sort((a, b) => a[1] - b[1]).forEach(([id], i) => row.set(id, i));
  }
  return { row, tallest: Math.max(...columns.map((ids) => ids.length)), sizes: columns.map((ids) => ids.length) };
}

function draw(components, chosen, choose) {
  const links = edges(components);
  const layer = layers(components, links);
  const { row, tallest, sizes } = rows(components, links, layer);
  const x = (id) => 12 + layer.get(id) * (WIDTH + GAP_X);
  const y = (id) => 12 + (row.get(id) + (tallest - sizes[layer.get(id)]) / 2) * (HEIGHT + GAP_Y);
  const width = 24 + sizes.length * (WIDTH + GAP_X) - GAP_X;
  const height = 24 + tallest * (HEIGHT + GAP_Y) - GAP_Y;
  return svg('svg', { width, height, viewBox: '0 0 ' + width + ' ' + height, role: 'group', 'aria-label': components.length + ' components' },
    svg('defs', {}, svg('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
      svg('path', { d: 'M0 0L8 4L0 8z', class: 'arrow' }))),
    links.map(([from, to]) => {
      const [x1, y1, x2, y2] = [x(from) + WIDTH, y(from) + HEIGHT / 2, x(to), y(to) + HEIGHT / 2];
      return svg('path', { class: 'edge', 'marker-end': 'url(#arrow)', d: 'M' + x1 + ' ' + y1 + 'C' + (x1 + GAP_X / 2) + ' ' + y1 + ' ' + (x2 - GAP_X / 2) + ' ' + y2 + ' ' + (x2 - 2) + ' ' + y2 });
    }),
    components.map((c) => {
      const label = c.id.startsWith(c.kind + '.') ? c.id.slice(c.kind.length + 1) : c.id;
      return svg('g', {
        class: 'node ' + c.health, transform: 'translate(' + x(c.id) + ' ' + y(c.id) + ')', tabindex: 0, role: 'button', 'data-id': c.id,
        'aria-pressed': String(c.id === chosen), 'aria-label': c.id + ', ' + c.health,
        onclick: () => choose(c.id),
        onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(c.id); } },
      },
      svg('title', {}, c.id + ': ' + c.health + (c.message ? ', ' + c.message : '')),
      svg('rect', { width: WIDTH, height: HEIGHT, rx: 8 }), svg('circle', { cx: WIDTH - 16, cy: 18, r: 5 }),
      svg('text', { x: 12, y: 22, class: 'kind' }, c.kind), svg('text', { x: 12, y: 41 }, cut(label, 27)));
    }));
}

const cut = (text, max) => text.length <= max ? text : text.slice(0, max - 1) + '…';
