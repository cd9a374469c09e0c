// A key that was pasted where none belongs: it goes nowhere, and the page leads to where it does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, newKey, person, send } from './app.js';
import { LATCHKEY } from './browser.js';

/** Everything that a page sends, address and body. */
function sentBy(page) {
  const sent = [];
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  return sent;
}

test('in a search, a title, a system prompt', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, 'About harbours');
  await answer(page);
  const sent = sentBy(page);
  const key = newKey();

  await page.getByLabel('Search conversations').fill(`find ${key}`);
  await page.locator('.rail').getByText('There is a key in this. It was sent nowhere.').waitFor();
  await page.getByLabel('Search conversations').fill('');
  await page.locator('.rail-list').getByText('About harbours').waitFor();

  await page.getByRole('button', { name: 'What to do with this conversation' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByLabel('Title').fill(key);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').getByText('There is a key in this.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByLabel('System prompt').fill(`You are ${key}`);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').getByText('There is a key in this.').waitFor();
  assert.equal(sent.some((one) => one.includes(key)), false);

  await page.getByRole('button', { name: 'Save it in Settings' }).click();
  assert.equal(await page.getByLabel('Anthropic key').inputValue(), key);
  assert.doesNotMatch(page.url(), /sk-ant/);
  await watcher.isClean();
});

test('in the name of a key, an account, a file', async (t) => {
  const { page, watcher } = await person(t);
  const sent = sentBy(page);
  const key = newKey();
  await page.locator('input[type="file"]').setInputFiles([{ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from(`remember ${key}`) }]);
  await page.getByText('There is a key in notes.txt.').waitFor();
  assert.equal(await page.locator('.composer-files li').count(), 0);

  await page.goto(`${LATCHKEY}/settings/keys`);
  await page.getByRole('button', { name: 'Add key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Anthropic key').fill(newKey());
  await dialog.getByLabel('Name').fill(key);
  await dialog.getByRole('button', { name: 'Add key' }).click();
  await dialog.getByText('There is a key in this.').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#account').getByLabel('Name').fill(key);
  await page.locator('#account').getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('#account').getByText('There is a key in this.').waitFor();
  await page.getByRole('button', { name: 'Make token' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill(key);
  await page.getByRole('dialog').getByRole('button', { name: 'Make token' }).click();
  await page.getByRole('dialog').getByText('There is a key in this.').waitFor();
  assert.equal(sent.some((one) => one.includes(key)), false);
  await watcher.isClean();
});
