// Conversations from elsewhere: out of an archive or as they are, with a word about all that stays behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person } from './app.js';
import { LATCHKEY } from './browser.js';
import { TWO_LOOKS, check } from './look.js';
import { zip } from './zip.js';

const node = (role, parent, children, parts) => ({
  message: { author: { role }, create_time: 1_700_000_000.25, recipient: 'all', content: { content_type: typeof parts[1] === 'object' ? 'multimodal_text' : 'text', parts }, metadata: { model_slug: 'gpt-4o' } }, parent, children,
});
/** A conversation as ChatGPT writes it. */
const chatgpt = (id, title, parts = ['Where to?']) => ({
  conversation_id: id, title, create_time: 1_700_000_000.5, update_time: 1_700_000_100, current_node: 'a',
  mapping: { root: { message: null, parent: null, children: ['q'] }, q: node('user', 'root', ['a'], parts), a: node('assistant', 'q', [], ['To the hills.']) },
});
/** One as Claude.ai does. */
const claude = (uuid, name) => ({
  uuid, name, created_at: '2024-05-01T10:00:00.000000Z', updated_at: '2024-05-01T10:00:05.000000Z', account: { uuid: 'x' },
  chat_messages: ['human', 'assistant'].map((sender, at) => ({ uuid: `${uuid}-${at}`, sender, text: at === 0 ? 'Hello' : 'Hi there', content: [{ type: 'text', text: at === 0 ? 'Hello' : 'Hi there' }], created_at: '2024-05-01T10:00:00.000000Z', attachments: [], files: [] })),
});

/** Somebody at the place where files are brought. */
async function visitor(t, settings) {
  const seen = await person(t, settings);
  await seen.page.goto(`${LATCHKEY}/settings/data`);
  await seen.page.getByText('or drop it here').waitFor();
  return seen;
}

const bring = (page, name, buffer, mimeType = 'application/zip') => page.locator('#data input[type="file"]').setInputFiles([{ name, mimeType, buffer }]);

test('an archive of ChatGPT’s: what came in, what didn’t, and nothing twice', async (t) => {
  const { page, watcher } = await visitor(t);
  const list = [chatgpt('one', 'A trip', ['Where to?', { content_type: 'image_asset_pointer' }]), chatgpt('two', 'Another trip'), { title: 'Not of theirs' }, { conversation_id: 'three', title: 'Nothing said', current_node: 'root', mapping: { root: { message: null, parent: null, children: [] } } }];
  const archive = zip([{ name: 'chat.html', content: '<html>' }, { name: 'conversations.json', content: JSON.stringify(list) }, { name: 'dalle/conversations.json.txt', content: 'x' }], { comment: 'made by a test' });
  await bring(page, 'export.zip', archive);
  await page.getByText('2 conversations with 4 messages came in.').waitFor();
  await page.getByText('Left out of the messages: 1 image.').waitFor();
  await page.getByText('1 conversation left out: not as ChatGPT').waitFor();
  await page.getByText('1 conversation left out: no text').waitFor();

  await bring(page, 'export.zip', archive);
  await page.getByText('Nothing new came in.').waitFor();
  await page.getByText('2 were here already.').waitFor();

  await page.getByRole('link', { name: 'Back to chat' }).click();
  await page.locator('.rail-list').getByText('A trip', { exact: true }).click();
  await page.locator('.answer', { hasText: 'To the hills.' }).waitFor();
  await watcher.isClean();
});

test('Claude.ai’s, by dropping its list as it is', async (t) => {
  const { page, watcher } = await visitor(t);
  await page.locator('.drop').evaluate((place, text) => {
    const files = new DataTransfer();
    files.items.add(new File([text], 'conversations.json', { type: 'application/json' }));
    place.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
  }, JSON.stringify([claude('11111111-1111-4111-8111-111111111111', 'Greetings')]));
  await page.getByText('1 conversation with 2 messages came in.').waitFor();
  await watcher.isClean();
});

test('stored, in 64 bits, in a folder, in several parts', async (t) => {
  const { page, watcher } = await visitor(t);
  await bring(page, 'stored.zip', zip([{ name: 'conversations.json', content: JSON.stringify([chatgpt('s', 'Stored')]), isStored: true }]));
  await page.getByText('1 conversation with 2 messages came in.').waitFor();
  const parts = [chatgpt('p', 'Part one'), chatgpt('q', 'Part two'), chatgpt('s', 'Stored')].map((one, at) => ({ name: `data/conversations-00${at}.json`, content: JSON.stringify([one]) }));
  await bring(page, 'large.zip', zip(parts, { is64: true }));
  await page.getByText('2 conversations with 4 messages came in.').waitFor();
  await page.getByText('1 was here already.').waitFor();
  await watcher.isClean();
});

test('what can’t be read is said, and nothing of it is sent', async (t) => {
  const { page, watcher } = await visitor(t);
  const sent = [];
  page.on('request', (request) => { if (request.url().endsWith('/import')) sent.push(request.url()); });
  const good = zip([{ name: 'conversations.json', content: JSON.stringify([chatgpt('x', 'X'.repeat(500))]) }]);
  for (const [name, buffer, words] of [
    ['photo.zip', Buffer.from('GIF89a, not a zip'), 'photo.zip is neither a .zip nor a list'],
    ['other.zip', zip([{ name: 'readme.txt', content: 'hello' }]), 'There is no conversations.json in other.zip.'],
    ['locked.zip', zip([{ name: 'conversations.json', content: '[]', isLocked: true }]), 'The archive is locked with a password.'],
    ['cut.zip', good.subarray(0, good.length - 40), 'The archive is damaged or incomplete.'],
    ['broken.zip', Buffer.concat([good.subarray(0, 60), Buffer.alloc(40, 7), good.subarray(100)]), 'The archive is damaged or incomplete.'],
  ]) {
    await bring(page, name, buffer);
    await page.getByRole('alert').getByText(words).waitFor();
  }
  assert.deepEqual(sent, []);
  await watcher.isClean();

  await bring(page, 'settings.json', Buffer.from('{"theme": "dark"}'), 'application/json');
  await page.getByRole('alert').getByText('This isn’t an export that can be imported').waitFor();
});

test('a long one shows how far it is, goes on elsewhere, and is ended', async (t) => {
  const { page, watcher } = await visitor(t);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 });
  const list = Array.from({ length: 300 }, (_, at) => chatgpt(`n${at}`, `Number ${at}`, [crypto.randomUUID().repeat(300)]));
  await bring(page, 'conversations.json', Buffer.from(JSON.stringify(list)), 'application/json');
  const bar = page.getByRole('progressbar', { name: 'Sending' });
  await page.waitForFunction(() => document.querySelector('#data progress')?.value > 0);
  await page.getByText(/ of 3\.\d MB/).waitFor();
  await page.getByRole('link', { name: 'Back to chat' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.goBack();
  await bar.waitFor();
  await page.locator('#data').getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('or drop it here').waitFor();
  assert.equal(await bar.count(), 0);
  await watcher.isClean();
});

for (const look of TWO_LOOKS) {
  test(`how it looks, ${look.name}`, async (t) => {
    const { page } = await visitor(t, look.settings);
    await check(page, look, 'import');
    await page.route('**/api/chat/import', (route) => route.fulfill({ json: {
      imported: 1204, updated: 3, unchanged: 12, messages: 18_330, skippedCount: 7, leftOut: { image: 44, file: 3, tool: 1 },
      skipped: [{ index: 4, title: 'The whole of a very long book about lighthouses and their keepers', reason: 'too_large' }, { index: 9, title: null, reason: 'empty' }, { index: 11, title: 'New chat', reason: 'empty' }],
    } }));
    await bring(page, 'conversations.json', Buffer.from('[]'), 'application/json');
    await page.getByText('1,204 conversations with 18,330 messages came in.').waitFor();
    await page.getByText('Which?').first().click();
    await check(page, look, 'import-done');
    await bring(page, 'photo.zip', Buffer.from('GIF89a'));
    await page.getByRole('alert').waitFor();
    await check(page, look, 'import-fault');
  });
}
