// What is done with a conversation as a whole: on top of the list, into a file.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
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
  await page.getByRole('menuitem', { name: action }).click();
}

test('a pinned conversation stands on top, and goes back to its day', async (t) => {
  const { page, watcher } = await person(t);
  for (const text of ['Apples', 'Bridges', 'Clocks']) await begin(page, text);
  await choose(page, 'Apples', /^Pin$/);
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

/** What the browser saves when this is done. */
async function saved(page, act) {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

test('a conversation is saved as Markdown and as JSON', async (t) => {
  const { page, key, watcher } = await person(t);
  await begin(page, 'Zürich: what to see?');
  const markdown = await saved(page, () => choose(page, 'Zürich: what to see?', /^Save as Markdown/));
  assert.match(markdown.name, /^Zürich.*\.md$/);
  assert.match(markdown.text, /You said: Zürich: what to see\?/);
  const json = await saved(page, () => choose(page, 'Zürich: what to see?', /^Save as JSON/));
  assert.match(json.name, /^Zürich.*\.json$/);
  const { format, conversation, messages } = JSON.parse(json.text);
  assert.equal(format, 'latchkey.conversation');
  assert.equal(conversation.title, 'Zürich: what to see?');
  assert.deepEqual(messages.map(({ role }) => role), ['user', 'assistant']);
  assert.equal((markdown.text + json.text).includes(key.slice(-12)), false);
  await watcher.isClean();
});

test('a file that can’t be made says why', async (t) => {
  const { page } = await person(t);
  await begin(page, 'Short-lived');
  const id = new URL(page.url()).pathname.split('/').at(-1);
  await page.route(`**/api/chat/conversations/${id}/export**`, (route) => route.abort());
  await choose(page, 'Short-lived', /^Save as JSON/);
  await page.getByRole('dialog').getByText('The server can’t be reached').waitFor();
});
