// From the empty page to an answer; keys that don't work, and the way out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, newKey, person, send, signUp, visit } from './app.js';
import { LATCHKEY } from './browser.js';

test('from the front page to a streamed answer', async (t) => {
  const { page, watcher } = await visit(t, '/');
  await page.getByRole('link', { name: 'Create account' }).click();
  await signUp(page);
  assert.equal(await page.getByRole('link', { name: 'Open Anthropic’s keys page' }).getAttribute('href'), 'https://console.anthropic.com/settings/keys');

  await page.getByLabel('Anthropic key').fill(newKey());
  await page.getByRole('button', { name: 'Check and start chatting' }).click();
  await send(page, 'Hello Claude!');
  const first = await answer(page);
  assert.match(await first.innerText(), /You said: Hello Claude!/);
  assert.match(await first.locator('.receipt').innerText(), /Sonnet 5\.5.*\$.*paid by My key …4f2A/s);
  assert.match(page.url(), /\/chat\/[0-9a-f]{32}$/);
  await page.getByRole('link', { name: 'Hello Claude!' }).waitFor();
  await watcher.isClean();

  // Who is signed in comes from the front page straight to the chat, and finds the conversation.
  await page.goto(`${LATCHKEY}/`);
  await page.getByRole('link', { name: 'Hello Claude!' }).click();
  await answer(page);
  await watcher.isClean();
});

test('a key that doesn’t work says why, beside where it was pasted', async (t) => {
  const { page, watcher } = await visit(t, '/sign-up');
  await signUp(page);
  const field = page.getByLabel('Anthropic key');
  const check = page.getByRole('button', { name: 'Check and start chatting' });
  for (const [key, words] of [
    ['', 'Fill this in.'],
    ['my key', "Must start with 'sk-ant-'"],
    [`sk-ant-admin01-${'a'.repeat(60)}`, 'This kind of key'],
    [newKey('INVALID'), 'Anthropic doesn’t accept this key'],
  ]) {
    await field.fill(key);
    await check.click();
    await page.getByText(words).first().waitFor();
  }
  await field.fill(newKey('OVERLOADED'));
  await check.click();
  await page.getByText('Anthropic has too much to do').waitFor();
  await page.getByRole('button', { name: 'Save without checking' }).click();
  await composer(page).waitFor();
  await watcher.isClean();
});

test('without a key the composer says so, and leads to where one is added', async (t) => {
  const { page, watcher } = await visit(t, '/sign-up');
  await signUp(page);
  await page.getByRole('button', { name: 'Later' }).click();
  await send(page, 'Hello?');
  await page.getByText('No key is ready to pay for this.').waitFor();
  assert.equal(await composer(page).inputValue(), 'Hello?', 'nothing is lost');
  await page.getByRole('button', { name: 'Add a key' }).click();
  await page.getByLabel('Anthropic key').fill(newKey());
  await page.getByRole('button', { name: 'Check and start chatting' }).click();
  await composer(page).press('Enter');
  assert.match(await (await answer(page)).innerText(), /Hello\?/);
  await watcher.isClean();
});

test('signing out and in again leads back to where one was', async (t) => {
  const { page, email, watcher } = await person(t);
  await send(page, 'Remember this');
  await answer(page);
  const where = page.url();
  await page.locator('.rail-user').click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();

  await page.goto(where);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Address or password is wrong').waitFor();
  await page.getByLabel('Password', { exact: true }).fill('seven quiet harbours at dawn');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await answer(page);
  assert.equal(page.url(), where);
  await watcher.isClean();
});

test('two tabs of one person: signing out in one ends the other', async (t) => {
  const { profile, page } = await person(t);
  const other = await profile.tab(`${LATCHKEY}/chat`);
  await composer(other).waitFor();
  await page.locator('.rail-user').click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await other.getByRole('button', { name: 'Sign in' }).waitFor();
});
