import { spawn } from 'node:child_process';
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Browser } from './cdp.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:12346/' },
    service: { type: 'string', default: 'stoker' },
    frame: { type: 'string', default: 'dev[./]stoker' },
    within: { type: 'string', default: '45' },
    out: { type: 'string', default: 'target/browser/page.png' },
    dark: { type: 'boolean', default: false },
    'no-command': { type: 'boolean', default: false },
  },
});
const BUILD_MILLIS = 15 * 60_000;
const problems = [];

function start(command) {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] });
  child.on('error', (e) => { console.error(`cannot start ${command[0]}: ${e.message}`); child.failed = true; });
  return child;
}

const ended = (child) => child.failed || child.exitCode !== null || child.signalCode !== null;

async function jvmStarted(child) {
  const limit = Date.now() + BUILD_MILLIS;
  while (!ended(child) && Date.now() < limit) {
    try {
      if (basename(readlinkSync(`/proc/${child.pid}/exe`)) === 'java') return Date.now();
    } catch { /* between fork and exec */ }
    await sleep(50);
  }
  throw new Error('the command ended, or never became a JVM');
}

async function answers(url, deadline, child) {
  while (Date.now() < deadline) {
    if (child && ended(child)) throw new Error('the command ended before the page was there');
    try {
      if ((await fetch(url)).ok) return;
    } catch { /* not listening yet */ }
    await sleep(200);
  }
  throw new Error(`${url} did not answer in time`);
}

function watch(browser) {
  browser.on((method, params) => {
    if (method === 'Runtime.exceptionThrown') {
      problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    } else if (method === 'Runtime.consoleAPICalled' && params.type === 'error') {
      problems.push(params.args.map((a) => a.value ?? a.description).join(' '));
    } else if (method === 'Log.entryAdded' && params.entry.level === 'error') {
      problems.push(`${params.entry.text} ${params.entry.url ?? ''}`);
    }
  });
}

const frames = (browser) => browser.evaluate(
  `[...document.querySelectorAll('#flame g.frame')].map((g) => g.getAttribute('name'))`);

// Chooses the service, then walks through its profile types until one shows the frame.
async function drawn(browser, deadline) {
  const wanted = new RegExp(options.frame);
  let seen = [];
  for (let turn = 0; Date.now() < deadline; turn++) {
    await browser.evaluate(`(() => {
      const service = document.getElementById('service');
      const type = document.getElementById('type');
      if (![...service.options].some((o) => o.value === ${JSON.stringify(options.service)})) return;
      service.value = ${JSON.stringify(options.service)};
      if (${turn} > 0 && type.options.length) type.selectedIndex = ${turn} % type.options.length;
      service.dispatchEvent(new Event('change', { bubbles: true }));
    })()`);
    const turnEnds = Math.min(deadline, Date.now() + 2000);
    while (Date.now() < turnEnds) {
      await sleep(200);
      const shown = await browser.evaluate(`document.getElementById('result').hidden ? '' : document.getElementById('service').value`);
      seen = shown === options.service ? await frames(browser) : [];
      const hit = seen.find((name) => wanted.test(name));
      if (hit) return hit;
    }
  }
  const notice = await browser.evaluate(`document.getElementById('notice').textContent`);
  throw new Error(`no frame matches ${options.frame}; ${seen.length} frames, the page says: ${notice}`);
}

async function screenshot(browser) {
  await sleep(600); // labels are drawn after the component's transition
  const { data } = await browser.send('Page.captureScreenshot', { format: 'png' });
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, Buffer.from(data, 'base64'));
}

async function drive(deadline) {
  const browser = await Browser.open(process.env.CHROMIUM ?? 'chromium');
  try {
    watch(browser);
    await Promise.all(['Page.enable', 'Runtime.enable', 'Log.enable'].map((m) => browser.send(m)));
    await browser.send('Emulation.setDeviceMetricsOverride', { width: 1440, height: 900, deviceScaleFactor: 1, mobile: false });
    await browser.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: options.dark ? 'dark' : 'light' }],
    });
    await browser.send('Page.navigate', { url: options.url });
    while (Date.now() < deadline && !(await browser.evaluate(`document.readyState === 'complete' && !!document.getElementById('result')`))) {
      await sleep(100);
    }
    try {
      return await drawn(browser, deadline);
    } finally {
      await screenshot(browser);
    }
  } finally {
    await browser.close();
  }
}

async function main() {
  const command = positionals.length ? positionals : ['./stoker', 'run', 'config-examples/quickstart.conf'];
  const child = options['no-command'] ? null : start(command);
  try {
    const began = child ? await jvmStarted(child) : Date.now();
    const deadline = began + 1000 * Number(options.within);
    await answers(options.url, deadline, child);
    const frame = await drive(deadline);
    const took = ((Date.now() - began) / 1000).toFixed(1);
    if (problems.length) throw new Error('console errors:\n  ' + problems.join('\n  '));
    console.log(`ok: "${frame}" after ${took} s; screenshot ${options.out}`);
  } finally {
    if (child && !ended(child)) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await gone;
      clearTimeout(force);
    }
  }
}

main().catch((failed) => {
  console.error('FAILED: ' + failed.message);
  if (problems.length) console.error('console errors:\n  ' + problems.join('\n  '));
  process.exitCode = 1;
});
