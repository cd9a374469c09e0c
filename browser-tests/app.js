// The app as a person meets it: what tests do in it again and again.

import assert from 'node:assert/strict';
import { LATCHKEY, Profile } from './browser.js';

export const PASSWORD = 'seven quiet harbours at dawn';

/** A key that nobody has yet. A word in it steers the fake Anthropic. */
export const newKey = (word = '') => `sk-ant-api03-${word}${crypto.randomUUID().replaceAll('-', '')}4f2A`;

/**
 * Watches a page for what must not happen: a policy broken, a script failing, a request elsewhere. Refusals of the server
 * are logged by Chromium, too; tests say how many they expect.
 */
export async function watch(page) {
  const seen = { console: [], policy: [], elsewhere: [] };
  page.on('pageerror', (error) => seen.console.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    if (text.includes('Content Security Policy') || text.includes('TrustedHTML')) seen.policy.push(text);
    else if (message.type() === 'error' && !text.startsWith('Failed to load resource: the server responded with a status of ')) seen.console.push(text);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== LATCHKEY && !['blob:', 'data:'].includes(url.protocol)) seen.elsewhere.push(request.url());
  });
  await page.addInitScript(() => {
    window.policyReports = [];
    document.addEventListener('securitypolicyviolation', (report) => window.policyReports.push(`${report.violatedDirective} ${report.blockedURI} ${report.sample}`));
  });
  return {
    seen,
    /** Nothing of it has happened. */
    async isClean() {
      assert.deepEqual(await page.evaluate(() => window.policyReports), []);
      assert.deepEqual(seen, { console: [], policy: [], elsewhere: [] });
    },
  };
}

/** A watched tab in a profile of its own. */
export async function visit(test, path, settings) {
  const profile = await Profile.forTest(test, settings);
  const page = await profile.tab('about:blank');
  page.setDefaultTimeout(15_000);
  const watcher = await watch(page);
  await page.goto(`${LATCHKEY}${path}`);
  return { profile, page, watcher };
}

/** Signs up in the page, and is then asked for a key. */
export async function signUp(page) {
  const email = `${crypto.randomUUID()}@example.org`;
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'Add your Anthropic key' }).waitFor();
  return email;
}

/** Somebody who has signed up, added a key, and looks at an empty chat. */
export async function person(test, settings) {
  const { profile, page, watcher } = await visit(test, '/sign-up', settings);
  const email = await signUp(page);
  const key = newKey();
  await page.getByLabel('Anthropic key').fill(key);
  await page.getByRole('button', { name: 'Check and start chatting' }).click();
  await composer(page).waitFor();
  return { profile, page, watcher, email, key };
}

/** Where messages are written. */
export const composer = (page) => page.getByLabel('Message', { exact: true });

/** Sends a message with the keyboard. */
export async function send(page, text) {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** The answer at this place, from 0, once it is complete. */
export async function answer(page, place = 0) {
  const found = page.locator('.answer').nth(place);
  await found.locator('.receipt').waitFor();
  return found;
}
