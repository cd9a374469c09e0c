// What a server doesn't offer isn't offered: sign-up, and chat without an account. What can't be known stays offered.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person, visit } from './app.js';
import { LATCHKEY } from './browser.js';
import { TWO_LOOKS, check } from './look.js';

const OPEN = { version: '0.1.0', signup: 'open', anonymous: true, defaultModel: 'claude-sonnet-5-5' };

/** Has the server say this of itself. */
async function says(page, mode) {
  await page.route('**/api/server', (route) => route.fulfill({ json: { ...OPEN, ...mode } }));
}

for (const look of TWO_LOOKS) {
  test(`a closed server leads to signing in, ${look.name}`, async (t) => {
    const { page, watcher } = await visit(t, '/reset', look.settings);
    await says(page, { signup: 'closed', anonymous: false });
    await page.goto(`${LATCHKEY}/`);
    await page.getByText('Ask whoever runs this server for one.').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Create account' }).count(), 0);
    assert.equal(await page.getByRole('link', { name: /^Try/ }).count(), 0);
    await check(page, look, 'home-closed');

    await page.goto(`${LATCHKEY}/sign-up`);
    await page.getByRole('heading', { name: 'Accounts are made for you here' }).waitFor();
    assert.equal(await page.getByLabel('E-mail address').count(), 0);
    await check(page, look, 'sign-up-closed');
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByText('Ask them for one.').waitFor();
    assert.equal(await page.getByRole('link', { name: /^(Create|Try)/ }).count(), 0);
    await check(page, look, 'sign-in-closed');

    await page.goto(`${LATCHKEY}/try`);
    await page.getByRole('heading', { name: 'Chat needs an account here' }).waitFor();
    await check(page, look, 'try-off');
    await watcher.isClean();
  });
}

test('by invitation, with chat for everybody', async (t) => {
  const { page, watcher } = await visit(t, '/reset');
  await says(page, { signup: 'invite' });
  await page.goto(`${LATCHKEY}/sign-up`);
  await page.getByRole('heading', { name: 'Accounts are by invitation here' }).waitFor();
  await page.getByRole('link', { name: /^Try/ }).click();
  await page.getByLabel('Anthropic key').waitFor();
  assert.equal(await page.getByRole('link', { name: /account/ }).count(), 0);
  await watcher.isClean();
});

test('while it can’t be known, everything is offered', async (t) => {
  const { page } = await visit(t, '/reset');
  await page.route('**/api/server', (route) => route.abort());
  await page.goto(`${LATCHKEY}/`);
  await page.getByText('Ready', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Create account' }).click();
  await page.getByLabel('E-mail address').waitFor();
  await page.getByRole('link', { name: /^Try/ }).click();
  await page.getByLabel('Anthropic key').waitFor();
});

test('the composer names the model that the server takes by itself', async (t) => {
  const { page } = await person(t);
  const { defaultModel } = await (await fetch(`${LATCHKEY}/api/server`)).json();
  assert.equal(defaultModel, 'claude-sonnet-5-5');
  await page.getByRole('button', { name: 'Model: Sonnet 5.5' }).click();
  await page.getByRole('menuitemradio', { name: /Sonnet 5\.5/, checked: true }).waitFor();
});
