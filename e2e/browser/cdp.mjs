// A browser over the DevTools protocol on a pipe (file descriptors 3 and 4, messages end with NUL).
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--remote-debugging-pipe'];

export class Browser {
  #child; #profile; #next = 1; #waiting = new Map(); #listeners = []; #session;

  static async open(binary) {
    const browser = new Browser();
    await browser.#start(binary);
    return browser;
  }

  async #start(binary) {
    this.#profile = mkdtempSync(join(tmpdir(), 'stoker-browser-'));
    this.#child = spawn(binary, [...FLAGS, '--user-data-dir=' + this.#profile, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.#child.on('error', (e) => this.#failAll(e));
    this.#child.on('exit', () => this.#failAll(new Error('the browser ended')));
    this.#child.stdio[3].on('error', () => {});
    let text = '';
    this.#child.stdio[4].setEncoding('utf8');
    this.#child.stdio[4].on('data', (chunk) => {
      const parts = (text + chunk).split('\0');
      text = parts.pop();
      parts.forEach((part) => this.#take(JSON.parse(part)));
    });
    const { targetInfos } = await this.send('Target.getTargets', {}, null);
    const page = targetInfos.find((t) => t.type === 'page');
    const attached = await this.send('Target.attachToTarget', { targetId: page.targetId, flatten: true }, null);
    this.#session = attached.sessionId;
  }

  #take(message) {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (waiting && message.error) waiting.reject(new Error(message.error.message));
    else if (waiting) waiting.resolve(message.result);
    else this.#listeners.forEach((listener) => listener(message.method, message.params));
  }

  #failAll(error) {
    this.#waiting.forEach((waiting) => waiting.reject(error));
    this.#waiting.clear();
  }

  on(listener) { this.#listeners.push(listener); }

  send(method, params = {}, sessionId = this.#session) {
    const id = this.#next++;
    const message = JSON.stringify(sessionId ? { id, method, params, sessionId } : { id, method, params });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdio[3].write(message + '\0');
    });
  }

  async evaluate(expression) {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? 'script failed');
    return answer.result.value;
  }

  async close() {
    if (this.#child.exitCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      // Asked, it takes its children along; killed, they would write on into the folder.
      this.send('Browser.close', {}, null).catch(() => {});
      const force = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(force);
    }
    try {
      rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    } catch { /* a temporary folder that stays is no failed test */ }
  }
}
