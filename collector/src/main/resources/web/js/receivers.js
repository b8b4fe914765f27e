// Receivers: where clients push to, what was taken from whom, and what was refused and why.
import { api, badge, bytes, count, every, h, message, own, plural, selected, when } from '/js/dom.js';

/** @type {Record<string, string>} */
const REASONS = {
  invalid: 'malformed, or over a limit of labels', too_large: 'larger than max_body_size or max_inflated_size',
  unauthenticated: 'the login was missing or wrong', not_found: 'nothing is taken at that path', method: 'it was no POST',
  slow: 'its body was not whole within read_timeout', media_type: 'the Content-Type is none that is taken', internal: 'a bug in Stoker; please report it',
  unsupported: 'another compression than gzip', busy: 'there was no room; the client was asked to send it again', http_version: 'gRPC without HTTP/2',
};

/** @type {Record<string, string>} */
const PROTOCOLS = { pyroscope: 'Pyroscope: push.v1 and /ingest', otlp: 'OTLP: profiles over gRPC and HTTP' };

const EXAMPLE = `pyroscope.receive_http.sdks {
  http { listen_address = "127.0.0.1", listen_port = 4040 }
  forward_to = [ pyroscope.write.default.receiver ]
}`;

/** Of clients, beside who they are. */
const COLUMNS = ['Profiles', 'Bytes', 'Rate', 'Refused', 'Last seen'];

/** Milliseconds over which rates are taken, and below which they would say nothing. */
const WINDOW = 60_000;
const LEAST = 10_000;

/** @typedef {{ profiles: number, bytes: number }} Taken */
/** @typedef {{ at: number, taken: Map<string, Taken> }} Look what was taken until then, of receivers and clients */

/** @param {HTMLElement} main */
export function show(main) {
  const list = h('div', { class: 'list', id: 'receivers' });
  const notice = h('div', { class: 'note', role: 'status', hidden: true });
  /** @type {Look[]} */
  let looks = [];
  main.append(h('div', { class: 'bar' }, h('h1', {}, 'Receivers'),
    h('span', { class: 'muted' }, 'What clients push. What can be read of a push is taken whole or not at all. Rates are those of the last minute.')), notice, list);

  async function refresh() {
    try {
      /** @type {ReceiverItem[]} */
      const receivers = await api('receivers');
      looks = [...looks.filter((look) => Date.now() - look.at <= WINDOW), { at: Date.now(), taken: taken(receivers) }];
      notice.hidden = receivers.length > 0;
      if (!notice.hidden) {
        notice.replaceChildren(h('p', {}, 'No receiver is configured, so Stoker takes no pushes; it only scrapes. To let SDKs or other collectors of this machine push through Stoker, add this to its config, with the name of your pyroscope.write, and give them 127.0.0.1:4040 in place of Pyroscope’s address:'),
          h('pre', { class: 'config' }, EXAMPLE));
      }
      if (!selected(list)) draw(list, receivers.map((receiver) => card(receiver, looks)));
    } catch (failed) {
      notice.hidden = false;
      notice.replaceChildren('Cannot load receivers: ' + message(failed));
    }
  }

  refresh();
  every(2000, refresh);
}

/** Puts the cards in place of those before; tables stay where they were scrolled to. @param {HTMLElement} list @param {HTMLElement[]} cards */
function draw(list, cards) {
  const focused = document.activeElement?.getAttribute('data-key');
  const places = new Map([...list.querySelectorAll('[data-key]')].map((box) => [box.getAttribute('data-key'), [box.scrollLeft, box.scrollTop]]));
  list.replaceChildren(...cards);
  for (const box of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll('[data-key]'))) {
    [box.scrollLeft, box.scrollTop] = places.get(box.dataset.key ?? '') ?? [0, 0];
    if (box.dataset.key === focused) box.focus({ preventScroll: true });
  }
}

/** @param {ReceiverItem} receiver */
const keyOf = (receiver) => receiver.component + '\n' + receiver.protocol;
/** @param {ReceiverItem} receiver @param {ClientItem} client */
const keyOfClient = (receiver, client) => keyOf(receiver) + '\n' + client.address + '\n' + client.agent;

/** @param {ReceiverItem[]} receivers @returns {Map<string, Taken>} */
const taken = (receivers) => new Map(receivers.flatMap((receiver) => [
  /** @type {[string, Taken]} */ ([keyOf(receiver), receiver]),
  ...receiver.clients.map((client) => /** @type {[string, Taken]} */ ([keyOfClient(receiver, client), client]))]));

/**
 * What was taken in a second, or null when that is not known: it was not there long enough, or its count began anew.
 * @param {Look[]} looks the last one comes last
 * @param {string} key
 * @returns {Taken | null}
 */
export function rate(looks, key) {
  const last = looks.at(-1);
  const first = looks.find((look) => look.taken.has(key));
  const is = last?.taken.get(key);
  const was = first?.taken.get(key);
  if (!last || !first || !is || !was || last.at - first.at < LEAST || is.profiles < was.profiles || is.bytes < was.bytes) return null;
  const seconds = (last.at - first.at) / 1000;
  return { profiles: (is.profiles - was.profiles) / seconds, bytes: (is.bytes - was.bytes) / seconds };
}

/** "12 a second", "4 a minute". @param {number} perSecond */
export function often(perSecond) {
  if (perSecond >= 1) return count(Math.round(perSecond)) + ' a second';
  return (perSecond > 0 ? Math.max(1, Math.round(perSecond * 60)) : 0) + ' a minute';
}

/** Reasons of refusals that there were, the most frequent one first. @param {Record<string, number>} requests @returns {[string, number][]} */
export const refusals = (requests) => Object.entries(requests)
  .filter(([outcome, n]) => n > 0 && outcome !== 'taken' && outcome !== 'gone').sort(([, a], [, b]) => b - a);

/** By address, then by program, so that nobody moves while one reads. @param {ClientItem[]} items */
export const inOrder = (items) => [...items].sort((a, b) =>
  a.address.localeCompare(b.address, 'en', { numeric: true }) || a.agent.localeCompare(b.agent, 'en', { numeric: true }));

/** @param {ReceiverItem} receiver @param {Look[]} looks */
function card(receiver, looks) {
  const reasons = refusals(receiver.requests);
  const refused = reasons.reduce((sum, [, n]) => sum + n, 0);
  const now = rate(looks, keyOf(receiver));
  const gone = receiver.requests.gone;
  return h('section', { class: 'card', 'aria-label': receiver.component },
    h('div', { class: 'card-head' }, badge(receiver.problem ? 'down' : 'up'), h('h2', {}, receiver.listen), h('span', { class: 'muted' }, receiver.component),
      h('span', { class: 'muted' }, own(PROTOCOLS, receiver.protocol) ?? receiver.protocol)),
    receiver.problem ? h('p', { class: 'problem pre' }, receiver.problem) : null,
    receiver.open ? h('p', {}, h('span', { class: 'badge busy' }, 'no login'), ' Whoever reaches it may push: it listens beyond loopback without a login. '
      + 'Give its block basic_auth or bearer_token_file, or let it listen on 127.0.0.1.') : null,
    h('dl', { class: 'figures' },
      figure('Profiles taken', count(receiver.profiles), '', now ? often(now.profiles) : ''),
      figure('Bytes taken', bytes(receiver.bytes), '', now ? bytes(Math.round(now.bytes)) + ' a second' : ''),
      figure('Requests taken', count(receiver.requests.taken)), figure('Requests refused', count(refused), refused > 0 ? 'problem' : ''),
      gone > 0 ? figure('Went away', count(gone), '', 'before they had an answer') : null,
      figure('Clients', count(receiver.clients.length))),
    refused > 0 ? h('table', { class: 'labels' }, h('caption', {}, 'Refused, by reason'), h('tbody', {},
      reasons.map(([reason, n]) => h('tr', {}, h('th', { scope: 'row' }, reason),
        h('td', { class: 'number' }, count(n)), h('td', { class: 'muted' }, own(REASONS, reason) ?? ''))))) : null,
    receiver.last_error ? h('p', {}, h('span', { class: 'muted' }, 'The last refusal, ', when(receiver.last_error_at), ': '), h('span', { class: 'problem' }, receiver.last_error)) : null,
    receiver.clients.length > 0 ? clientTable(receiver, looks)
      : h('p', { class: 'note' }, 'No client has sent anything yet. ' + howToSend(receiver) + ' Each client is listed here with its first request.'),
    receiver.clients_forgotten > 0 ? h('p', { class: 'muted' }, plural(receiver.clients_forgotten, 'client') + ' seen longer ago '
      + (receiver.clients_forgotten === 1 ? 'is' : 'are') + ' no longer listed; the figures above count what they sent.') : null);
}

/** @param {ReceiverItem} receiver */
function howToSend(receiver) {
  return receiver.protocol === 'otlp'
    ? 'Give an exporter of OTLP profiles one of the addresses above as its endpoint.'
    : 'Give an SDK this machine’s address with port ' + receiver.listen.slice(receiver.listen.lastIndexOf(':') + 1) + ' as its server address.';
}

/** @param {ReceiverItem} receiver @param {Look[]} looks */
function clientTable(receiver, looks) {
  return h('div', { class: 'table-box scroll', tabindex: 0, role: 'region', 'aria-label': 'Clients of ' + receiver.component, 'data-key': receiver.component },
    h('table', { class: 'grid clients' },
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Client'), COLUMNS.map((text) => h('th', { scope: 'col', class: 'number' }, text)))),
      h('tbody', {}, inOrder(receiver.clients).map((client) => {
        const now = rate(looks, keyOfClient(receiver, client));
        return h('tr', {},
          h('td', { class: 'wide' }, h('span', { class: 'name' }, client.address), h('span', { class: 'muted' }, client.agent || 'says no User-Agent'),
            client.last_error ? h('span', { class: 'problem', title: client.last_error }, client.last_error) : null),
          [count(client.profiles), bytes(client.bytes), now ? often(now.profiles) : '–', count(client.refused), when(client.last_seen)]
            .map((value, i) => h('td', { class: i === 3 && client.refused > 0 ? 'number problem' : 'number', 'data-name': COLUMNS[i] }, value)));
      }))));
}

/** @param {string} name @param {Child} value @param {string} [kind] @param {string} [below] */
const figure = (name, value, kind, below) => h('div', { class: kind || null }, h('dt', {}, name), h('dd', {}, value, below ? h('small', {}, below) : null));
