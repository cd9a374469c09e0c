// Every page in both themes and both widths: no violation that axe-core knows, nothing wider than the window, and a picture of
// each where SCREENSHOTS names a folder.

import { test } from 'node:test';
import { answer, composer, newKey, person, send, signUp, visit } from './app.js';
import { LATCHKEY } from './browser.js';
import { check } from './look.js';

const LOOKS = [
  { name: 'light-1280', colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  { name: 'dark-1280', colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
  { name: 'light-360', colorScheme: 'light', viewport: { width: 360, height: 740 } },
  { name: 'dark-360', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
];
const RICH = `[[thinking]] Binary search

## How it works

A **sorted** list is halved until the item is found, in $O(\\log n)$ steps.

\`\`\`rust
fn find(list: &[i32], wanted: i32) -> Option<usize> {
    list.binary_search(&wanted).ok() // the library has it
}
\`\`\`

| case | steps | why |
|---|--:|---|
| best | 1 | it is in the middle |
| worst | 20 | a million items |

> Nearly all binary searches are broken.`;

for (const look of LOOKS) {
  const settings = { colorScheme: look.colorScheme, viewport: look.viewport, reducedMotion: 'reduce' };

  test(`${look.name}: the pages before and after signing in`, async (t) => {
    const { page, watcher } = await visit(t, '/', settings);
    await page.getByText('Ready', { exact: true }).waitFor();
    await check(page, look, 'home');
    for (const [path, name] of [['/sign-in', 'sign-in'], ['/reset', 'reset'], ['/try', 'try'], ['/sign-up', 'sign-up']]) {
      await page.goto(`${LATCHKEY}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await check(page, look, name);
    }
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.locator('[aria-invalid]').first().waitFor();
    await check(page, look, 'sign-up-faults');
    await signUp(page);
    await page.getByLabel('Anthropic key').fill(newKey('INVALID'));
    await page.getByRole('button', { name: 'Check and start chatting' }).click();
    await page.getByRole('alert').waitFor();
    await check(page, look, 'welcome-rejected');
    await watcher.isClean();
  });

  test(`${look.name}: the chat`, async (t) => {
    const { page, watcher } = await person(t, settings);
    await check(page, look, 'chat-empty');
    await send(page, RICH);
    const rich = await answer(page);
    await rich.locator('.hljs-keyword').first().waitFor();
    await rich.locator('math').first().waitFor();
    await check(page, look, 'chat');
    await send(page, 'Look that up [[search]]');
    const cited = await answer(page, 1);
    await cited.locator('.receipt summary').click();
    await check(page, look, 'chat-sources');
    await send(page, 'poor [[credit]]');
    await page.getByRole('alert').waitFor();
    await check(page, look, 'chat-fault');
    await composer(page).fill(newKey());
    await composer(page).press('Enter');
    await page.getByText('There is a key in this message').waitFor();
    await check(page, look, 'chat-key');
    await composer(page).fill('');
    await page.getByRole('button', { name: /^Model:/ }).click();
    await page.getByRole('menu').waitFor();
    await check(page, look, 'chat-models');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Options' }).click();
    await check(page, look, 'chat-options');
    await page.keyboard.press('Escape');
    if (look.viewport.width < 800) {
      await page.getByRole('button', { name: 'Show conversations' }).click();
      await check(page, look, 'chat-rail');
    }
    await page.getByLabel('Search conversations').fill('sorted list');
    await page.locator('.rail-list .snippet mark').first().waitFor();
    await check(page, look, 'chat-search');
    await page.locator('.rail-list li a').first().click();
    await page.locator('[data-message]:focus').waitFor();
    await check(page, look, 'chat-found');
    await page.getByRole('button', { name: 'What to do with this conversation' }).click();
    await page.getByRole('menuitem', { name: 'Pin' }).waitFor();
    await check(page, look, 'chat-menu');
    await watcher.isClean();
  });

  test(`${look.name}: the settings`, async (t) => {
    const { page, watcher } = await person(t, settings);
    await page.goto(`${LATCHKEY}/settings/keys`);
    await page.getByText('Pays now').waitFor();
    await page.locator('#sessions .row').waitFor();
    await page.getByText('No tokens yet.').waitFor();
    await check(page, look, 'settings');
    await page.getByRole('button', { name: 'Add key' }).click();
    await check(page, look, 'settings-add-key');
    await page.keyboard.press('Escape');
    await page.goto(`${LATCHKEY}/settings/tokens`);
    await page.getByRole('button', { name: 'Make token' }).click();
    await check(page, look, 'settings-make-token');
    await watcher.isClean();
  });
}
