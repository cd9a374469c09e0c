// Without a network, without a server, and after a reload in the middle of an answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, person, send, visit } from './app.js';
import { LATCHKEY } from './browser.js';

test('offline is said, nothing is lost, and it goes on when the network is back', async (t) => {
  const { page } = await person(t);
  await page.context().setOffline(true);
  await page.getByText('You are offline. You can read what is here').waitFor();
  await send(page, 'Are you there?');
  await page.getByRole('alert').getByText('Nothing is lost').waitFor();
  assert.equal(await composer(page).inputValue(), 'Are you there?');
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
