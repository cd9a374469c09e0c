// Every page in both themes and both widths: no violation that axe-core knows, nothing wider than the window, and a picture of
// each where SCREENSHOTS names a folder.

import { test } from 'node:test';
import { answer, composer, newKey, person, send, signUp, visit } from './app.js';
import { LATCHKEY } from './browser.js';
import { LOOKS, check } from './look.js';

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
  test(`${look.name}: the pages before and after signing in`, async (t) => {
    const { page, watcher } = await visit(t, '/', look.settings);
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
    const { page, watcher } = await person(t, look.settings);
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
    await page.getByRole('dialog').waitFor();
    await check(page, look, 'chat-options');
    await page.keyboard.press('Escape');
    if (look.settings.viewport.width < 800) {
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
    const { page, watcher } = await person(t, look.settings);
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

  test(`${look.name}: the chat in its other states`, async (t) => {
    const { page, watcher } = await person(t, look.settings);
    await page.goto(`${LATCHKEY}/chat/nothing-here`);
    await page.getByText('It was deleted, or it belongs to another account.').waitFor();
    await check(page, look, 'chat-missing');
    await page.goto(`${LATCHKEY}/chat`);
    await send(page, '[[slow 60ms]] [[events 2000]]');
    await page.locator('.answer', { hasText: 'word3 ' }).waitFor();
    await check(page, look, 'chat-running');
    await send(page, 'And then something rather long that does not fit into one line of a narrow window');
    await page.locator('.composer-line', { hasText: 'And then' }).waitFor();
    await check(page, look, 'chat-queued');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('You stopped this answer.').waitFor();
    await check(page, look, 'chat-stopped');
    await composer(page).fill('');
    await page.locator('.question').hover();
    await page.locator('.question').getByRole('button', { name: 'Edit' }).click();
    await page.getByText('You are editing an earlier message.').waitFor();
    await check(page, look, 'chat-editing');
    await composer(page).press('Escape');
    await send(page, 'And go on [[overloaded after 3]]');
    await page.getByRole('alert').waitFor();
    await check(page, look, 'chat-broken');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await check(page, look, 'chat-shortcuts');
    await page.keyboard.press('Escape');
    for (const item of ['Rename', 'Delete']) {
      await page.getByRole('button', { name: 'What to do with this conversation' }).click();
      await page.getByRole('menuitem', { name: item }).click();
      await page.getByRole('dialog').waitFor();
      await check(page, look, `chat-${item.toLowerCase()}`);
      await page.keyboard.press('Escape');
    }
    if (look.settings.viewport.width < 800) await page.getByRole('button', { name: 'Show conversations' }).click();
    await page.locator('.rail-user').click();
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
    await check(page, look, 'chat-user-menu');
    await page.keyboard.press('Escape');
    await page.getByLabel('Search conversations').fill('nothing like it');
    await page.getByText('Nothing found').waitFor();
    await check(page, look, 'chat-search-none');
    await watcher.isClean();
  });

  test(`${look.name}: without a network, a server, an account, a key`, async (t) => {
    const { page } = await person(t, look.settings);
    await page.context().setOffline(true);
    await page.getByText('You are offline. You can read').waitFor();
    await send(page, 'Are you there?');
    await page.getByRole('alert').waitFor();
    await check(page, look, 'chat-offline');
    await page.context().setOffline(false);
    await page.route('**/api/auth/refresh', (route) => route.abort());
    await page.reload();
    await page.getByRole('alert').waitFor();
    await check(page, look, 'server-gone');
    const guest = await visit(t, '/try', look.settings);
    await guest.page.getByLabel('Anthropic key').fill(newKey());
    await guest.page.getByRole('button', { name: 'Start' }).click();
    await composer(guest.page).waitFor();
    await check(guest.page, look, 'try-empty');
    await send(guest.page, 'A secret about otters');
    await answer(guest.page);
    await check(guest.page, look, 'try-chat');
    const other = await visit(t, '/sign-up', look.settings);
    await signUp(other.page);
    await other.page.getByRole('button', { name: 'Later' }).click();
    await other.page.getByText('You have no key yet.').waitFor();
    await check(other.page, look, 'chat-no-key');
    await other.page.goto(`${LATCHKEY}/settings/keys`);
    await other.page.getByText('No keys yet').waitFor();
    await check(other.page, look, 'settings-no-key');
    await other.page.goto(`${LATCHKEY}/settings/delete`);
    await other.page.getByRole('button', { name: 'Delete my account' }).click();
    await check(other.page, look, 'settings-delete');
    await guest.watcher.isClean();
    await other.watcher.isClean();
  });
}
