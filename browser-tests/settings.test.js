// Settings: keys in each of their states, tokens, password, sessions, appearance, and the end of an account.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composer, newKey, person, PASSWORD } from './app.js';
import { LATCHKEY } from './browser.js';

/** Adds a key in the settings. */
async function addKey(page, key, name) {
  await page.getByRole('button', { name: 'Add key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Anthropic key').fill(key);
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Add key' }).click();
}

/** Chooses in the menu of a key. */
async function choose(page, name, action) {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

test('keys: add, test, rename, disable, expire, delete', async (t) => {
  const { page, key, watcher } = await person(t);
  await page.goto(`${LATCHKEY}/settings/keys`);
  const rows = page.locator('.key-row');
  await rows.getByText('Pays now').waitFor();
  assert.equal(await rows.first().getByText('…4f2A').count(), 1);

  await addKey(page, key, 'Twice');
  await page.getByText('You have stored this key already').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await addKey(page, newKey(), 'Spare');
  await rows.nth(1).getByText('Spare').waitFor();

  await choose(page, 'My key', 'Disable');
  await rows.first().getByText('Disabled', { exact: true }).waitFor();
  await rows.nth(1).getByText('Pays now').waitFor();
  await choose(page, 'My key', 'Enable');
  await rows.first().getByText('Pays now').waitFor();

  await choose(page, 'Spare', 'Rename');
  await page.getByRole('dialog').getByLabel('Name').fill('Reserve');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await rows.nth(1).getByText('Reserve').waitFor();
  await choose(page, 'Reserve', 'Set expiry');
  await page.getByRole('dialog').getByLabel('Expires').fill('2001-02-03');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await rows.nth(1).locator('.state', { hasText: 'Expired' }).waitFor();
  await choose(page, 'My key', 'Test');
  await rows.first().getByText('Ready').waitFor();

  await choose(page, 'My key', 'Delete');
  await page.getByText('It is the only key that is ready').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await rows.nth(1).waitFor({ state: 'detached' });
  await choose(page, 'Reserve', 'Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No keys yet').waitFor();
  await watcher.isClean();
});

test('a token is shown once, and works', async (t) => {
  const { page, watcher } = await person(t);
  await page.goto(`${LATCHKEY}/settings/tokens`);
  await page.getByRole('button', { name: 'Make token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Nightly');
  await dialog.getByLabel(/List your keys/).check();
  await dialog.getByRole('button', { name: 'Make token' }).click();
  const token = await page.locator('.secret code').innerText();
  assert.match(token, /^lk_/);
  const listed = await fetch(`${LATCHKEY}/api/api-keys`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(listed.status, 200);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await page.locator('#tokens .row', { hasText: 'Nightly' }).waitFor();
  assert.equal((await page.content()).includes(token), false);
  await page.getByRole('button', { name: 'Delete Nightly' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No tokens yet.').waitFor();
  assert.equal((await fetch(`${LATCHKEY}/api/api-keys`, { headers: { authorization: `Bearer ${token}` } })).status, 401);
  await watcher.isClean();
});

test('password, name and appearance', async (t) => {
  const { page, watcher } = await person(t);
  await page.goto(`${LATCHKEY}/settings/password`);
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.locator('#password [aria-invalid]').waitFor();
  await page.getByLabel('New password').fill('nine loud canals at dusk');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Your password is changed. Your other sessions have ended.').waitFor();

  await page.locator('#account').getByLabel('Name').fill('Ada');
  await page.locator('#account').getByRole('button', { name: 'Save' }).click();
  await page.locator('#account').getByText('Saved.').waitFor();
  await page.getByLabel('Dark').check();
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(22, 23, 24)');
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await page.getByRole('link', { name: 'Back to chat' }).click();
  await page.getByRole('heading', { name: /, Ada\.$/ }).waitFor();
  await watcher.isClean();
});

test('the end of an account', async (t) => {
  const { page, watcher } = await person(t);
  await page.goto(`${LATCHKEY}/settings/delete`);
  await page.getByRole('button', { name: 'Delete my account' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Your password').fill('not this one at all');
  await dialog.getByRole('button', { name: 'Delete my account' }).click();
  await dialog.locator('[aria-invalid]').waitFor();
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Delete my account' }).click();
  await page.getByText('Your account is deleted.').waitFor();
  assert.equal(await composer(page).count(), 0);
  await watcher.isClean();
});

test('keys are put into another order: by menu, by keyboard, by dragging', async (t) => {
  const { page, watcher } = await person(t);
  await page.goto(`${LATCHKEY}/settings/keys`);
  for (const name of ['Second', 'Third']) {
    await addKey(page, newKey(), name);
    await page.locator('.key-row', { hasText: name }).waitFor();
  }
  const rows = page.locator('.key-row');
  const names = async () => (await rows.locator('.row-name').allInnerTexts()).map((text) => text.split('…')[0].trim());
  await rows.nth(1).getByText('Backup').waitFor();

  await choose(page, 'Third', 'Move up');
  await page.getByText('Third is now 2 of 3.').waitFor();
  assert.deepEqual(await names(), ['My key', 'Third', 'Second']);
  // The focus stays.
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Actions for Third');
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByText('Third is now 1 of 3.').waitFor();
  await rows.first().getByText('Pays now').waitFor();
  await page.keyboard.press('Alt+ArrowUp');
  assert.deepEqual(await names(), ['Third', 'My key', 'Second'], 'the first stays the first');

  await rows.nth(2).hover();
  await rows.nth(2).locator('.grip').dragTo(rows.first(), { targetPosition: { x: 100, y: 5 } });
  await page.getByText('Second is now 1 of 3.').waitFor();
  await page.reload();
  await rows.nth(2).waitFor();
  assert.deepEqual(await names(), ['Second', 'Third', 'My key']);
  await watcher.isClean();

  await page.route('**/api/api-keys/order', (route) => route.abort());
  await choose(page, 'Second', 'Move down');
  await page.getByRole('alert').getByText('The server can’t be reached').waitFor();
  assert.deepEqual(await names(), ['Second', 'Third', 'My key'], 'what the server doesn’t take is taken back');
});
