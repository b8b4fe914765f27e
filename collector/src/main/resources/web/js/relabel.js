// Relabel lab: rules and labels to play with; shows what each rule does. Changes nothing that runs.
import { access, api, badge, fromHash, h, labelTable, message, options, own, plural, post, settled, toHash } from '/js/dom.js';

const RULES = `rules = [
  { action = keep, source_labels = ["env"], regex = "prod|stage" }
  { action = replace, source_labels = ["__meta_kubernetes_pod_name"], target_label = "pod" }
  { action = labeldrop, regex = "tmp_.*" }
]
`;
/** @type {Labels} */
const LABELS = { __address__: '10.0.0.7:6060', __meta_kubernetes_pod_name: 'shop-5d9f7', env: 'prod', tmp_build: '17' };

/** @param {HTMLElement} main */
export async function show(main) {
  const start = fromHash();
  let running = false;
  let again = false;
  /** @type {{ component: string, rules: string }[]} */
  let components = [];
  /** @type {DiscoveredItem[]} */
  let found = [];
  const rules = h('textarea', { id: 'rules', rows: 14, spellcheck: 'false', wrap: 'off', 'aria-describedby': 'lab-help', value: start.rules || RULES, oninput: settled(350, explain) });
  const labels = h('textarea', { id: 'labels', rows: 12, spellcheck: 'false', wrap: 'off', oninput: settled(350, explain) });
  labels.value = pretty(start.labels) || JSON.stringify(LABELS, null, 2);
  const from = h('select', { id: 'from', onchange: takeRules });
  const target = h('input', { id: 'target', type: 'search', list: 'targets-found', placeholder: 'Find a discovered target', oninput: settled(250, find), onchange: takeLabels });
  const list = h('datalist', { id: 'targets-found' });
  const result = h('section', { class: 'card', 'aria-label': 'What the rules do', 'aria-live': 'polite' });
  main.append(h('div', { class: 'bar' }, h('h1', {}, 'Relabel lab'),
    h('span', { class: 'muted', id: 'lab-help' }, 'Prometheus’ rules in Stoker’s syntax. Runs as you type; changes nothing that is running.')),
  h('div', { class: 'lab' },
    h('section', { class: 'card' },
      h('div', { class: 'card-head' }, h('h2', {}, h('label', { for: 'rules' }, 'Rules')), h('label', {}, 'Take over from ', from)), rules,
      h('div', { class: 'card-head' }, h('h2', {}, h('label', { for: 'labels' }, 'Labels')), h('label', {}, 'Take over from ', target), list), labels),
    result));

  /** One run at a time, as the server has it; what is typed meanwhile runs next. */
  async function explain() {
    again = running;
    if (running) return;
    running = true;
    await explainOnce();
    running = false;
    if (again) explain();
  }

  async function explainOnce() {
    const { changes, reason } = await access();
    if (!changes) {
      wrong([reason || ''], 'The lab is closed');
      return;
    }
    /** @type {Labels} */
    let given;
    try {
      given = JSON.parse(labels.value);
    } catch (bad) {
      wrong(['Labels are no JSON object of texts: ' + message(bad)]);
      return;
    }
    toHash({ rules: rules.value === RULES ? '' : rules.value, labels: JSON.stringify(given) });
    try {
      const answer = await post('relabel', { rules: rules.value, labels: given });
      draw(answer, given);
    } catch (failed) {
      wrong([message(failed)]);
    }
  }

  /** @param {string[]} messages @param {string} [title] */
  function wrong(messages, title) {
    result.replaceChildren(h('h2', {}, title || 'Cannot run'), h('ul', { class: 'problems' }, messages.map((m) => h('li', {}, m))));
  }

  /** @param {RelabelAnswer} answer @param {Labels} given */
  function draw(answer, given) {
    if (answer.errors) {
      wrong(answer.errors.map((e) => (e.line ? 'line ' + e.line + ': ' : '') + (e.path ? e.path + ': ' : '') + e.message));
      return;
    }
    const out = answer.output;
    result.replaceChildren(
      h('div', { class: 'card-head' }, h('h2', {}, 'Result'), answer.truncated ? null : out ? badge('kept') : badge('dropped')),
      out ? labelTable(out, given) : h('p', { class: 'problem' }, answer.truncated || 'Dropped by rule ' + answer.steps.length + '.'),
      h('h2', {}, answer.steps.length + ' of ' + plural(answer.rules, 'rule') + ' ran'),
      h('ol', { class: 'steps' }, answer.steps.map((step) => h('li', {},
        h('p', {}, badge(step.effect), ' ', h('code', {}, step.text)),
        step.detail ? h('p', { class: 'problem' }, step.detail) : null,
        step.effect === 'changed' ? labelTable(changed(step.after, step.before), changed(step.before, step.after)) : null))));
  }

  function takeRules() {
    const chosen = components.find((c) => c.component === from.value);
    if (chosen) {
      rules.value = chosen.rules;
      explain();
    }
  }

  async function find() {
    try {
      found = (await api('discovery', { q: target.value.trim(), limit: 20 })).items;
      list.replaceChildren(...found.map((item) => h('option', { value: address(item) }, item.source)));
      takeLabels();
    } catch { /* the lab works without */ }
  }

  function takeLabels() {
    const chosen = found.find((item) => address(item) === target.value);
    if (chosen) {
      labels.value = JSON.stringify(chosen.discovered_labels, null, 2);
      explain();
    }
  }

  try {
    components = (await api('relabel/rules')).components;
  } catch { /* the lab works without */ }
  options(from, [{ value: '', text: components.length ? 'a component…' : 'no component has rules' }, ...components.map((c) => ({ value: c.component, text: c.component }))]);
  from.disabled = components.length === 0;
  if (start.component) {
    from.value = start.component;
    takeRules();
  }
  find();
  explain();
}

/** @param {DiscoveredItem} item */
const address = (item) => item.discovered_labels.__address__ || JSON.stringify(item.discovered_labels);

/** Labels of one set that are not the same in the other. @param {Labels} labels @param {Labels} other @returns {Labels} */
export const changed = (labels, other) => Object.fromEntries(Object.entries(labels).filter(([name, value]) => own(other, name) !== value));

/** The JSON with a line for each label; '' when it is none. @param {string | undefined} json */
export function pretty(json) {
  try {
    return json ? JSON.stringify(JSON.parse(json), null, 2) : '';
  } catch {
    return '';
  }
}
