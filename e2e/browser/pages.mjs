// Every page with 0, 5 and 5,000 targets: time to first view, console, keyboard, hostile labels, axe-core.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Browser } from './cdp.mjs';
import { farm, push } from './farm.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    targets: { type: 'string', default: '0,5,5000' },
    out: { type: 'string', default: 'target/browser' },
    url: { type: 'string' },
    axe: { type: 'string', default: 'e2e/browser/node_modules/axe-core/axe.min.js' },
    budget: { type: 'string', default: '1000' },
  },
});
const STOKER = positionals.length ? positionals : ['./stoker', 'run'];
const START_MILLIS = 15 * 60_000; // a launcher that has to build first
const failures = [];
const check = (good, what) => { if (!good) failures.push(what); };

// What each page shows first: with targets, and without.
const PAGES = {
  '/': ['#flame g.frame', '#notice'],
  '/targets': ['#targets tr', '.note:not([hidden])'],
  '/discovery': ['#discovered details', '.note:not([hidden])'],
  '/relabel': ['.lab .steps li', '.lab .steps li'],
  '/receivers': ['#receivers .clients tbody tr', '.note:not([hidden])'],
  '/delivery': ['#endpoints section', '#endpoints section'],
  '/components': ['.node', '.node'],
};

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
});

async function until(what, millis, step) {
  for (const end = Date.now() + millis; Date.now() < end; await sleep(100)) {
    const value = await step();
    if (value) return value;
  }
  throw new Error('never: ' + what);
}

class Tab {
  problems = [];

  constructor(browser, base) {
    this.browser = browser;
    this.base = base;
    browser.on((method, params) => {
      if (method === 'Runtime.exceptionThrown') this.problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
      else if (method === 'Runtime.consoleAPICalled' && params.type === 'error') this.problems.push(params.args.map((a) => a.value ?? a.description).join(' '));
      else if (method === 'Log.entryAdded' && params.entry.level === 'error') this.problems.push(params.entry.text + ' ' + (params.entry.url ?? ''));
    });
  }

  async look(dark, width = 1440) {
    await this.browser.send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
    await this.browser.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
  }

  /** Opens a page; milliseconds from the start of the navigation until the selector is there. */
  async open(path, selector) {
    await this.browser.send('Page.navigate', { url: 'about:blank' });
    const script = await this.browser.send('Page.addScriptToEvaluateOnNewDocument', {
      source: `addEventListener('DOMContentLoaded', () => {
        const seen = () => { const at = document.querySelector(${JSON.stringify(selector)});
          if (at && at.textContent !== 'Loading…') { window.firstView = window.firstView || performance.now(); watch.disconnect(); } };
        const watch = new MutationObserver(seen);
        watch.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
        seen();
      });`,
    });
    await this.browser.send('Page.navigate', { url: this.base + path });
    try {
      return await until(path + ' shows ' + selector, 30_000, () => this.browser.evaluate('window.firstView || 0').catch(() => 0));
    } finally {
      await this.browser.send('Page.removeScriptToEvaluateOnNewDocument', script);
    }
  }

  evaluate(expression) { return this.browser.evaluate(expression); }

  async press(key) {
    const codes = { Tab: 9, Enter: 13, Escape: 27, ArrowDown: 40, ArrowUp: 38 };
    const event = { key, code: key, windowsVirtualKeyCode: codes[key], text: key === 'Enter' ? '\r' : undefined };
    await this.browser.send('Input.dispatchKeyEvent', { type: event.text ? 'keyDown' : 'rawKeyDown', ...event });
    await this.browser.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  /** Goes on by Tab until the focused element matches. */
  async tabTo(selector) {
    for (let i = 0; i < 60; i++) {
      if (await this.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return true;
      await this.press('Tab');
    }
    return false;
  }

  async shot(name) {
    await sleep(500);
    const { data } = await this.browser.send('Page.captureScreenshot', { format: 'png' });
    mkdirSync(options.out, { recursive: true });
    writeFileSync(join(options.out, name + '.png'), Buffer.from(data, 'base64'));
  }

  /** Opens all that opens, and reads what is there. */
  async texts(name) {
    await this.evaluate(`(() => {
      document.querySelectorAll('details').forEach((d) => { d.open = true; });
      [...document.querySelectorAll('[aria-expanded=false]')].slice(0, 120).forEach((b) => b.click());
    })()`);
    await sleep(200);
    const odd = await this.evaluate(`(document.body.innerText + ' ' + [...document.querySelectorAll('[title], [aria-label]')]
      .map((e) => (e.title || '') + ' ' + (e.getAttribute('aria-label') || '')).join(' ')).match(/.{0,60}(\\[object|undefined|NaN).{0,30}/)?.[0] ?? ''`);
    check(odd === '', `${name}: the text has "${odd}"`);
    const wide = await this.evaluate(`document.documentElement.scrollWidth > innerWidth
      ? document.documentElement.scrollWidth + ' px, by ' + [...document.querySelectorAll('main *, header *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 3).map((e) => e.tagName + '.' + (e.getAttribute('class') || '')).join(', ') : ''`);
    check(wide === '', `${name} scrolls sideways: ${wide}`);
  }

  /** Serious and critical findings of axe-core. */
  async axe() {
    await this.evaluate(readFileSync(options.axe, 'utf8') + ';0');
    const found = await this.evaluate(`axe.run({ resultTypes: ['violations'] }).then((r) => r.violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map((v) => v.id + ' (' + v.nodes.length + '): ' + v.nodes[0].html.slice(0, 160) + ' ' + (v.nodes[0].any[0]?.message ?? '')))`);
    return found;
  }
}

async function everyPage(tab, n) {
  for (const [path, [some, none]] of Object.entries(PAGES)) {
    const name = path === '/' ? 'profiles' : path.slice(1);
    const selector = n > 0 ? some : none;
    await tab.open(path, selector); // what is cached afterwards is what a second look has
    const took = await tab.open(path, selector);
    console.log(`${n} targets, ${name}: first view after ${Math.round(took)} ms`);
    check(took < Number(options.budget), `${name} with ${n} targets: first view took ${Math.round(took)} ms`);
    await sleep(400);
    for (const finding of await tab.axe()) check(false, `axe, ${name} with ${n} targets: ${finding}`);
    check(await tab.evaluate(`document.querySelectorAll('main img, main script').length === 0 && document.title.endsWith('Stoker')`), `${name}: a label became HTML`);
    check(await tab.evaluate(`document.documentElement.scrollWidth <= innerWidth`), `${name} with ${n} targets is wider than the window`);
    await tab.shot(`${name}-${n}`);
    if (n === 5) {
      await tab.look(true, 900);
      await sleep(200);
      for (const finding of await tab.axe()) check(false, `axe, dark ${name}: ${finding}`);
      await tab.shot(`${name}-${n}-dark`);
      await tab.look(false);
    }
    for (const width of [400, 1400]) {
      for (const dark of [false, true]) {
        await tab.look(dark, width);
        await tab.open(path, selector);
        await sleep(300);
        await tab.texts(`${name} with ${n} targets, ${width} px, ${dark ? 'dark' : 'light'}`);
        if (n > 0) await tab.shot(`${name}-${n}-${width}${dark ? '-dark' : ''}`);
      }
    }
    await tab.look(false);
  }
}

/** What the address asks for: links within a page, Back, and names that nobody knows. */
async function byAddress(tab) {
  await tab.open('/targets', '#targets tr');
  await tab.evaluate(`document.querySelector('.chips button[data-value=down]').click()`);
  await until('the state is in the address', 5_000, () => tab.evaluate(`location.hash.includes('state=down')`));
  await tab.evaluate(`history.back()`);
  await until('Back shows all again', 5_000, () => tab.evaluate(`location.hash === '' && document.querySelector('.chips button[data-value=""]')?.getAttribute('aria-pressed') === 'true'`));
  await tab.evaluate(`location.hash = 'q=' + encodeURIComponent('service_name=shop-0 memory')`);
  await until('a changed address is followed', 5_000, () => tab.evaluate(`document.querySelectorAll('#targets tr[data-key]').length === 1`));
  await tab.evaluate(`getSelection().selectAllChildren(document.querySelector('#targets .wide'))`);
  await sleep(5_500);
  check(await tab.evaluate(`!getSelection().isCollapsed`), 'a selection of text is lost when the table is drawn again');

  for (const [path, words] of [
    ['/#service=nobody', 'There is no profile of “nobody”, and no target'],
    ['/#service=shop-3', 'There is no profile of “shop-3”. Its targets: 1 down'],
    ['/#service=shop-0&type=odd', 'no profile of “shop-0” of the type “odd”'],
    ['/#range=7d', 'The time range “7d” is not known'],
    ['/targets#component=none', 'No component “none” has targets'],
    ['/targets#state=odd', 'state must be one of'],
    ['/discovery#source=none', 'No source “none” has discovered anything'],
    ['/components#id=none', 'There is no component “none”'],
  ]) {
    await tab.open(path, 'h1');
    await until(path + ' says: ' + words, 8_000, () => tab.evaluate(`document.querySelector('main').innerText.includes(${JSON.stringify(words)})`));
    check(await tab.evaluate(`location.hash`) === path.slice(path.indexOf('#')), path + ' was rewritten');
  }
  tab.problems = tab.problems.filter((problem) => !/400 \(Bad Request\)/.test(problem));
}

/** An edge that runs behind a box looks as if it ended there. */
async function edges(tab) {
  await tab.open('/components', '.node');
  const crossed = await tab.evaluate(`[...document.querySelectorAll('.edge')].flatMap((edge) => {
    const boxes = [...document.querySelectorAll('.node')].filter((n) => n.dataset.id !== edge.dataset.from && n.dataset.id !== edge.dataset.to)
      .map((n) => { const m = n.transform.baseVal[0].matrix; return [n.dataset.id, m.e, m.f, m.e + 210, m.f + 54]; });
    const found = new Set();
    for (let at = 0; at <= edge.getTotalLength(); at += 4) {
      const p = edge.getPointAtLength(at);
      for (const [id, x1, y1, x2, y2] of boxes) if (p.x > x1 && p.x < x2 && p.y > y1 && p.y < y2) found.add(id);
    }
    return [...found].map((id) => edge.dataset.from + ' → ' + edge.dataset.to + ' runs behind ' + id);
  })`);
  for (const what of crossed) check(false, what);
}

async function byKeyboard(tab) {
  await tab.open('/targets', '#targets tr');
  await tab.press('Tab');
  check(await tab.evaluate(`document.activeElement.className === 'skip'`), 'the first Tab offers to skip to the content');
  check(await tab.tabTo('#targets button[data-action=toggle]'), 'a target is reached by Tab');
  await tab.press('Enter');
  check(await tab.evaluate(`document.activeElement.getAttribute('aria-expanded') === 'true' && !document.querySelector('#targets .details').hidden`), 'Enter opens a target');
  await tab.shot('targets-open');
  await tab.evaluate(`[...document.querySelectorAll('#targets tr')].find((r) => r.querySelector('.badge.up, .badge.refused')).querySelector('[data-action=scrape]').focus()`);
  await tab.press('Enter');
  await until('a scraped profile is drawn', 20_000, () => tab.evaluate(`document.querySelectorAll('dialog g.frame').length > 3`));
  for (const finding of await tab.axe()) check(false, `axe, scrape now: ${finding}`);
  await tab.shot('scrape-now');
  check(await tab.tabTo('dialog #flame'), 'the flame graph is reached by Tab');
  await tab.press('ArrowDown');
  await tab.press('Escape');
  await tab.press('Escape');
  await until('Escape closes the dialog', 5_000, () => tab.evaluate(`!document.querySelector('dialog').open`));

  await tab.open('/discovery', '#discovered details');
  check(await tab.tabTo('#discovered summary'), 'a discovered target is reached by Tab');
  await tab.press('Enter');
  await until('steps are shown', 5_000, () => tab.evaluate(`document.querySelectorAll('#discovered .steps li').length >= 2`));
  await tab.evaluate(`[...document.querySelectorAll('#discovered details')].forEach((d) => d.open = !!d.querySelector('.badge.dropped'))`);
  await sleep(200);
  for (const finding of await tab.axe()) check(false, `axe, open discovery: ${finding}`);
  await tab.shot('discovery-open');

  const lab = await tab.evaluate(`document.querySelector('#discovered details[open] a[href*="component="]').href`);
  await tab.open(lab.slice(tab.base.length), '.lab .steps li');
  check(await tab.evaluate(`document.querySelector('#from').value === 'discovery.relabel.shops' && document.querySelector('.lab .badge.dropped') !== null`), 'the lab takes rules and labels over');
  await tab.shot('relabel-taken');
  await tab.evaluate(`(() => { const r = document.querySelector('#rules'); r.value = 'rules = [ { action = kepe, regex = "(" } ]'; r.dispatchEvent(new Event('input')); })()`);
  await until('the lab names what is wrong', 5_000, () => tab.evaluate(`/line 1.*kepe/.test(document.querySelector('.problems')?.textContent)`));
  await tab.shot('relabel-wrong');

  await tab.open('/components', '.node');
  check(await tab.tabTo('.node[data-id="pyroscope.write.broken"]'), 'a component is reached by Tab');
  await tab.press('Enter');
  check(await tab.evaluate(`document.querySelector('.node[data-id="pyroscope.write.broken"]').getAttribute('aria-pressed') === 'true'`), 'Enter chooses a component');
  check(!(await tab.evaluate(`document.body.textContent.includes('hunter2')`)), 'a secret is shown');
  await tab.shot('components-chosen');
}

async function difference(tab) {
  await tab.open('/', '#flame g.frame');
  const local = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60e3).toISOString().slice(0, 19);
  await tab.evaluate(`(() => {
    document.querySelector('#type').value = [...document.querySelector('#type').options].find((o) => o.value.includes('alloc_space')).value;
    document.querySelector('#base').value = 'custom';
    document.querySelector('#base-from').value = '${local(Date.now() - 600e3)}';
    document.querySelector('#base-until').value = '${local(Date.now() - 3e3)}';
    document.querySelector('#base').dispatchEvent(new Event('change', { bubbles: true }));
  })()`);
  await until('a difference is drawn', 20_000, () => tab.evaluate(`document.querySelector('#result.diff') !== null && document.querySelectorAll('#flame g.frame').length > 3`));
  for (const finding of await tab.axe()) check(false, `axe, difference: ${finding}`);
  await tab.shot('profiles-diff');
}

/** A search is a regex, filters the table, goes into the address, and comes back from it; the graph is turned round. */
async function searching(tab) {
  await tab.open('/', '#flame g.frame');
  const type = (text) => tab.evaluate(`(() => {
    const search = document.querySelector('#search');
    search.value = ${JSON.stringify(text)};
    search.dispatchEvent(new Event('input'));
    return [...document.querySelectorAll('#top button')].map((b) => b.textContent);
  })()`);
  const all = await type('');
  const first = all[0];
  const [some, only] = [await type('^' + first.slice(0, 4).replace(/\W/g, '.')), await type('no function has this name')];
  check(some.includes(first) && some.length <= all.length && only.length === 0, `the table is not filtered: ${all.length}, ${some.length}, ${only.length}`);
  check((await type('run(')).length === all.length, 'an unfinished regex filters the table');
  check(await tab.evaluate(`document.querySelector('#details').textContent.includes('Unterminated group')`), 'a bad regex is not said');
  await type('');
  await tab.evaluate(`document.querySelector('#top button').click()`);
  check(await tab.evaluate(`document.querySelectorAll('#top button[aria-pressed=true]').length === 1 && document.querySelectorAll('#top button').length === ${all.length}`),
    'a function that was picked is not alone, or the table is not whole');
  const top = `(() => { const y = [...document.querySelectorAll('#flame g.frame')].map((f) => [f.getBoundingClientRect().y, f.textContent]); y.sort((a, b) => a[0] - b[0]); return [y[0][1], y.at(-1)[1]]; })()`;
  check((await tab.evaluate(top))[0].startsWith('total'), 'the root is not at the top');
  await tab.evaluate(`[...document.querySelectorAll('.flame-view button')].find((b) => b.textContent === 'Root at the bottom').click()`);
  check((await tab.evaluate(top))[1].startsWith('total'), 'the root is not at the bottom');
  await tab.evaluate(`document.querySelector('#flame').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }))`);
  check(await tab.evaluate(`[...document.querySelectorAll('.flame-view button')].some((b) => b.textContent === 'Reset zoom' && !b.disabled)`), 'the key up does not zoom in');
  const hash = await tab.evaluate('location.hash');
  check(/search=.+&root=bottom/.test(hash), 'the address lacks the search or the root: ' + hash);
  await tab.open('/targets', '#targets tr');
  await tab.open('/' + hash, '#flame g.frame');
  check(await tab.evaluate(`document.querySelectorAll('#top button[aria-pressed=true]').length === 1`) && (await tab.evaluate(top))[1].startsWith('total'), 'the address is not followed');
  for (const finding of await tab.axe()) check(false, `axe, search: ${finding}`);
  await tab.shot('profiles-search');
}

/** One of the two servers refuses everything, so what was scraped well is refused once it has answered. */
const scraped = (counts) => (counts.up ?? 0) + (counts.refused ?? 0);

async function run(n) {
  const folder = mkdtempSync(join(tmpdir(), 'stoker-pages-'));
  const port = await freePort();
  const server = await farm(n, folder, '127.0.0.1:' + port);
  const base = 'http://127.0.0.1:' + port;
  const child = spawn(STOKER[0], [...STOKER.slice(1), join(folder, 'pages.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => { log = (log + chunk).slice(-100_000); });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let browser;
  try {
    await until('Stoker is ready', START_MILLIS, () => {
      if (child.exitCode !== null) throw new Error('Stoker ended:\n' + log);
      return fetch(base + '/-/ready').then((r) => r.ok, () => false);
    });
    if (n > 0) {
      await push(base);
      await until('scrapes went well and badly', 60_000, async () => {
        const { counts } = await (await fetch(base + '/api/v1/targets/search?limit=0')).json();
        return scraped(counts) > 0 && counts.down > 0;
      });
      await until('a series has two profiles', 90_000, async () => {
        const endpoints = await (await fetch(base + '/api/v1/endpoints')).json();
        const { counts } = await (await fetch(base + '/api/v1/targets/search?limit=0')).json();
        return endpoints[0].sent >= (n > 100 ? 1.1 : 2) * scraped(counts);
      });
    }
    browser = await Browser.open(process.env.CHROMIUM ?? 'chromium');
    await Promise.all(['Page.enable', 'Runtime.enable', 'Log.enable'].map((m) => browser.send(m)));
    const tab = new Tab(browser, base);
    await tab.look(false);
    await everyPage(tab, n);
    if (n === 5) {
      await byKeyboard(tab);
      await byAddress(tab);
      await edges(tab);
      await difference(tab);
      await searching(tab);
    }
    for (const problem of tab.problems) check(false, `console with ${n} targets: ${problem}`);
  } catch (broken) {
    failures.push(`${n} targets: ${broken.message}\n${log.slice(-2_000)}`);
  } finally {
    await browser?.close();
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), 40_000);
    await gone;
    clearTimeout(force);
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const n of options.targets.split(',').map(Number)) await run(n);
if (failures.length) {
  console.error('FAILED:\n  ' + failures.join('\n  '));
  process.exitCode = 1;
} else {
  console.log('ok; screenshots in ' + options.out);
}
