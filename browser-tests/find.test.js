// Finding a conversation again: by what was said in it, and at that place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, person, send } from './app.js';
import { check } from './look.js';

const search = (page) => page.getByLabel('Search conversations');
const rows = (page) => page.locator('.rail-list li');

test('words of a message lead to it, marked, and past what is above and below', async (t) => {
  const { page, watcher } = await person(t, { viewport: { width: 1280, height: 500 } });
  await send(page, 'Tell me about harbours');
  await answer(page);
  await send(page, 'Which of them has a <b>Zeppelin</b> mast?');
  await answer(page, 1);
  for (const place of [2, 3, 4, 5]) {
    await send(page, `${'More about ships. '.repeat(40)} ${place}`);
    await answer(page, place);
  }
  await page.getByRole('link', { name: 'New chat' }).first().click();
  await send(page, 'Something else');
  await answer(page);

  await search(page).fill('zeppelin mas');
  await rows(page).nth(1).waitFor({ state: 'detached' });
  const hits = rows(page).first().locator('.snippet mark');
  assert.deepEqual((await hits.allInnerTexts()).map((text) => text.toLowerCase()), ['zeppelin', 'mast']);
  assert.match(await rows(page).first().locator('.snippet').innerText(), /<b>/, 'text stays text');
  await page.getByRole('status').getByText('1 conversation found.').waitFor({ state: 'attached' });
  await check(page, { name: 'light-1280' }, 'find');

  await rows(page).first().getByRole('link').click();
  const found = page.locator('[data-message]:focus');
  await found.waitFor();
  assert.match(await found.innerText(), /Zeppelin/);
  const [top, head] = await page.evaluate(() => [document.activeElement.getBoundingClientRect().top, document.querySelector('.thread').getBoundingClientRect()].map((one) => one.top ?? one));
  assert.ok(top >= head - 1 && top < head + 250, 'the message is in view');
  assert.deepEqual(await page.evaluate(() => [...CSS.highlights.get('found')].map(String)), ['Zeppelin', 'mast']);
  await page.reload();
  await page.locator('[data-message]:focus', { hasText: 'Zeppelin' }).waitFor();
  await watcher.isClean();
});

test('of a long message the place is shown', async (t) => {
  const { page, watcher } = await person(t, { viewport: { width: 1280, height: 500 } });
  await send(page, `${'One more line about ships.\n\n'.repeat(120)}And a quokka.\n\n${'Still more of it.\n\n'.repeat(60)}`);
  await answer(page);
  await search(page).fill('quokka');
  await rows(page).first().locator('mark').waitFor();
  await rows(page).first().getByRole('link').click();
  await page.locator('[data-message]:focus').waitFor();
  await page.waitForFunction(() => {
    const [hit] = CSS.highlights.get('found') ?? [];
    const { top, bottom } = hit?.getBoundingClientRect() ?? { top: -1, bottom: -1 };
    const thread = document.querySelector('.thread').getBoundingClientRect();
    return top > thread.top && bottom < thread.bottom;
  });
  await watcher.isClean();
});

test('a message on a hidden branch brings its branch', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, 'A walrus first');
  await answer(page);
  await page.locator('.question').hover();
  await page.getByRole('button', { name: 'Edit' }).click();
  await send(page, 'An otter then');
  await page.locator('.answer', { hasText: 'You said: An otter then' }).waitFor();
  await search(page).fill('walrus');
  await rows(page).first().locator('mark').waitFor();
  await rows(page).first().getByRole('link').click();
  await page.locator('[data-message]:focus', { hasText: 'walrus' }).waitFor();
  await page.locator('.question').getByText('1 / 2').waitFor();
  await watcher.isClean();
});

test('a word of the title is marked in the title', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, 'About lighthouses');
  await answer(page);
  await rows(page).first().hover();
  await page.getByRole('button', { name: 'Actions for About lighthouses' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByLabel('Title').fill('Beacons of Łódź');
  await page.getByRole('button', { name: 'Save' }).click();
  await rows(page).first().getByText('Beacons of Łódź').waitFor();
  await search(page).fill('lodz');
  await rows(page).first().locator('.cut mark', { hasText: 'Łódź' }).waitFor();
  assert.equal(await rows(page).first().locator('.snippet').count(), 0);
  assert.doesNotMatch(await rows(page).first().getByRole('link').getAttribute('href'), /message/);
  await watcher.isClean();
});
