// Chat without an account: nothing of it is stored, here or there.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { answer, composer, newKey, person, send, visit } from './app.js';
import { FOLDER, LATCHKEY } from './browser.js';

/** All that a browser keeps for a page. */
const kept = (page) => page.evaluate(async () => JSON.stringify([
  { ...localStorage }, { ...sessionStorage }, document.cookie, await indexedDB.databases(), await caches.keys(), history.state,
]));

test('a conversation without an account, of which nothing is left', async (t) => {
  const { profile, page, watcher } = await visit(t, '/try');
  const key = newKey();
  const saved = [];
  page.on('request', (request) => { if (request.method() !== 'GET') saved.push(`${request.method()} ${new URL(request.url()).pathname.replace(/[0-9a-f]{32}/, 'ID')}`); });
  await page.getByLabel('Anthropic key').fill(key);
  await page.getByRole('button', { name: 'Start' }).click();
  await send(page, 'A secret about otters');
  const first = await answer(page);
  assert.match(await first.innerText(), /otters/);
  assert.match(await first.locator('.receipt').innerText(), /paid by the key you gave/);
  await send(page, 'And more');
  await answer(page, 1);

  assert.deepEqual([...new Set(saved)], ['POST /api/chat/conversations/ID/messages']);
  assert.doesNotMatch(await kept(page), /otters|sk-ant|4f2A/);
  assert.deepEqual(await profile.cookies(), []);
  assert.doesNotMatch(page.url(), /sk-ant/);

  await page.reload();
  assert.equal(await page.getByLabel('Anthropic key').inputValue(), '');
  assert.equal(await page.getByText('otters').count(), 0);
  await watcher.isClean();
});

/** Whether these words stand in any file of the server's: database, log, all else; as they are, in base64, hex or an address. */
async function standsInFiles(words) {
  const bytes = Buffer.from(words);
  // In base64 it depends on what stands before: two of three letters' groups are the same in each case.
  const based = [0, 1, 2].map((shift) => Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').slice(shift === 0 ? 0 : 4, -4));
  const forms = [words, bytes.toString('hex'), encodeURIComponent(words), ...based];
  const files = (await readdir(FOLDER, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map((one) => join(one.parentPath ?? one.path, one.name));
  const contents = await Promise.all(files.map((file) => readFile(file).catch(() => Buffer.alloc(0))));
  return contents.some((content) => forms.some((form) => content.includes(form)));
}

/** Whether anything that the browser wrote into the profile's storage has these words. */
const storage = (page) => page.evaluate(async () => {
  const found = [{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state];
  for (const { name } of await indexedDB.databases()) found.push(name);
  for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) found.push(request.url);
  found.push((await navigator.serviceWorker?.getRegistrations() ?? []).map((one) => one.scope));
  return JSON.stringify(found);
});

test('neither words nor key of a conversation without an account stand in any file of the server', async (t) => {
  const [question, kept] = [crypto.randomUUID(), crypto.randomUUID()];
  // What is stored is found like this: else the search would prove nothing.
  const owner = await person(t);
  await send(owner.page, `Remember ${kept}`);
  await answer(owner.page);
  assert.equal(await standsInFiles(kept), true, 'the search finds what is stored');

  const { page, watcher } = await visit(t, '/try');
  const key = newKey();
  await page.getByLabel('Anthropic key').fill(key);
  await page.getByRole('button', { name: 'Start' }).click();
  await send(page, `A secret: ${question}`);
  assert.match(await (await answer(page)).innerText(), new RegExp(question));
  await send(page, `[[overloaded after 3]] and ${question} again`);
  await page.getByRole('alert').waitFor();
  for (const words of [question, key, key.slice(-16)]) {
    assert.equal(await standsInFiles(words), false, `${words === question ? 'the words' : 'the key'} stand in a file`);
    assert.equal((await storage(page)).includes(words), false);
  }
  await watcher.isClean();
});

test('the second message brings the first, and a rejected key can be changed', async (t) => {
  const { page, watcher } = await visit(t, '/try');
  await page.getByLabel('Anthropic key').fill(newKey('INVALID'));
  await page.getByRole('button', { name: 'Start' }).click();
  await send(page, 'Hello');
  await page.getByText('Anthropic doesn’t accept this key').waitFor();
  assert.equal(await composer(page).inputValue(), 'Hello', 'nothing is lost');
  await page.getByRole('button', { name: /^Key …/ }).click();
  await page.getByLabel('Anthropic key').fill(newKey());
  await page.getByRole('button', { name: 'Start' }).click();
  const bodies = [];
  page.on('request', (request) => { if (request.method() === 'POST') bodies.push(JSON.parse(request.postData())); });
  await send(page, 'One');
  await answer(page);
  await send(page, 'Two');
  await answer(page, 1);
  assert.equal(bodies[0].history, undefined);
  assert.deepEqual(bodies[1].history.map(({ role }) => role), ['user', 'assistant']);
  assert.equal(bodies[1].history[1].content[0].text, 'You said: One');
  await watcher.isClean();
});

test('an anonymous answer is stopped, wherever the focus is', async (t) => {
  const { page } = await visit(t, '/try');
  await page.getByLabel('Anthropic key').fill(newKey());
  await page.getByRole('button', { name: 'Start' }).click();
  for (const blurs of [false, true]) {
    await send(page, '[[slow 50ms]] [[events 2000]]');
    await page.locator('.answer', { hasText: 'word1' }).nth(Number(blurs)).waitFor();
    if (blurs) await composer(page).blur();
    await page.keyboard.press('Escape');
    await page.getByText('You stopped this answer.').nth(Number(blurs)).waitFor();
  }
  assert.equal(new URL(page.url()).origin, LATCHKEY);
});

test('a frame that comes after the stop doesn’t take it back', async (t) => {
  const { page } = await visit(t, '/try');
  await page.getByLabel('Anthropic key').fill(newKey());
  await page.getByRole('button', { name: 'Start' }).click();
  await send(page, '[[slow 5ms]] [[events 20000]]');
  await page.locator('.answer', { hasText: 'word1' }).waitFor();
  // A page that is busy: whenever it is stopped, a frame is on its way.
  await page.evaluate(() => {
    globalThis.requestAnimationFrame = (frame) => setTimeout(frame, 200);
    globalThis.cancelAnimationFrame = clearTimeout;
    return new Promise(requestAnimationFrame);
  });
  await page.keyboard.press('Escape');
  await page.getByText('You stopped this answer.').waitFor();
  await page.evaluate(() => new Promise(requestAnimationFrame));
  assert.equal(await page.getByText('You stopped this answer.').isVisible(), true);
  assert.equal(await page.getByRole('button', { name: 'Stop' }).count(), 0);
});

test('the field keeps the focus when the first message gives the page another shape', async (t) => {
  const { page } = await visit(t, '/try');
  await page.getByLabel('Anthropic key').fill(newKey());
  await page.getByRole('button', { name: 'Start' }).click();
  await composer(page).fill('[[slow 50ms]] [[events 20]]');
  // Before the browser paints: what is typed then would go nowhere.
  const focused = await page.evaluate(async () => {
    document.querySelector('form').requestSubmit();
    while (!document.querySelector('.answer')) await new Promise((later) => { queueMicrotask(later); });
    return document.activeElement?.matches('textarea');
  });
  assert.equal(focused, true);
  await answer(page);
});
