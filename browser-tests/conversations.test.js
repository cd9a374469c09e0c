// What is done with a conversation as a whole: on top of the list, into a file.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, person, send } from './app.js';
import { LATCHKEY } from './browser.js';
import { check } from './look.js';

const rows = (page) => page.locator('.rail-list li');

/** Begins a conversation with this message. */
async function begin(page, text) {
  await page.goto(`${LATCHKEY}/chat`);
  await send(page, text);
  await answer(page);
  await page.locator('.rail-list [aria-current]', { hasText: text }).waitFor();
}

/** Chooses in the menu of a conversation in the list. */
async function choose(page, title, action) {
  await rows(page).filter({ hasText: title }).hover();
  await page.getByRole('button', { name: `Actions for ${title}` }).click();
  await page.getByRole('menuitem', { name: action, exact: true }).click();
}

test('a pinned conversation stands on top, and goes back to its day', async (t) => {
  const { page, watcher } = await person(t);
  for (const text of ['Apples', 'Bridges', 'Clocks']) await begin(page, text);
  await choose(page, 'Apples', 'Pin');
  const headings = page.locator('.rail-list h2');
  await headings.getByText('Pinned').waitFor();
  assert.deepEqual(await headings.allInnerTexts(), ['Pinned', 'Today']);
  const titles = async () => (await rows(page).locator('a').allInnerTexts()).map((text) => text.trim());
  assert.deepEqual(await titles(), ['Apples', 'Clocks', 'Bridges']);
  await page.reload();
  await headings.getByText('Pinned').waitFor();
  assert.deepEqual(await titles(), ['Apples', 'Clocks', 'Bridges']);
  await page.getByLabel('Search conversations').fill('apples');
  await rows(page).nth(1).waitFor({ state: 'detached' });
  assert.deepEqual(await headings.allInnerTexts(), ['Today']);
  await page.getByLabel('Search conversations').fill('');
  await headings.getByText('Pinned').waitFor();
  await page.getByRole('link', { name: 'Apples' }).click();
  await page.getByRole('heading', { level: 1, name: 'Apples' }).waitFor();
  await page.getByRole('button', { name: 'What to do with this conversation' }).click();
  await check(page, { name: 'light-1280' }, 'conversation-menu');
  await page.getByRole('menuitem', { name: 'Unpin' }).click();
  await headings.getByText('Pinned').waitFor({ state: 'detached' });
  assert.deepEqual(await titles(), ['Clocks', 'Bridges', 'Apples']);
  await watcher.isClean();
});
