// Much of everything stays smooth: 5,000 messages, 2,000 conversations, 50,000 letters in one answer. A task of the page
// that takes over 50 ms is one that people feel; here the browser counts them, and what lies in the page is counted, too.
// The messages and conversations come from the test in the form of the server's own, since thousands of sends take minutes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, person, send } from './app.js';
import { LATCHKEY } from './browser.js';

const SCREEN = { viewport: { width: 1280, height: 860 } };
/** On a quiet machine hardly anything takes over 50 ms; one that is busy with other things is given as much more time as it needs for a known piece of work. */
const LONGEST_MS = 300;
const MOST_NODES = 9_000;
const PAGE = 50;

/** Counts long tasks from now on. */
async function count(page) {
  const slow = await slowness(page);
  await page.evaluate((slow) => {
    window.slow = slow;
    window.long = [];
    window.observer ??= new PerformanceObserver((list) => window.long.push(...list.getEntries().map((entry) => Math.round(entry.duration))));
    window.observer.observe({ type: 'longtask' });
  }, slow);
}

/** How much slower than on a quiet machine of two cores this page runs now. */
const slowness = (page) => page.evaluate(() => {
  const began = performance.now();
  let sum = 0;
  for (let at = 0; at < 4e7; at += 1) sum += at % 7;
  return Math.max(1, (performance.now() - began) / 60) + sum * 0;
});

/** No task took too long, and the page holds no more than it shows. */
async function isSmooth(t, page, name) {
  const slow = Math.max(await page.evaluate(() => window.slow), await slowness(page));
  const { long, nodes } = await page.evaluate(() => ({ long: window.long, nodes: document.querySelectorAll('*').length }));
  const longest = Math.max(0, ...long);
  t.diagnostic(`${name}: ${long.length} tasks over 50 ms, the longest ${longest} ms (machine ×${slow.toFixed(1)}); ${nodes} nodes`);
  assert.ok(longest <= LONGEST_MS * slow, `${name}: a task of ${longest} ms, on a machine that is ${slow.toFixed(1)} times as slow as a quiet one`);
  assert.ok(nodes <= MOST_NODES, `${name}: ${nodes} nodes`);
}

/** Text as models write it. */
const part = (at) => (at % 5 === 0
  ? `## Part ${at}\n\nA paragraph with **bold** words and \`code\`.\n\n- one\n- two\n\n\`\`\`js\nconst part = ${at}; // of many\n\`\`\`\n\n| a | b |\n|---|--:|\n| 1 | ${at} |`
  : `Message ${at}: harbours and ships, and a few words more, so that it takes a line or two in the page, as messages do.`);

/** Answers for a conversation of so many messages, cut into pages as the server does; returns what was asked. */
async function manyMessages(page, total) {
  const asked = [];
  await page.route(/\/api\/chat\/conversations\/[^/]+\/messages(\?.*)?$/, async (route) => {
    if (route.request().method() !== 'GET') return route.fallback();
    const got = await route.fetch({ url: route.request().url().replace(/\?.*/, '') });
    const { items: [question, reply] } = await got.json();
    const query = new URL(route.request().url()).searchParams;
    const end = Number(query.get('cursor') ?? total);
    const from = Math.max(0, end - Number(query.get('limit') ?? PAGE));
    asked.push(from);
    const items = Array.from({ length: end - from }, (_, place) => {
      const at = from + place;
      const text = part(at);
      return { ...(at % 2 === 0 ? question : reply), id: `018f0000-0000-7000-8000-${String(at).padStart(12, '0')}`, parentId: null, content: [{ type: 'text', text }], text };
    });
    return route.fulfill({ response: got, json: { items, nextCursor: from === 0 ? null : String(from) } });
  });
  return asked;
}

test('5,000 messages: opened, scrolled to the first and back, and typed in', async (t) => {
  const { page, watcher } = await person(t, SCREEN);
  await send(page, 'Hello');
  await answer(page);
  const asked = await manyMessages(page, 5_000);
  await page.reload();
  await page.locator('.answer', { hasText: 'Message 4999' }).waitFor();
  await count(page);
  const thread = page.locator('.thread');
  await thread.hover();
  const seen = () => page.locator('[data-message]').first().getAttribute('data-message');
  let most = 0;
  for (let turn = 0; turn < 1_500; turn += 1) {
    await page.mouse.wheel(0, -4_000);
    if (turn % 20 === 0) most = Math.max(most, await page.evaluate(() => document.querySelectorAll('.message').length));
    if (Number((await seen()).slice(-12)) === 0 && await thread.evaluate((one) => one.scrollTop) === 0) break;
  }
  assert.equal(asked.at(-1), 0, 'the first message is there');
  await page.locator('.question', { hasText: 'Part 0' }).waitFor();
  assert.ok(most <= 130, `${most} messages are in the page at once`);
  await isSmooth(t, page, 'up through 5,000 messages');

  await count(page);
  const before = await page.locator('[data-message]').nth(2).evaluate((one) => one.getBoundingClientRect().top);
  assert.ok(before > 0);
  for (let turn = 0; turn < 20; turn += 1) await page.mouse.wheel(0, 3_000);
  await page.getByRole('button', { name: 'To the end' }).click();
  await page.locator('.answer', { hasText: 'Message 4999' }).waitFor();
  await composer(page).pressSequentially('Typing stays quick, whatever is above it. '.repeat(3));
  await isSmooth(t, page, 'down, to the end, and typing');
  await watcher.isClean();
});

test('what is read stays where it is, while more comes above it', async (t) => {
  const { page, watcher } = await person(t, SCREEN);
  await send(page, 'Hello');
  await answer(page);
  await manyMessages(page, 600);
  await page.reload();
  await page.locator('.answer', { hasText: 'Message 599' }).waitFor();
  await page.locator('.thread').hover();
  for (let turn = 0; turn < 12; turn += 1) {
    await page.mouse.wheel(0, -700);
    // The wheel has come to rest, and so has all that it brought.
    const moved = await page.evaluate(async () => {
      const thread = document.querySelector('.thread');
      const frames = async (number) => { for (let at = 0; at < number; at += 1) await new Promise(requestAnimationFrame); };
      for (let last = NaN; last !== thread.scrollTop; ) { last = thread.scrollTop; await frames(6); }
      const middle = document.elementFromPoint(700, 400).closest('.message') ?? document.querySelector('.message:nth-of-type(3)');
      const top = middle.getBoundingClientRect().top;
      await frames(20);
      return middle.getBoundingClientRect().top - top;
    });
    assert.ok(Math.abs(moved) < 2, `the message under the eye moved by ${moved} px`);
  }
  await watcher.isClean();
});

test('2,000 conversations: scrolled through, and searched', async (t) => {
  const { page, watcher } = await person(t, SCREEN);
  const now = Date.now();
  await page.route(/\/api\/chat\/conversations(\?.*)?$/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const at = Number(query.get('cursor') ?? 0);
    const limit = Number(query.get('limit'));
    const total = query.get('pinned') === 'true' ? 0 : 2_000;
    const items = Array.from({ length: Math.min(limit, total - at) }, (_, place) => ({
      id: `c${at + place}`, title: `Conversation ${at + place} about harbours, ships and lights`, model: null, system: null, keyId: null, pinned: false,
      createdAt: new Date(now).toISOString(), updatedAt: new Date(now - (at + place) * 3_600_000).toISOString(),
      found: query.get('q') ? { messageId: 'm', snippet: [{ text: 'words about ', hit: false }, { text: 'harbours', hit: true }] } : null,
    }));
    return route.fulfill({ json: { items, nextCursor: at + limit < total ? String(at + limit) : null } });
  });
  await page.goto(`${LATCHKEY}/chat`);
  await page.getByRole('link', { name: /^Conversation 0 / }).waitFor();
  await count(page);
  await page.locator('.rail-list').hover();
  for (let turn = 0; turn < 400 && await page.getByRole('link', { name: /^Conversation 1999 / }).count() === 0; turn += 1) await page.mouse.wheel(0, 2_000);
  await page.getByRole('link', { name: /^Conversation 1999 / }).waitFor();
  assert.ok(await page.locator('.rail-list li').count() <= 80, 'rows out of view are not in the page');
  await page.getByLabel('Search conversations').pressSequentially('harbours', { delay: 30 });
  await page.locator('.rail-list mark').first().waitFor();
  await page.locator('.rail-list').hover();
  for (let turn = 0; turn < 30; turn += 1) await page.mouse.wheel(0, 2_000);
  await isSmooth(t, page, '2,000 conversations');
  await watcher.isClean();
});

/** Has the page's next message answered by events that are made in the page, some in each frame. */
const answerInPieces = (page) => page.addInitScript(() => {
  const real = window.fetch;
  window.fetch = (url, options) => {
    const { text } = window.piecemeal ?? {};
    if (!text || options?.method !== 'POST' || !/\/messages$/.test(String(url))) return real(url, options);
    window.piecemeal = null;
    const encoder = new TextEncoder();
    const event = (name, data) => encoder.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    const now = new Date().toISOString();
    const message = { id: crypto.randomUUID(), role: 'assistant', content: [{ type: 'text', text }], text, status: 'complete', model: 'claude-sonnet-5-5', createdAt: now, completedAt: now };
    const body = new ReadableStream({
      async start(out) {
        out.enqueue(event('latchkey.start', { userMessageId: crypto.randomUUID(), assistantMessageId: message.id, key: null }));
        out.enqueue(event('content_block_start', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }));
        for (let at = 0; at < text.length; ) {
          // Some 13,000 letters in a second: quicker than any model.
          for (let end = Math.min(at + 220, text.length); at < end; at += 4) out.enqueue(event('content_block_delta', { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: text.slice(at, at + 4) } }));
          await new Promise(requestAnimationFrame);
        }
        out.enqueue(event('latchkey.done', { assistantMessage: message }));
        out.close();
      },
    });
    return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
  };
});

const LONG = 50_000;
const ANSWERS = {
  'of all kinds of blocks': Array.from({ length: 400 }, (_, at) => part(at)).join('\n\n'),
  'in one paragraph': 'harbours and ships and lights '.repeat(2_000),
  'in one list': '- an item about harbours and **ships**\n'.repeat(1_400),
  'in one piece of code': `\`\`\`js\n${'const harbour = { ships: 12, name: "Rotterdam" }; // a comment\n'.repeat(900)}`,
};

for (const [kind, text] of Object.entries(ANSWERS)) {
  test(`an answer of 50,000 letters ${kind}`, async (t) => {
    const { page, watcher } = await person(t, SCREEN);
    await answerInPieces(page);
    await page.goto(`${LATCHKEY}/chat`);
    await composer(page).waitFor();
    await page.evaluate((piecemeal) => { window.piecemeal = piecemeal; }, { text: text.slice(0, LONG) });
    await count(page);
    await page.evaluate(() => {
      window.frames = [];
      const frame = (now) => { window.frames.push(now); requestAnimationFrame(frame); };
      requestAnimationFrame(frame);
    });
    await send(page, 'Go on');
    await page.locator('.answer:not([aria-busy]) .receipt').waitFor({ timeout: 60_000 });
    const rate = await page.evaluate(() => window.frames.length / (window.frames.at(-1) - window.frames[0]) * 1_000);
    const shown = await page.locator('.answer .markdown').evaluate((one) => one.textContent.replace(/\s/g, '').length);
    assert.ok(shown > LONG * 0.55, 'all of it is there');
    t.diagnostic(`${rate.toFixed(0)} frames a second`);
    await isSmooth(t, page, kind);
    await watcher.isClean();
  });
}
