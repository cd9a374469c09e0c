// What a message would cost, before it is sent: asked for, or said by itself of a long one that is left alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, newKey, person, send, visit } from './app.js';
import { TWO_LOOKS, check } from './look.js';

const ESTIMATE = /^Estimate: [\d,]+ tokens, (\$|<\$)[\d.]+ to send\. With the longest answer, \$[\d.]+ at most\.$/;
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The estimates that a page asks for. */
function askedBy(page) {
  const asked = [];
  page.on('request', (request) => { if (new URL(request.url()).pathname === '/api/chat/estimate') asked.push(request); });
  return asked;
}

test('a short message: only when asked, and gone with the next letter', async (t) => {
  const { page, watcher } = await person(t);
  const asked = askedBy(page);
  assert.equal(await page.getByRole('button', { name: 'Estimate the cost' }).count(), 0, 'there is nothing to estimate');
  await composer(page).pressSequentially('Hello Claude!');
  await page.getByRole('button', { name: 'Estimate the cost' }).click();
  await page.getByText(ESTIMATE).waitFor();
  assert.equal(asked.length, 1);
  assert.equal(new URL(asked[0].url()).search, '', 'the conversation isn’t there yet');
  await composer(page).pressSequentially('?');
  await page.getByText(ESTIMATE).waitFor({ state: 'detached' });

  await composer(page).press('Enter');
  await answer(page);
  await composer(page).fill('And more');
  await page.getByRole('button', { name: 'Estimate the cost' }).click();
  await page.getByText(ESTIMATE).waitFor();
  assert.match(new URL(asked[1].url()).search, /^\?conversationId=[0-9a-f]{32}$/);
  assert.equal(await page.locator('.question').count(), 1, 'nothing was sent');
  await watcher.isClean();
});

test('a long one and a file: by themselves, once and not with each letter', async (t) => {
  const { page, watcher } = await person(t);
  const asked = askedBy(page);
  await composer(page).fill('long '.repeat(2_000));
  await composer(page).press('End');
  await page.keyboard.type('typed on', { delay: 60 });
  assert.equal(asked.length, 0);
  await page.getByText(ESTIMATE).waitFor();
  assert.equal(asked.length, 1);

  await composer(page).fill('What is this?');
  await page.getByText(ESTIMATE).waitFor({ state: 'detached' });
  await page.locator('input[type="file"]').setInputFiles([{ name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(PIXEL, 'base64') }]);
  await page.getByText(ESTIMATE).waitFor();
  assert.equal(asked.length, 2);
  await watcher.isClean();
});

test('a change ends the one that is under way', async (t) => {
  const { page, watcher } = await person(t);
  let held;
  const isHeld = new Promise((done) => { held = done; });
  await page.route('**/api/chat/estimate', (route) => held(route));
  const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/estimate'));
  await composer(page).fill('Hello');
  await page.getByRole('button', { name: 'Estimate the cost' }).click();
  await page.getByText('Counting tokens …').waitFor();
  await isHeld;
  await composer(page).pressSequentially('!');
  await ended;
  await page.getByText('Counting tokens …').waitFor({ state: 'detached' });
  await watcher.isClean();
});

test('a key in it goes nowhere; what can’t be estimated is said', async (t) => {
  const { page } = await person(t);
  const asked = askedBy(page);
  await composer(page).fill(`${newKey()} ${'long '.repeat(2_000)}`);
  await page.getByRole('button', { name: 'Estimate the cost' }).click();
  await composer(page).fill('Hello');
  await page.route('**/api/chat/estimate', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ code: 'provider_overloaded', status: 503, detail: 'x' }) }));
  await page.getByRole('button', { name: 'Estimate the cost' }).click();
  await page.getByText('No estimate: Anthropic has too much to do.').waitFor();
  assert.equal(asked.length, 1);
  assert.doesNotMatch(asked[0].postData(), /sk-ant/);
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('without an account, with what came before', async (t) => {
  const { page, watcher } = await visit(t, '/try');
  await page.getByLabel('Anthropic key').fill(newKey());
  await page.getByRole('button', { name: 'Start' }).click();
  await send(page, 'One');
  await answer(page);
  const asked = askedBy(page);
  await composer(page).fill('Two');
  await page.getByRole('button', { name: 'Estimate the cost' }).click();
  await page.getByText(ESTIMATE).waitFor();
  assert.deepEqual(JSON.parse(asked[0].postData()).history.map(({ role }) => role), ['user', 'assistant']);
  assert.equal(asked[0].headers().authorization, undefined);
  await watcher.isClean();
});

for (const look of TWO_LOOKS) {
  test(`how it looks, ${look.name}`, async (t) => {
    const { page } = await person(t, look.settings);
    await composer(page).fill('Hello Claude!');
    await page.getByRole('button', { name: 'Estimate the cost' }).click();
    await page.getByText(ESTIMATE).waitFor();
    await check(page, look, 'estimate');
  });
}
