// The composer: what waits, what is edited, and what comes back. Nothing that somebody wrote is lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, person, send } from './app.js';

test('two messages written meanwhile go together, and stopping gives back what waits', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, '[[slow 30ms]] [[events 120]] first');
  await page.locator('.answer', { hasText: 'word1' }).waitFor();
  await send(page, 'second');
  await send(page, 'third');
  await page.locator('.composer-line', { hasText: 'second third' }).waitFor();
  assert.match(await (await answer(page, 1)).innerText(), /second\s*third/);

  await send(page, '[[slow 50ms]] [[events 2000]]');
  await page.locator('.answer', { hasText: 'word1' }).nth(1).waitFor();
  await send(page, 'waits');
  await page.locator('.composer-line', { hasText: 'waits' }).waitFor();
  await composer(page).fill('half a thought');
  await composer(page).press('Escape');
  await page.getByText('You stopped this answer.').waitFor();
  assert.equal(await composer(page).inputValue(), 'waits\n\nhalf a thought');
  await watcher.isClean();
});

test('editing lays the draft aside, and brings it back', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, 'The first');
  await answer(page);
  await composer(page).fill('my draft');
  await page.locator('.question').hover();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  assert.equal(await composer(page).inputValue(), 'The first');
  await composer(page).press('Escape');
  assert.equal(await composer(page).inputValue(), 'my draft');

  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await send(page, 'The first, better');
  await page.getByText('2 / 2').first().waitFor();
  assert.equal(await composer(page).inputValue(), 'my draft');
  await watcher.isClean();
});

test('an edit that didn’t get through is still an edit', async (t) => {
  const { page } = await person(t);
  await send(page, 'The first');
  await answer(page);
  await page.context().setOffline(true);
  await composer(page).press('ArrowUp');
  await send(page, 'The first, again');
  await page.getByRole('alert').getByText('Nothing is lost').waitFor();
  assert.equal(await composer(page).inputValue(), 'The first, again');
  await page.getByText('You are editing an earlier message.').waitFor();
  await page.context().setOffline(false);
  await page.getByText('You are offline. You can read what is here').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('2 / 2').first().waitFor();
  assert.equal(await composer(page).inputValue(), '');
});
