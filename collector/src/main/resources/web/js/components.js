// Components: the graph as a picture, and how each is.
import { api, badge, every, flat, fromHash, h, message, selected, svg, toHash } from '/js/dom.js';
import { Graph, layout as place } from '/vendor/dagre-3.1.3.esm.js';

const WIDTH = 210;
const HEIGHT = 54;

/** @param {HTMLElement} main */
export function show(main) {
  let known = '';
  /** @type {ComponentItem[]} */
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
      if (fresh === known || (known && selected(main))) return;
      known = fresh;
      const focused = document.activeElement?.getAttribute('data-id');
      picture.replaceChildren(components.length ? draw(components, chosen, choose) : h('p', { class: 'note' }, 'No component is configured.'));
      if (focused) /** @type {SVGElement | null} */ (picture.querySelector('[data-id="' + CSS.escape(focused) + '"]'))?.focus();
      if (!chosen && components.length) chosen = components[0].id;
      detail();
    } catch (failed) {
      picture.replaceChildren(h('p', { class: 'note' }, 'Cannot load components: ' + message(failed)));
    }
  }

  /** @param {string} id */
  function choose(id) {
    chosen = id;
    toHash({ id }, true);
    for (const node of picture.querySelectorAll('[data-id]')) node.setAttribute('aria-pressed', String(node.getAttribute('data-id') === id));
    detail();
  }

  async function detail() {
    const c = components.find((one) => one.id === chosen);
    if (!c) {
      details.replaceChildren(h('p', {}, chosen ? 'There is no component “' + chosen + '”.' : ''));
      return;
    }
    const config = h('pre', { class: 'config', tabindex: 0, role: 'region', 'aria-label': 'Config of ' + c.id });
    details.replaceChildren(...flat([
      h('div', { class: 'card-head' }, badge(c.health), h('h2', {}, c.id)),
      c.message ? h('p', { class: c.health === 'unhealthy' ? 'problem pre' : 'pre' }, c.message) : null,
      h('dl', {},
        h('dt', {}, 'Refers to'), h('dd', {}, c.references.length ? c.references.join(', ') : 'nothing'),
        h('dt', {}, 'Exports'), h('dd', {}, c.exports.length ? c.exports.join(', ') : 'nothing')),
      h('p', {},
        c.kind === 'pyroscope.scrape' ? h('a', { href: '/targets#' + new URLSearchParams({ component: c.id }) }, 'Its targets') : null,
        c.kind.startsWith('discovery.') ? h('a', { href: '/discovery#' + new URLSearchParams(c.kind.includes('relabel') || c.kind.includes('annotations') ? {} : { source: c.id }) }, 'Its targets') : null,
        c.kind === 'pyroscope.receive_http' ? h('a', { href: '/receivers' }, 'Its clients') : null,
        c.kind === 'pyroscope.write' ? h('a', { href: '/delivery' }, 'Its endpoints') : null,
        c.kind === 'stoker.store' ? h('a', { href: '/' }, 'Its profiles') : null),
      config]));
    try {
      config.textContent = (await api('components/config', { id: c.id })).config;
    } catch (failed) {
      config.textContent = message(failed);
    }
  }

  refresh();
  every(3000, refresh);
}

/** Edges run as data does: what a scrape forwards to comes after it, what it takes from before it. @param {ComponentItem[]} components */
export function edges(components) {
  const byId = new Map(components.map((c) => [c.id, c]));
  /** @type {[string, string][]} */
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

/** Where everything is: edges are led around the boxes between their ends. @param {ComponentItem[]} components @param {[string, string][]} links */
function layout(components, links) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 22, ranksep: 70, edgesep: 16, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const c of components) graph.setNode(c.id, { width: WIDTH, height: HEIGHT });
  links.forEach(([from, to], i) => graph.setEdge(from, to, {}, String(i)));
  place(graph);
  return graph;
}

/** An edge leaves on the right and arrives on the left, in the middle. @param {Graph} graph @param {import('/vendor/dagre-3.1.3.esm.js').Edge} edge */
function ends(graph, edge) {
  const from = graph.node(edge.v);
  const to = graph.node(edge.w);
  return [{ x: from.x + WIDTH / 2, y: from.y }, ...graph.edge(edge).points.slice(1, -1), { x: to.x - WIDTH / 2 - 2, y: to.y }];
}

/** @typedef {{ x: number, y: number }} Point */

/** A curve along the points of an edge. @param {Point[]} points */
export function curve(points) {
  /** @param {Point} p */
  const text = (p) => p.x.toFixed(1) + ' ' + p.y.toFixed(1);
  /** @param {Point} a @param {Point} b */
  const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const inner = points.slice(1, -1).map((p, i) => 'Q' + text(p) + ' ' + text(middle(p, points[i + 2])));
  return 'M' + text(points[0]) + 'L' + text(middle(points[0], points[1])) + inner.join('') + 'L' + text(points[points.length - 1]);
}

/** @param {ComponentItem[]} components @param {string} chosen @param {(id: string) => void} choose */
function draw(components, chosen, choose) {
  const links = edges(components);
  const graph = layout(components, links);
  const { width, height } = graph.graph();
  return svg('svg', { width, height, viewBox: '0 0 ' + width + ' ' + height, role: 'group', 'aria-label': components.length + ' components' },
    svg('defs', {}, svg('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
      svg('path', { d: 'M0 0L8 4L0 8z', class: 'arrow' }))),
    graph.edges().map((edge) => svg('path', { class: 'edge', 'data-from': edge.v, 'data-to': edge.w, 'marker-end': 'url(#arrow)', d: curve(ends(graph, edge)) })),
    components.map((c) => {
      const at = graph.node(c.id);
      const label = c.id.startsWith(c.kind + '.') ? c.id.slice(c.kind.length + 1) : c.id;
      return svg('g', {
        class: 'node ' + c.health, transform: 'translate(' + (at.x - WIDTH / 2) + ' ' + (at.y - HEIGHT / 2) + ')', tabindex: 0, role: 'button', 'data-id': c.id,
        'aria-pressed': String(c.id === chosen), 'aria-label': c.id + ', ' + c.health,
        onclick: () => choose(c.id),
        onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(c.id); } },
      },
      svg('title', {}, c.id + ': ' + c.health + (c.message ? ', ' + c.message : '')),
      svg('rect', { width: WIDTH, height: HEIGHT, rx: 8 }), svg('circle', { cx: WIDTH - 16, cy: 18, r: 5 }),
      svg('text', { x: 12, y: 22, class: 'kind' }, c.kind), svg('text', { x: 12, y: 41 }, cut(label, 27)));
    }));
}

/** @param {string} text @param {number} max */
export const cut = (text, max) => text.length <= max ? text : text.slice(0, max - 1) + '…';
