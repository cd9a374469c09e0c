// Versions of messages, and answers that more than one tab listens to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, person, send } from './app.js';

test('an edit makes a version, and both can be shown', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, 'First try');
  await answer(page);
  await page.locator('.question').hover();
  await page.getByRole('button', { name: 'Edit' }).click();
  assert.equal(await composer(page).inputValue(), 'First try');
  await send(page, 'Second try');
  await page.locator('.answer', { hasText: 'You said: Second try' }).waitFor();
  const question = page.locator('.question');
  await question.getByText('2 / 2').waitFor();
  await question.hover();
  await question.getByRole('button', { name: 'Previous version' }).click();
  await page.locator('.answer', { hasText: 'You said: First try' }).waitFor();
  await question.getByText('1 / 2').waitFor();
  await page.reload();
  await page.locator('.answer', { hasText: 'You said: First try' }).waitFor();
  await watcher.isClean();
});

test('an answer is given anew, beside the one that is there', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, 'Again and again');
  const first = await answer(page);
  await first.getByRole('button', { name: 'Answer again' }).click();
  await page.locator('.answer').getByText('2 / 2').waitFor();
  assert.equal(await page.locator('.question').count(), 1);
  await watcher.isClean();
});

test('an edit that waits behind an answer stays an edit', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, '[[slow 30ms]] [[events 120]]');
  const first = await answer(page);
  await page.locator('.question').hover();
  await page.getByRole('button', { name: 'Edit' }).click();
  await first.getByRole('button', { name: 'Answer again' }).click();
  await page.locator('.answer[aria-busy]', { hasText: 'word1 ' }).waitFor();
  await send(page, 'Changed meanwhile');
  await page.locator('.composer-line', { hasText: 'Changed meanwhile' }).waitFor();
  await page.locator('.answer', { hasText: 'You said: Changed meanwhile' }).waitFor();
  assert.equal(await page.locator('.question').count(), 1);
  await page.locator('.question').getByText('2 / 2').waitFor();
  await watcher.isClean();
});

test('what another tab sent meanwhile takes nobody’s words', async (t) => {
  const { profile, page, watcher } = await person(t);
  await send(page, 'Hello');
  await answer(page);
  const other = await profile.tab(page.url());
  await answer(other);
  await send(other, '[[slow 50ms]] [[events 2000]]');
  await other.locator('.answer', { hasText: 'word1 ' }).waitFor();
  await send(page, 'A long text of mine');
  // Refused, for the other one runs: that is joined, and the words are there still.
  await page.locator('.answer[aria-busy]', { hasText: 'word1 ' }).waitFor();
  assert.equal(await composer(page).inputValue(), 'A long text of mine');
  await composer(other).press('Escape');
  await page.getByText('You stopped this answer.').waitFor();
  await composer(page).press('Enter');
  await page.locator('.answer', { hasText: 'You said: A long text of mine' }).waitFor();
  await watcher.isClean();
});

test('a reload in the middle joins the running answer, and so does a second tab', async (t) => {
  const { profile, page, watcher } = await person(t);
  await send(page, '[[slow 80ms]] [[events 120]]');
  await page.locator('.answer', { hasText: 'word3 ' }).waitFor();
  await page.reload();
  await page.locator('.answer[aria-busy]', { hasText: 'word4 ' }).waitFor();
  const other = await profile.tab(page.url());
  await other.locator('.answer[aria-busy]', { hasText: 'word5 ' }).waitFor();
  for (const tab of [page, other]) {
    const text = await (await answer(tab)).locator('.markdown').innerText();
    const words = text.trim().split(/\s+/);
    assert.deepEqual(words, Array.from({ length: 120 }, (_, at) => `word${at}`));
  }
  await watcher.isClean();
});
