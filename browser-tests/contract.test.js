// The app against the server's own description, and the sources against their types.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { LATCHKEY } from './browser.js';

const SOURCE = new URL('../crates/web/files/app/api.js', import.meta.url);

test('every route that the app calls is one of the server’s', async () => {
  const { paths } = await (await fetch(`${LATCHKEY}/openapi.json`)).json();
  const table = /export const ROUTES = \{(.*?)\};/s.exec(await readFile(SOURCE, 'utf8'))[1];
  const called = [...table.matchAll(/'([A-Z]+) (\/[^']+)'/g)].map(([, method, path]) => [method.toLowerCase(), path]);
  assert.ok(called.length > 20);
  for (const [method, path] of called) assert.ok(paths[path]?.[method], `${method} ${path}`);
});

test('every address of the app shows it', async () => {
  for (const path of ['/chat', '/chat/some-id', '/try', '/sign-up', '/sign-in', '/reset', '/welcome', '/shared', '/settings', '/settings/keys']) {
    const answer = await fetch(`${LATCHKEY}${path}`);
    assert.equal(answer.status, 200, path);
    assert.match(await answer.text(), /id="app"/, path);
    assert.match(answer.headers.get('content-security-policy'), /require-trusted-types-for 'script'/);
  }
});

test('the types hold', async () => {
  const { stdout } = await promisify(execFile)('node_modules/.bin/tsc', ['--project', 'tsconfig.json'], { cwd: new URL('.', import.meta.url) }).catch((fault) => fault);
  assert.equal(stdout, '');
});
