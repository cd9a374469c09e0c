// The refresh cookie over plain http on this machine. Its form behind https is a test of `http-api`:
// `the_cookies_form_follows_the_public_url`.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { LATCHKEY, Profile, get, post } from './browser.js';

const PASSWORD = 'seven quiet harbours at dawn';
const COOKIE = 'latchkey-rt';

/** An address that nobody has yet. */
function newAddress() {
  return `${crypto.randomUUID()}@example.org`;
}

/** A tab with somebody who has just signed up in it. */
async function signUp(profile) {
  const email = newAddress();
  const page = await profile.tab(`${LATCHKEY}/`);
  const answer = await post(page, '/api/auth/register', { email, password: PASSWORD });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return { page, email };
}

async function refreshCookie(profile) {
  const found = (await profile.cookies()).filter((cookie) => cookie.name === COOKIE);
  assert.equal(found.length, 1, 'there is one refresh cookie');
  return found[0];
}

/** Renews the tokens by cookie; the new access token must be this person's. */
async function isStillSignedIn(page, email) {
  const renewed = await post(page, '/api/auth/refresh', {});
  assert.equal(renewed.status, 200, JSON.stringify(renewed.body));
  const me = await get(page, '/api/me', renewed.body.accessToken);
  assert.equal(me.status, 200, JSON.stringify(me.body));
  assert.equal(me.body.email, email);
}

/** A page of somebody else's, at a free port under this host name. */
async function foreignPage(test, host) {
  const server = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Elsewhere</title>');
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  test.after(() => server.close());
  return `http://${host}:${server.address().port}/`;
}

/**
 * Lets a foreign page post to the refresh route as a form could, and says which cookies went out: of a request whose answer
 * is kept from the page only the network stack itself still tells.
 */
async function cookiesSentFrom(page) {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const wentOut = new Promise((found) => {
    network.on('Network.requestWillBeSentExtraInfo', ({ headers }) => {
      if (headers.Origin === new URL(page.url()).origin) {
        found(headers);
      }
    });
  });
  const shown = await page.evaluate(
    (url) =>
      fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' }).then(
        () => true,
        () => false,
      ),
    `${LATCHKEY}/api/auth/refresh`,
  );
  assert.equal(shown, false, 'the browser keeps the answer from the page');
  const { Cookie: sent, Host: host } = await wentOut;
  assert.equal(host, new URL(LATCHKEY).host);
  return sent;
}

for (const way of ['register', 'login']) {
  test(`a reload after ${way} stays signed in`, async (t) => {
    const profile = await Profile.forTest(t);
    const { page, email } = await signUp(profile);
    if (way === 'login') {
      assert.equal((await post(page, '/api/auth/logout', {})).status, 204);
      const answer = await post(page, '/api/auth/login', { email, password: PASSWORD });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.body.refreshToken, undefined, 'the token is in the cookie alone');
    }

    const cookie = await refreshCookie(profile);
    assert.equal(cookie.domain, '127.0.0.1');
    assert.equal(cookie.path, '/');
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, 'Strict');
    assert.equal(cookie.secure, false);
    const days = (cookie.expires - Date.now() / 1000) / 86_400;
    assert.ok(days > 1, `it outlives the browser's session: ${days} days`);
    assert.equal(await page.evaluate(() => document.cookie), '', 'no script can read it');

    await page.reload();
    await isStillSignedIn(page, email);
    const successor = await refreshCookie(profile);
    assert.notEqual(successor.value, cookie.value);

    await page.reload();
    await isStillSignedIn(page, email);
  });
}

test('a restart of the browser stays signed in', async (t) => {
  const profile = await Profile.forTest(t);
  const { email } = await signUp(profile);
  await profile.restart();
  await isStillSignedIn(await profile.tab(`${LATCHKEY}/`), email);
});

test('two tabs that renew at the same time both stay signed in', async (t) => {
  const profile = await Profile.forTest(t);
  const { page, email } = await signUp(profile);
  const other = await profile.tab(`${LATCHKEY}/`);
  await Promise.all([isStillSignedIn(page, email), isStillSignedIn(other, email)]);
  await isStillSignedIn(page, email);
});

test('signing out removes the cookie', async (t) => {
  const profile = await Profile.forTest(t);
  const { page } = await signUp(profile);
  assert.equal((await post(page, '/api/auth/logout', {})).status, 204);
  assert.deepEqual(await profile.cookies(), []);
  await page.reload();
  const answer = await post(page, '/api/auth/refresh', {});
  assert.equal(answer.status, 401);
});

test("another site's page does not get the cookie sent", async (t) => {
  const profile = await Profile.forTest(t);
  const { page, email } = await signUp(profile);
  const foreign = await profile.tab(await foreignPage(t, 'localhost'));
  assert.equal(await cookiesSentFrom(foreign), undefined);
  await isStillSignedIn(page, email);
});

test('a page at another port gets the cookie sent, and is refused', async (t) => {
  const profile = await Profile.forTest(t);
  const { page, email } = await signUp(profile);
  const before = await refreshCookie(profile);
  const foreign = await profile.tab(await foreignPage(t, '127.0.0.1'));
  const sent = await cookiesSentFrom(foreign);
  assert.equal(sent, `${COOKIE}=${before.value}`, 'browsers know sites, not ports');
  assert.equal((await refreshCookie(profile)).value, before.value, 'nothing was renewed');
  await isStillSignedIn(page, email);
});
