// Without a network, without a server, and after a reload in the middle of an answer.

import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { answer, composer, newKey, person, send, signUp, visit } from './app.js';
import { LATCHKEY } from './browser.js';

test('offline is said, nothing is lost, and it goes on when the network is back', async (t) => {
  const { page } = await person(t);
  await page.context().setOffline(true);
  await page.getByText('You are offline. You can read what is here').waitFor();
  await send(page, 'Are you there?');
  await page.getByRole('alert').getByText('Nothing is lost').waitFor();
  assert.equal(await composer(page).inputValue(), 'Are you there?');
  assert.equal(new URL(page.url()).pathname, '/chat', 'what the server doesn’t have has no address');
  await page.context().setOffline(false);
  await page.getByText('You are offline. You can read what is here').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Try again' }).click();
  assert.match(await (await answer(page)).innerText(), /Are you there\?/);
});

test('a server that is gone is said, until it is back', async (t) => {
  const { page } = await person(t);
  await page.route(`${LATCHKEY}/**`, (route) => route.abort());
  await send(page, 'Hello?');
  await page.getByRole('alert').getByText('The server can’t be reached').waitFor();
  await page.getByText('The server can’t be reached. Trying again …').waitFor();
  assert.equal(await composer(page).inputValue(), 'Hello?');
  await page.unroute(`${LATCHKEY}/**`);
  await page.getByText('The server can’t be reached. Trying again …').waitFor({ state: 'detached' });
});

test('an answer that breaks off on the way is as good as none', async (t) => {
  const { page, watcher } = await visit(t, '/sign-in');
  const code = await page.evaluate(async () => {
    const app = document.querySelector('script[type=module]').src;
    const { jsonOf } = await import(new URL('api/error.js', app).href);
    const body = new ReadableStream({ start: (stream) => stream.error(new TypeError('Failed to fetch')) });
    return jsonOf(new Response(body)).catch((fault) => fault.code);
  });
  assert.equal(code, 'server_gone');
  await watcher.isClean();
});

test('something else in the server’s place is said', async (t) => {
  const { page } = await person(t);
  await page.route('**/messages', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }));
  await send(page, 'Hello?');
  await page.getByText('Something answered in the server’s place').waitFor();
});

test('an access token that died early is renewed without a word', async (t) => {
  const { page, watcher } = await person(t);
  let refused = 0;
  await page.route('**/messages', (route) => {
    refused += 1;
    if (refused > 1) return route.fallback();
    return route.fulfill({ status: 401, contentType: 'application/problem+json', body: JSON.stringify({ code: 'unauthenticated', status: 401, detail: 'expired' }) });
  });
  await send(page, 'Still me');
  assert.match(await (await answer(page)).innerText(), /Still me/);
  assert.ok(refused >= 2);
  await watcher.isClean();
});

/** The server behind a door that can be shut: every connection breaks, and no new one is taken until it is opened. */
async function door(t) {
  const { hostname, port } = new URL(LATCHKEY);
  const open = new Set();
  let isShut = false;
  const server = createServer((client) => {
    if (isShut) return client.destroy();
    const behind = connect(Number(port), hostname);
    for (const [one, other] of [[client, behind], [behind, client]]) {
      open.add(one);
      one.on('error', () => {});
      one.on('close', () => { open.delete(one); other.destroy(); });
      one.pipe(other);
    }
    return undefined;
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const shut = () => { isShut = true; for (const one of open) one.destroy(); };
  t.after(() => { shut(); server.close(); });
  return { url: `http://127.0.0.1:${server.address().port}`, shut, reopen: () => { isShut = false; } };
}

/** What the fake writes for so many events, without a gap or a double. */
async function isWhole(page, events) {
  const words = (await (await answer(page)).locator('.markdown').innerText()).trim().split(/\s+/);
  assert.deepEqual(words, Array.from({ length: events }, (_, at) => `word${at}`));
}

test('a way that breaks in the middle of an answer is found again, and nothing of it is missing or doubled', async (t) => {
  const { url, shut, reopen } = await door(t);
  const { page } = await visit(t, '/');
  await page.goto(`${url}/sign-up`);
  await signUp(page);
  await page.getByLabel('Anthropic key').fill(newKey());
  await page.getByRole('button', { name: 'Check and start chatting' }).click();
  await send(page, '[[slow 40ms]] [[events 150]]');
  await page.locator('.answer', { hasText: 'word9 ' }).waitFor();
  shut();
  await page.getByText('The server can’t be reached. Trying again …').waitFor();
  assert.match(await page.locator('.answer').innerText(), /word9 /, 'what came is still there');
  reopen();
  await isWhole(page, 150);
  await page.getByText('The server can’t be reached. Trying again …').waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('alert').count(), 0, 'and nothing is said of it any more');
});

test('a network that goes in the middle of an answer, and comes back', async (t) => {
  const { page } = await person(t);
  await send(page, '[[slow 40ms]] [[events 120]]');
  await page.locator('.answer', { hasText: 'word5 ' }).waitFor();
  await page.context().setOffline(true);
  await page.getByText('You are offline. You can read what is here').waitFor();
  await page.context().setOffline(false);
  await isWhole(page, 120);
});

test('an answer is stopped from another tab', async (t) => {
  const { profile, page, watcher } = await person(t);
  await send(page, '[[slow 50ms]] [[events 2000]]');
  await page.locator('.answer', { hasText: 'word3 ' }).waitFor();
  const other = await profile.tab(page.url());
  await other.locator('.answer[aria-busy]', { hasText: 'word4 ' }).waitFor();
  await other.getByRole('button', { name: 'Stop' }).click();
  for (const tab of [page, other]) await (await answer(tab)).getByText('You stopped this answer.').waitFor();
  const [here, there] = await Promise.all([page, other].map((tab) => tab.locator('.answer .markdown').innerText()));
  assert.equal(here, there, 'both have the same of it');
  await watcher.isClean();
});

test('a server that ended in the middle of an answer: what came is there, and says so', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, 'Tell me about harbours');
  await answer(page);
  // As a message stands there after the server was started again.
  await page.route(/\/messages(\?.*)?$/, async (route) => {
    if (route.request().method() !== 'GET') return route.fallback();
    const got = await route.fetch();
    const body = await got.json();
    body.items[1].status = 'interrupted';
    return route.fulfill({ response: got, json: body });
  });
  await page.reload();
  const kept = await answer(page);
  await kept.getByText('The server stopped while this was written. What came is kept.').waitFor();
  assert.match(await kept.innerText(), /harbours/);
  await page.unrouteAll({ behavior: 'wait' });
  await kept.hover();
  await kept.getByRole('button', { name: 'Answer again' }).click();
  await page.locator('.answer').getByText('2 / 2').waitFor();
  await watcher.isClean();
});

test('a part of the page that can’t be loaded is said, and what is written stays', async (t) => {
  const { page } = await person(t);
  await composer(page).fill('half a thought');
  await page.route('**/chat/options.js', (route) => route.abort());
  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByRole('dialog').getByText('The server can’t be reached').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await composer(page).inputValue(), 'half a thought');
  await page.unroute('**/chat/options.js');
  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByLabel('System prompt').waitFor();
});
