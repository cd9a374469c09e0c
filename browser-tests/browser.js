// A real Chromium for one test: a profile of its own, and nothing that it does by itself in the background.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** Where Latchkey listens: `http://127.0.0.1:PORT`. */
export const LATCHKEY = variable('LATCHKEY_URL');

/** Where it keeps its data and its log. */
export const FOLDER = variable('LATCHKEY_FOLDER');

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser profile. It is closed and removed when the test ends. */
export class Profile {
  #folder;
  #context;
  #settings;

  /** `settings` are playwright's: the size of the window, the colours that the person likes. */
  static async forTest(test, settings = {}) {
    const profile = new Profile();
    profile.#settings = settings;
    profile.#folder = await mkdtemp(join(tmpdir(), 'latchkey-chromium-'));
    test.after(() => profile.#remove());
    await profile.#open();
    return profile;
  }

  /** A new tab, which already shows this address. */
  async tab(url) {
    const page = await this.#context.newPage();
    await page.goto(url);
    return page;
  }

  /** All cookies that the browser keeps. */
  cookies() {
    return this.#context.cookies();
  }

  /** Closes the browser, and opens another one with the same profile. */
  async restart() {
    await this.#close();
    await this.#open();
  }

  async #open() {
    this.#context = await chromium.launchPersistentContext(this.#folder, {
      executablePath: EXECUTABLE,
      headless: true,
      args: FLAGS,
      ...this.#settings,
    });
  }

  /** A test's answer to a request may be on its way still; nobody waits for it any more. */
  async #close() {
    await Promise.all(this.#context.pages().map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
    await this.#context.close();
  }

  async #remove() {
    if (this.#context) await this.#close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What a page gets when it posts JSON to an address of its own origin, and what it finds in it. */
export function post(page, path, body) {
  return page.evaluate(
    async ([path, body]) => {
      const answer = await fetch(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
    },
    [path, body],
  );
}

/** What a page gets from an address of its own origin, as the holder of this access token. */
export function get(page, path, accessToken) {
  return page.evaluate(
    async ([path, accessToken]) => {
      const answer = await fetch(path, { headers: { Authorization: `Bearer ${accessToken}` } });
      return { status: answer.status, body: await answer.json() };
    },
    [path, accessToken],
  );
}

function variable(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: start these tests with \`cargo xtask browser\``);
  }
  return value;
}
