// What others wrote never runs, never loads anything, and never looks like the page's own. Corpus: ways that have worked
// somewhere, through messages, titles, names of keys, names and the model's own words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, person, send } from './app.js';
import { LATCHKEY } from './browser.js';

const CORPUS = [
  '<script>window.hit = 1</script>',
  '<img src=x onerror="window.hit = 1">',
  '<svg onload="window.hit = 1"><animate onbegin="window.hit = 1" attributeName=x dur=1s></svg>',
  '<svg><style><img src=x onerror="window.hit = 1"></style></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=window.hit=1&gt;">',
  '<iframe srcdoc="<script>parent.hit = 1</script>"></iframe>',
  '<object data="data:text/html,<script>parent.hit=1</script>"></object><embed src="javascript:window.hit=1">',
  '<form action="https://example.org/"><input name="password"><button>Sign in</button></form>',
  '<style>* { display: none !important }</style><link rel="stylesheet" href="https://example.org/x.css">',
  '<p style="position:fixed;inset:0;background:url(https://example.org/x)">x</p>',
  '<base href="https://example.org/"><meta http-equiv="refresh" content="0;url=https://example.org/">',
  '<details ontoggle="window.hit = 1" open><summary>x</summary></details>',
  '<video><source onerror="window.hit = 1"></video><audio src=x onerror="window.hit = 1">',
  '<a href="javascript:window.hit = 1">click</a> [click](javascript:window.hit=1) [click](JaVaScRiPt:window.hit=1)',
  '[click](data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGl0PTE8L3NjcmlwdD4=) [click](vbscript:x) <javascript:window.hit=1>',
  '![x](https://example.org/pixel.png) ![x](x"onerror="window.hit=1) ![x](javascript:window.hit=1)',
  '[x](https://example.org/ "onmouseover=window.hit=1") [x]: javascript:window.hit=1',
  '```"><img src=x onerror=window.hit=1>\n</code></pre><script>window.hit = 1</script>\n```',
  '```html\n<img src=x onerror="window.hit = 1"><script>window.hit = 1</script>\n```',
  '`<img src=x onerror=window.hit=1>` | <b onclick=window.hit=1>x</b> |',
  '| <img src=x onerror=window.hit=1> |\n|---|\n| </table><script>window.hit=1</script> |',
  '$\\href{javascript:window.hit=1}{x}$ $\\htmlStyle{background:url(https://example.org)}{x}$ $\\includegraphics{https://example.org/x.png}$',
  '$$</annotation><script>window.hit=1</script>$$ $<img src=x onerror=window.hit=1>$',
  '<noscript><p title="</noscript><img src=x onerror=window.hit=1>">',
  '<template><script>window.hit=1</script></template><x-y onfocus=window.hit=1 tabindex=0 autofocus>x</x-y>',
  '<span class="notice bad" id="app">Your session has ended</span><input type="password" name="x">',
  '\uE0001\uE001 \uE00099\uE001 {{constructor.constructor("window.hit=1")()}} ${window.hit = 1}',
  '<a href="/settings" target="_self">inside</a> [inside](/settings/delete) [inside](//example.org/x)',
];

test('the model’s words and the person’s', async (t) => {
  const { page, watcher } = await person(t);
  for (let at = 0; at < CORPUS.length; at += 7) {
    await send(page, CORPUS.slice(at, at + 7).join('\n\n'));
    await answer(page, at / 7);
  }
  await page.locator('.answer').first().evaluate(() => { for (const part of document.querySelectorAll('.answer details')) part.open = true; });
  const thread = page.locator('.thread');
  assert.equal(await thread.locator('script, iframe, object, embed, form, style, link, meta, base, video, audio, img, template, [style], [id]:not(.menu):not([id^="P"])').count(), 0);
  assert.equal(await thread.locator('input:not([type="checkbox"])').count(), 0);
  for (const link of await thread.locator('.markdown a[href]').all()) {
    assert.match(await link.getAttribute('href'), /^(https?:\/\/|mailto:)/i);
    assert.equal(await link.getAttribute('target'), '_blank');
  }
  const handlers = await thread.evaluate((root) => [...root.querySelectorAll('*')].flatMap((node) => [...node.attributes].filter((one) => one.name.startsWith('on')).map((one) => `${node.nodeName} ${one.name}`)));
  assert.deepEqual(handlers, []);
  await page.reload();
  await answer(page, 3);
  assert.equal(await page.evaluate(() => window.hit), undefined);
  await watcher.isClean();
});

test('titles and names', async (t) => {
  const { page, watcher } = await person(t);
  const hostile = '<img src=x onerror="window.hit = 1">"\'><script>window.hit=1</script>';
  await send(page, 'Hello');
  await answer(page);
  await page.locator('.rail-list li').first().hover();
  await page.getByRole('button', { name: 'Actions for Hello' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByLabel('Title').fill(hostile);
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.locator('.rail-list').getByText(hostile).waitFor();
  assert.match(await page.title(), /Hello|<img/);

  await page.goto(`${LATCHKEY}/settings`);
  await page.getByRole('button', { name: 'Actions for My key' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill(hostile);
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.locator('.key-row').getByText(hostile).waitFor();
  await page.locator('#account').getByLabel('Name').fill(hostile);
  await page.locator('#account').getByRole('button', { name: 'Save' }).click();
  await page.locator('#account').getByText('Saved.').waitFor();
  await page.getByRole('link', { name: 'Back to chat' }).click();
  await page.getByRole('heading', { name: hostile }).waitFor();
  await composer(page).waitFor();
  assert.equal(await page.evaluate(() => window.hit), undefined);
  await watcher.isClean();
});

test('a sign-in leads to no other place than this server', async (t) => {
  const { page, email } = await person(t);
  await page.locator('.rail-user').click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  for (const next of ['//example.org/', 'https://example.org/', '/\\example.org', 'javascript:window.hit=1']) {
    await page.goto(`${LATCHKEY}/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('seven quiet harbours at dawn');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await composer(page).waitFor();
    assert.equal(new URL(page.url()).origin, LATCHKEY);
    await page.locator('.rail-user').click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
  }
});
