// Links to conversations: made, read by somebody without an account, brought up to date, ended.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, person, send, visit } from './app.js';
import { LATCHKEY } from './browser.js';
import { LOOKS, check } from './look.js';


/** Opens the dialog that shares the open conversation. */
async function openShare(page) {
  await page.getByRole('button', { name: 'What to do with this conversation' }).click();
  await page.getByRole('menuitem', { name: 'Share' }).click();
  return page.getByRole('dialog');
}

/** Makes a link. @returns its address */
async function share(page) {
  const dialog = await openShare(page);
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  return dialog.locator('.secret code').innerText();
}

test('a link shows the conversation as it was, to anybody, until it is updated and ended', async (t) => {
  const { page, watcher, email, key } = await person(t);
  await send(page, 'A plan for [[thinking]] **harbours**');
  await answer(page);
  const address = await share(page);
  assert.match(address, new RegExp(`^${LATCHKEY}/shared#.{20,}$`));
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  assert.equal((await page.content()).includes(address), false);
  await send(page, 'A later thought');
  await answer(page, 1);

  const guest = await visit(t, '/try');
  const asked = [];
  guest.page.on('request', (request) => asked.push(request.url()));
  await guest.page.goto(address);
  await guest.page.locator('.answer', { hasText: 'You said: A plan for' }).waitFor();
  await guest.page.locator('.answer strong', { hasText: 'harbours' }).waitFor();
  await guest.page.getByText('Not shown: thinking.').waitFor();
  const read = await guest.page.content();
  assert.doesNotMatch(read, /A later thought|My key|4f2A/);
  assert.equal(read.includes(email) || read.includes(key), false);
  assert.equal(asked.some((url) => url.includes('/api/auth/') || url.includes('/api/me')), false, 'nobody is asked who it is');

  const dialog = await openShare(page);
  await dialog.getByRole('button', { name: /^Update/ }).click();
  await dialog.getByText('It shows the conversation as it is now.').waitFor();
  await guest.page.reload();
  await guest.page.locator('.answer', { hasText: 'You said: A later thought' }).waitFor();

  await page.goto(`${LATCHKEY}/settings/shares`);
  const row = page.locator('.share-row');
  await row.getByRole('link', { name: /A plan for/ }).waitFor();
  await row.getByRole('button', { name: /^End link/ }).click();
  await row.getByRole('button', { name: 'Cancel' }).click();
  await row.getByRole('button', { name: /^End link/ }).click();
  await row.getByText('This can’t be undone').waitFor();
  await row.getByRole('button', { name: /^End link/ }).click();
  await page.getByText('You share nothing.').waitFor();
  await guest.page.reload();
  await guest.page.getByRole('heading', { name: 'This link doesn’t work' }).waitFor();
  await watcher.isClean();
  await guest.watcher.isClean();
});

test('what is shared is text of others: it never runs', async (t) => {
  const { page } = await person(t);
  await send(page, '<img src=x onerror="window.hit = 1"> [click](javascript:window.hit=1) <script>window.hit = 1</script>');
  await answer(page);
  const address = await share(page);
  const guest = await visit(t, '/try');
  await guest.page.goto(address);
  await guest.page.locator('.answer').waitFor();
  assert.equal(await guest.page.locator('.shared-messages').locator('img, script, a[href^="javascript"]').count(), 0);
  assert.equal(await guest.page.evaluate(() => window.hit), undefined);
  await guest.watcher.isClean();
});

test('a link without its secret, and another one in the same tab', async (t) => {
  const { page, watcher } = await visit(t, '/shared');
  await page.getByRole('heading', { name: 'This link doesn’t work' }).waitFor();
  const owner = await person(t);
  await send(owner.page, 'Two tabs');
  await answer(owner.page);
  const address = await share(owner.page);
  await page.evaluate((hash) => { location.hash = hash; }, new URL(address).hash);
  await page.locator('.answer', { hasText: 'You said: Two tabs' }).waitFor();
  await watcher.isClean();
});

for (const look of LOOKS) {
  test(`${look.name}: sharing, and what is shared`, async (t) => {
    const { page, watcher } = await person(t, look.settings);
    await send(page, 'What is worth seeing in Rotterdam? [[search]]');
    await answer(page);
    const dialog = await openShare(page);
    await check(page, look, 'share');
    await dialog.getByRole('button', { name: 'Make a link' }).click();
    const address = await dialog.locator('.secret code').innerText();
    await check(page, look, 'share-made');
    await page.goto(`${LATCHKEY}/settings/shares`);
    const row = page.locator('.share-row');
    await row.getByRole('button', { name: /^Update/ }).waitFor();
    await check(page, look, 'settings-shares');
    await row.getByRole('button', { name: /^End/ }).click();
    await check(page, look, 'settings-shares-end');
    await page.goto(address);
    await page.locator('.answer').waitFor();
    await check(page, look, 'shared');
    await page.goto(`${LATCHKEY}/shared#wrong`);
    await page.getByRole('heading', { name: 'This link doesn’t work' }).waitFor();
    await check(page, look, 'shared-gone');
    await watcher.isClean();
  });
}
