// Temporary chats: nothing of one is left when somebody has left it, unless they keep it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, newKey, person, send, visit } from './app.js';
import { LATCHKEY } from './browser.js';
import { TWO_LOOKS, check } from './look.js';

/** Begins one, and gives its id. */
async function begin(page, text = 'A secret about otters') {
  await page.getByRole('button', { name: 'Temporary chat' }).click();
  await page.getByText('Temporary: in no list').waitFor();
  await send(page, text);
  await answer(page);
  return new URL(page.url()).pathname.split('/').at(-1);
}

/** Waits until the server has deleted it; gives what it then says. */
async function deleted(page, id) {
  const token = (await (await page.request.post(`${LATCHKEY}/api/auth/refresh`, { data: {}, headers: { origin: LATCHKEY } })).json()).accessToken;
  const ask = () => fetch(`${LATCHKEY}/api/chat/conversations/${id}`, { headers: { authorization: `Bearer ${token}` } });
  const until = Date.now() + 10_000;
  let got = await ask();
  while (got.status === 200 && Date.now() < until) {
    await new Promise((done) => setTimeout(done, 50));
    got = await ask();
  }
  return got.status;
}

test('it is in no list, and gone when another chat is opened', async (t) => {
  const { page, watcher } = await person(t);
  const id = await begin(page);
  await page.getByText('Temporary: deleted when you leave it').waitFor();
  assert.equal(await page.title(), 'Temporary chat · Latchkey');
  assert.equal(await page.locator('.rail-list li').count(), 0);
  assert.equal(await page.getByRole('button', { name: 'What to do with this conversation' }).count(), 0);
  await send(page, 'And more');
  await answer(page, 1);

  // Beside it nothing is lost.
  await page.locator('.payer').click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.getByRole('link', { name: 'Back to chat' }).click();
  await answer(page, 1);

  const gone = page.waitForResponse((got) => got.request().method() === 'DELETE' && got.url().endsWith(id));
  await page.getByRole('link', { name: 'New chat' }).first().click();
  assert.equal((await gone).status(), 204);
  assert.equal(await page.getByRole('button', { name: 'Temporary chat' }).getAttribute('aria-pressed'), 'false', 'the next one isn’t');
  await watcher.isClean();
  await page.goBack();
  await page.getByText('This conversation was deleted').waitFor();
});

test('closing the page deletes it', async (t) => {
  const { profile, page } = await person(t);
  const id = await begin(page);
  const other = await profile.tab(`${LATCHKEY}/chat`);
  await composer(other).waitFor();
  assert.equal(await other.getByText('otters').count(), 0);
  await page.close({ runBeforeUnload: true });
  assert.equal(await deleted(other, id), 410);
});

test('so does signing out, and going elsewhere', async (t) => {
  const { page, profile } = await person(t);
  const id = await begin(page);
  await page.goto(`${LATCHKEY}/docs`);
  assert.equal(await deleted(page, id), 410);
  await page.goto(`${LATCHKEY}/chat`);
  const second = await begin(page, 'Another secret');
  const gone = page.waitForResponse((got) => got.request().method() === 'DELETE' && got.url().endsWith(second));
  await page.locator('.rail-user').click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
  assert.equal((await gone).status(), 204);
  assert.ok(profile);
});

test('left before its first word, it is deleted too', async (t) => {
  const { page, watcher } = await person(t);
  await page.getByRole('button', { name: 'Temporary chat' }).click();
  // Looking elsewhere before there is anything to leave changes nothing.
  await page.locator('.payer').click();
  await page.getByRole('link', { name: 'Back to chat' }).click();
  await page.getByText('Temporary: in no list').waitFor();
  let go;
  const isFree = new Promise((done) => { go = done; });
  await page.route('**/messages', async (route) => { if (route.request().method() === 'POST') await isFree; await route.continue(); });
  const [sent] = await Promise.all([page.waitForRequest((one) => one.method() === 'POST' && one.url().endsWith('/messages')), send(page, '[[slow 20ms]] [[events 20]]')]);
  const id = new URL(sent.url()).pathname.split('/').at(-2);
  // At once, when the server may not have it yet, and again when it has.
  const gone = page.waitForResponse((got) => got.request().method() === 'DELETE' && got.url().endsWith(id) && got.status() === 204);
  await page.getByRole('link', { name: 'New chat' }).first().click();
  go();
  await gone;
  await watcher.isClean();
});

test('kept, it stays kept by whoever leaves at once', async (t) => {
  const { page, watcher } = await person(t);
  await begin(page, 'About lighthouses');
  // The server takes its time.
  let asked;
  let answered;
  const isAsked = new Promise((done) => { asked = done; });
  const isAnswered = new Promise((done) => { answered = done; });
  await page.route('**/api/chat/conversations/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.fallback();
    asked();
    await isAnswered;
    return route.continue();
  });
  await page.getByRole('button', { name: 'Keep it' }).click();
  await isAsked;
  const deleted = [];
  page.on('request', (request) => { if (request.method() === 'DELETE') deleted.push(request.url()); });
  await page.getByRole('link', { name: 'New chat' }).first().click();
  await page.getByRole('heading', { name: /^(Good|Still)/ }).waitFor();
  answered();
  await page.locator('.rail-list').getByText('About lighthouses').waitFor();
  assert.deepEqual(deleted, []);
  await watcher.isClean();
});

test('kept, it is one like the others', async (t) => {
  const { page, watcher } = await person(t);
  await begin(page, 'About lighthouses');
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.locator('.rail-list').getByText('About lighthouses').waitFor();
  await page.getByText('Temporary: deleted').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.title === 'About lighthouses · Latchkey');
  await page.getByRole('link', { name: 'New chat' }).first().click();
  await page.reload();
  await page.locator('.rail-list').getByText('About lighthouses').click();
  await answer(page);
  await watcher.isClean();
});

test('there is none without an account: nothing is kept there anyhow', async (t) => {
  const { page } = await visit(t, '/try');
  await page.getByLabel('Anthropic key').fill(newKey());
  await page.getByRole('button', { name: 'Start' }).click();
  await composer(page).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Temporary chat' }).count(), 0);
});

for (const look of TWO_LOOKS) {
  test(`how it looks, ${look.name}`, async (t) => {
    const { page } = await person(t, look.settings);
    await page.getByRole('button', { name: 'Temporary chat' }).click();
    await page.getByText('Temporary: in no list').waitFor();
    await check(page, look, 'temporary-new');
    await send(page, 'A secret about otters');
    await answer(page);
    await page.getByRole('button', { name: 'Keep it' }).waitFor();
    await check(page, look, 'temporary');
  });
}
