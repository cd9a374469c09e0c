// What others wrote never runs, never loads anything, and never looks like the page's own. Corpus: ways that have worked
// somewhere, through messages, titles, names of keys, names and the model's own words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, person, send } from './app.js';
import { LATCHKEY } from './browser.js';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
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
  '<svg><a xlink:href="javascript:window.hit=1"><text y=20>x</text></a><use href="data:image/svg+xml,<svg id=x onload=window.hit=1>#x"></svg>',
  '<math href="javascript:window.hit=1">x</math><math><maction actiontype="statusline" xlink:href="javascript:window.hit=1">x</maction></math>',
  '<form id=x></form><button form=x formaction="javascript:window.hit=1">x</button><input type=image src=x onerror=window.hit=1>',
  '<a id=defaultView href="x:1">x</a><img name=cookie><form name=body><input name=innerHTML></form>',
  '<div style="width:expression(window.hit=1)" onpointerrawupdate=window.hit=1 onbeforetoggle=window.hit=1 popover>x</div>',
  '<marquee onstart=window.hit=1>x</marquee><body onload=window.hit=1><frameset onload=window.hit=1>',
  '<scr<script>ipt>window.hit=1</scr</script>ipt> <<img src=x onerror=window.hit=1>> <img/src=x/onerror=window.hit=1>',
  '&lt;img src=x onerror=window.hit=1&gt; &#60;script&#62;window.hit=1&#60;/script&#62; \\x3cscript\\x3ewindow.hit=1',
  '<!--><img src=x onerror=window.hit=1>--> <![CDATA[<img src=x onerror=window.hit=1>]]> <?xml version="1.0"?><!DOCTYPE x>',
  '[x](javascript&colon;window.hit=1) [x](java\nscript:window.hit=1) [x](\u0001javascript:window.hit=1) [x](javascript://%0awindow.hit=1)',
  '```js" onmouseover="window.hit=1\nx\n```\n\n~~~<img src=x onerror=window.hit=1>\nx\n~~~',
  '- [x] <input type=checkbox onclick=window.hit=1 checked autofocus onfocus=window.hit=1>\n1. <li onclick=window.hit=1>',
  '\u202Etxt.exe\u202C \u2066<img src=x onerror=window.hit=1>\u2069 <script>window.hit=1</script>',
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

/** Nothing has run, and no element came of it that the page didn't make. */
async function isHarmless(page, watcher, place) {
  assert.equal(await page.evaluate(() => window.hit), undefined, place);
  const made = await page.evaluate(() => [...document.querySelectorAll('#app *')].flatMap((node) => [
    ...(['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'STYLE', 'LINK', 'META', 'BASE', 'VIDEO', 'AUDIO', 'MARQUEE', 'FRAMESET', 'TEMPLATE'].includes(node.nodeName) ? [node.nodeName] : []),
    ...[...node.attributes].filter(({ name, value }) => name.startsWith('on') || /^\\s*(javascript|vbscript):/i.test(value) || (name === 'src' && !value.startsWith('blob:'))).map(({ name }) => `${node.nodeName} ${name}`),
  ]));
  assert.deepEqual(made, [], place);
  await watcher.isClean();
}

test('titles, snippets and shared pages: all of it', async (t) => {
  const { page, watcher } = await person(t);
  // By the app's own way to the server: typing each would take minutes.
  const made = await page.evaluate(async (corpus) => {
    const main = document.querySelector('script[type=module]').src;
    const { call } = await import(new URL('api.js', main).href);
    const all = [];
    for (const text of corpus) {
      const id = crypto.randomUUID();
      await call('send', { params: { id }, body: { message: `needle ${text}` } });
      await call('changeConversation', { params: { id }, body: { title: text.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 200) } });
      all.push(await call('share', { params: { id }, body: {} }));
    }
    return all;
  }, CORPUS);
  await page.goto(`${LATCHKEY}/chat`);
  await page.locator('.rail-list li').nth(20).waitFor();
  await isHarmless(page, watcher, 'the list');
  await page.locator('.rail-list').hover();
  await page.mouse.wheel(0, 3_000);
  await isHarmless(page, watcher, 'the end of the list');
  await page.getByLabel('Search conversations').fill('needle');
  await page.locator('.rail-list .snippet').nth(5).waitFor();
  assert.equal(await page.locator('.snippet').evaluateAll((all) => all.flatMap((one) => [...one.querySelectorAll(':not(mark)')]).length), 0, 'nothing but marks');
  await isHarmless(page, watcher, 'what was found');
  await page.goto(`${LATCHKEY}/settings/shares`);
  await page.locator('.share-row').nth(20).waitFor();
  await isHarmless(page, watcher, 'the links');
  for (const { conversationId } of made.slice(0, 12)) {
    await page.goto(`${LATCHKEY}/chat/${conversationId}`);
    await answer(page);
    await page.getByRole('button', { name: 'What to do with this conversation' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').waitFor();
    await isHarmless(page, watcher, `a conversation with its dialog: ${conversationId}`);
  }
  await page.goto('about:blank');
  for (const { token } of made) {
    await page.goto(`${LATCHKEY}/shared#${token}`);
    await page.locator('.answer').waitFor();
    await isHarmless(page, watcher, 'a shared page');
    await page.goto('about:blank');
  }
});

test('names of files, and the words of errors', async (t) => {
  const { page, watcher } = await person(t);
  for (const [at, text] of CORPUS.entries()) {
    const name = text.replace(/[\u0000-\u001f/]/g, ' ').slice(0, 120);
    await page.locator('input[type="file"]').setInputFiles([
      { name: `${name}.png`, mimeType: 'image/png', buffer: Buffer.from(PIXEL, 'base64') },
      { name: `${name}.txt`, mimeType: 'text/plain', buffer: Buffer.from(text) },
      { name: `${name}.exe`, mimeType: 'application/x-msdownload', buffer: Buffer.from('MZ') },
    ]);
    await page.locator('.composer-line.fault').waitFor();
    if (at % 8 === 7) {
      await isHarmless(page, watcher, 'what is attached');
      await send(page, 'Read these');
      await page.locator('.answer .receipt').last().waitFor();
      await isHarmless(page, watcher, 'what was attached');
      await page.getByRole('link', { name: 'New chat' }).first().click();
    }
  }
  for (const [at, text] of CORPUS.entries()) {
    const problem = at % 2 === 0 ? { code: 'provider_refused_request', status: 400, title: 'x', detail: text } : { code: 'one_of_tomorrow', status: 418, title: text, detail: text, errors: [{ pointer: '/content', detail: text }] };
    await page.route('**/messages', (route) => route.fulfill({ status: problem.status, contentType: 'application/problem+json', body: JSON.stringify(problem) }), { times: 1 });
    await send(page, 'Hello');
    await page.getByRole('alert').first().waitFor();
    await isHarmless(page, watcher, `an error with ${text}`);
    await composer(page).fill('');
  }
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
