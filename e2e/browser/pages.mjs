// Every page with 0, 5 and 5,000 targets: time to first view, console, keyboard, hostile labels, axe-core.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Browser } from './cdp.mjs';
import { farm } from './farm.mjs';

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
  }
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
      await difference(tab);
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
