// What belongs to a person: taken out of the server, and brought to it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { answer, person, send, PASSWORD } from './app.js';
import { LATCHKEY } from './browser.js';

test('all data is saved, with the password if that is long ago', async (t) => {
  const { page, key, watcher } = await person(t);
  await send(page, 'About harbours');
  await answer(page);
  await page.goto(`${LATCHKEY}/settings/data`);
  let asked = 0;
  await page.route('**/api/me/export', (route) => {
    asked += 1;
    if (asked > 1) return route.fallback();
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ code: 'reauthentication_required', status: 403, detail: 'password' }) });
  });
  await page.getByRole('button', { name: 'Save all my data' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password').fill(PASSWORD);
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Continue' }).click()]);
  assert.match(download.suggestedFilename(), /\.json$/);
  const saved = await readFile(await download.path(), 'utf8');
  assert.match(saved, /About harbours/);
  assert.doesNotMatch(saved, new RegExp(key));
  assert.ok(JSON.parse(saved));
  await page.getByText('is in your downloads.').waitFor();
  await watcher.isClean();
});

test('the end of an account says what is lost, and offers to save it first', async (t) => {
  const { page, watcher } = await person(t);
  await page.goto(`${LATCHKEY}/settings/delete`);
  await page.getByRole('button', { name: 'Delete my account' }).click();
  await page.getByRole('dialog').getByText('All conversations, with what was attached to them.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Save my data first' }).click();
  await page.waitForURL(/\/settings\/data$/);
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.equal(await page.locator('#data').evaluate((node) => node === document.activeElement), true);
  await watcher.isClean();
});
