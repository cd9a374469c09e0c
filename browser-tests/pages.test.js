// The pages as a browser shows them: complete, without a complaint, and from this server alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LATCHKEY, Profile } from './browser.js';

/** Everything that a tab asks for, and everything that its console says. */
function watch(page) {
  const seen = { console: [], elsewhere: [], answers: [] };
  page.on('console', (message) => seen.console.push(message.text()));
  page.on('pageerror', (error) => seen.console.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== LATCHKEY && !['blob:', 'data:'].includes(url.protocol)) {
      seen.elsewhere.push(request.url());
    }
  });
  page.on('response', (answer) => seen.answers.push(answer));
  return seen;
}

const PAGES = [
  { path: '/', complete: (page) => page.getByText('Ready', { exact: true }).waitFor() },
  { path: '/docs', complete: (page) => page.getByRole('heading', { name: 'Sends a message' }).waitFor() },
];

for (const { path, complete } of PAGES) {
  test(`${path} is complete, also when it is shown again`, async (t) => {
    const profile = await Profile.forTest(t);
    const page = await profile.tab('about:blank');
    const seen = watch(page);
    await page.goto(`${LATCHKEY}${path}`);
    await complete(page);
    const looks = await page.evaluate(() => getComputedStyle(document.body).fontFamily);
    assert.ok(seen.answers.length > 1, 'a page has parts');

    await page.reload();
    await complete(page);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).fontFamily), looks);

    assert.deepEqual(seen.console, []);
    assert.deepEqual(seen.elsewhere, []);
    for (const answer of seen.answers) {
      assert.ok(answer.status() < 400, `${answer.url()}: ${answer.status()}`);
    }
  });
}
