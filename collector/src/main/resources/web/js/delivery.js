// Delivery: what each endpoint took, what waits, what was lost and why.
import { api, badge, bytes, count, every, h, labelTable, message, own, plural, selected, when } from '/js/dom.js';

/** @type {Record<string, string>} */
const REASONS = {
  bytes: 'the queue was full', age: 'older than max_age', disk: 'the disk refused', rejected: 'the server refused it for good',
  poison: 'failed while others passed; set aside below', too_large: 'larger than the queue', closed: 'Stoker stopped',
};

/** @param {HTMLElement} main */
export function show(main) {
  const list = h('div', { class: 'list', id: 'endpoints' });
  const notice = h('p', { class: 'note', role: 'status', hidden: true });
  let known = '';
  main.append(h('div', { class: 'bar' }, h('h1', {}, 'Delivery'),
    h('span', { class: 'muted' }, 'offered + recovered = sent + dropped + queued + in flight, at every moment')), notice, list);

  async function refresh() {
    try {
      /** @type {EndpointItem[]} */
      const endpoints = await api('endpoints');
      notice.hidden = endpoints.length > 0;
      notice.textContent = 'No pyroscope.write is configured: profiles go nowhere but into a stoker.store.';
      const fresh = JSON.stringify(endpoints);
      if (fresh !== known && !list.contains(document.activeElement) && !selected(list)) {
        known = fresh;
        list.replaceChildren(...endpoints.map(card));
      }
    } catch (failed) {
      notice.hidden = false;
      notice.textContent = 'Cannot load endpoints: ' + message(failed);
    }
  }

  refresh();
  every(2000, refresh);
}

/** @param {EndpointItem} end */
function card(end) {
  const dropped = Object.entries(end.dropped);
  const lost = dropped.reduce((sum, [, n]) => sum + n, 0);
  return h('section', { class: 'card', 'aria-label': end.endpoint },
    h('div', { class: 'card-head' }, badge(end.state), h('h2', {}, end.endpoint), h('span', { class: 'muted' }, end.component)),
    end.last_error ? h('p', { class: 'problem pre' }, end.last_error) : null,
    h('dl', { class: 'figures' },
      figure('Offered', count(end.offered)), end.recovered ? figure('Recovered', count(end.recovered)) : null,
      figure('Sent', count(end.sent)), figure('Dropped', count(lost), lost > 0 ? 'problem' : ''),
      figure('Queued', count(end.queued), '', bytes(end.queued_bytes)), figure('In flight', count(end.in_flight)),
      figure('Oldest queued', end.oldest_queued ? when(end.oldest_queued) : '–')),
    lost > 0 ? h('table', { class: 'labels' }, h('caption', {}, 'Dropped, by reason'), h('tbody', {},
      dropped.filter(([, n]) => n > 0).map(([reason, n]) => h('tr', {}, h('th', { scope: 'row' }, reason),
        h('td', { class: 'number' }, count(n)), h('td', { class: 'muted' }, own(REASONS, reason) ?? ''))))) : null,
    end.set_aside.length ? h('details', { class: 'item' }, h('summary', {}, plural(end.set_aside.length, 'profile') + ' set aside'),
      end.set_aside.map((p) => h('div', { class: 'aside' },
        h('p', {}, bytes(p.bytes) + ', ' + plural(p.tries, 'try', 'tries') + ', ', when(p.at)),
        h('p', { class: 'problem pre' }, p.answer || 'no answer'), labelTable(p.labels)))) : null);
}

/** @param {string} name @param {Child} value @param {string} [kind] @param {string} [below] */
const figure = (name, value, kind, below) => h('div', { class: kind || null }, h('dt', {}, name), h('dd', {}, value, below ? h('small', {}, below) : null));
