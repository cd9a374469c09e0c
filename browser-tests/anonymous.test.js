// Chat without an account: nothing of it is stored, here or there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, newKey, send, visit } from './app.js';
import { LATCHKEY } from './browser.js';

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

test('an anonymous answer is stopped', async (t) => {
  const { page } = await visit(t, '/try');
  await page.getByLabel('Anthropic key').fill(newKey());
  await page.getByRole('button', { name: 'Start' }).click();
  await send(page, '[[slow 50ms]] [[events 2000]]');
  await page.locator('.answer', { hasText: 'word1' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('You stopped this answer.').waitFor();
  assert.equal(new URL(page.url()).origin, LATCHKEY);
});
