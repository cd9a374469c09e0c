// Files of a message: what doesn't fit is said at once, and a large one shows how far it is.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { answer, composer, person, send } from './app.js';
import { png } from './images.js';
import { TWO_LOOKS, check } from './look.js';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF');
const MB = 1024 * 1024;

const picker = (page) => page.locator('input[type="file"]');
const attach = (page, ...files) => picker(page).setInputFiles(files.map(([name, buffer, mimeType = 'image/png']) => ({ name, buffer, mimeType })));
/** The same for large ones: from a disk, as people do it. */
async function attachFromDisk(t, page, ...files) {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-files-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const paths = files.map(([name]) => join(folder, name));
  await Promise.all(files.map(([, buffer], at) => writeFile(paths[at], buffer)));
  await picker(page).setInputFiles(paths);
}
const chips = (page) => page.locator('.composer-files li');

test('a message waits for the file that is still being read', async (t) => {
  const { page, watcher } = await person(t);
  await page.evaluate(() => {
    const read = Blob.prototype.arrayBuffer;
    Blob.prototype.arrayBuffer = async function slowly() { await new Promise((later) => { globalThis.read = later; }); return read.call(this); };
  });
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/messages'));
  await attach(page, ['good.png', png(20, 20)]);
  await page.waitForFunction(() => globalThis.read !== undefined);
  await send(page, 'What is this?');
  await page.evaluate(() => { const go = () => { globalThis.read(); setTimeout(go); }; go(); });
  const { content } = JSON.parse((await sent).postData());
  assert.deepEqual(content.map((block) => block.type), ['image', 'text']);
  await answer(page);
  await watcher.isClean();
});

test('what can’t be sent is said at once, each with its reason', async (t) => {
  const { page, watcher } = await person(t);
  const sent = [];
  page.on('request', (request) => { if (request.method() === 'POST') sent.push(request.url()); });
  await attachFromDisk(t, page, ['huge.png', png(10, 10, 8 * MB)]);
  await page.getByRole('alert').getByText('huge.png is larger than 7.5 MB.').waitFor();
  await attach(page,
    ['wide.png', png(8_001, 2)], ['photo.heic', Buffer.from('\0\0\0\x18ftypheic'), 'image/heic'],
    ['lies.png', Buffer.from('not a picture')], ['broken.png', png(20, 20).subarray(0, 30)], ['empty.txt', Buffer.from(' \n'), 'text/plain'], ['good.png', png(8_000, 2)]);
  const told = page.getByRole('alert');
  for (const words of ['wide.png is wider or higher than 8,000 pixels', 'photo.heic is neither an image', 'lies.png is neither an image', 'broken.png can’t be read.', 'empty.txt is empty.']) {
    await told.getByText(words).waitFor();
  }
  await page.getByRole('button', { name: 'Remove good.png' }).waitFor();
  assert.equal(await chips(page).count(), 1);
  await page.getByRole('button', { name: 'Remove good.png' }).click();
  assert.equal(await told.count(), 0);
  assert.deepEqual(sent, []);
  await watcher.isClean();
});

test('a file is taken for what it is, not for what it is called', async (t) => {
  const { page, watcher } = await person(t);
  await attach(page, ['really-a.jpg', png(3, 3), 'image/jpeg'], ['paper', PDF, ''], ['about-pdf.md', Buffer.from('Files begin with %PDF-1.4'), '']);
  await chips(page).nth(2).waitFor();
  const [request] = await Promise.all([page.waitForRequest((one) => one.method() === 'POST' && one.url().endsWith('/messages')), send(page, 'What are these?')]);
  const { content } = JSON.parse(request.postData());
  assert.deepEqual(content.map(({ type, source }) => [type, source?.media_type]), [['image', 'image/png'], ['document', 'application/pdf'], ['document', 'text/plain'], ['text', undefined]]);
  await answer(page);
  await watcher.isClean();
});

test('all together, and many', async (t) => {
  const { page, watcher } = await person(t);
  const paper = (name, size) => [name, Buffer.concat([PDF, Buffer.alloc(size)])];
  await attachFromDisk(t, page, paper('a.pdf', 12 * MB), paper('b.pdf', 10 * MB), paper('c.pdf', 3 * MB));
  await page.getByRole('alert').getByText('c.pdf doesn’t fit: all files of a message can have 23 MB together.').waitFor();
  assert.equal(await chips(page).count(), 2);
  await page.getByRole('button', { name: 'Remove a.pdf' }).click();
  await page.getByRole('button', { name: 'Remove b.pdf' }).click();

  await attach(page, ['panorama.png', png(2_001, 4)], ...Array.from({ length: 20 }, (_, at) => [`${at}.png`, png(2 + at, 2)]));
  await page.getByRole('alert').getByText('panorama.png is wider or higher than 2,000 pixels, the most among more than 20 images.').waitFor();
  assert.equal(await chips(page).count(), 20);
  await watcher.isClean();
});

test('as many images as the model takes', async (t) => {
  const { page, watcher } = await person(t);
  await page.getByRole('button', { name: /^Model:/ }).click();
  await page.getByRole('menuitemradio', { name: /Haiku 4\.5/ }).click();
  await attach(page, ...Array.from({ length: 101 }, (_, at) => [`${at}.png`, png(2, 2)]));
  await page.getByRole('alert').getByText('as many images as the model takes: 100.').waitFor();
  assert.equal(await chips(page).count(), 100);
  await watcher.isClean();
});

test('a large one shows how far it is; stopped on the way, all of it comes back', async (t) => {
  const { page, watcher } = await person(t);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const slow = (uploadThroughput) => session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
  await attachFromDisk(t, page, ['photo.png', png(10, 10, 4 * MB)]);
  await chips(page).first().waitFor();
  await slow(500_000);
  await send(page, 'What is on it?');
  await page.getByRole('progressbar', { name: 'Sending' }).waitFor();
  await page.getByText(/^\d\.\d of 5\.\d MB$/).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('heading', { name: /^(Good|Still)/ }).waitFor();
  assert.equal(await composer(page).inputValue(), 'What is on it?');
  assert.equal(await chips(page).count(), 1);
  assert.equal(await page.getByRole('alert').count(), 0);

  await slow(-1);
  await composer(page).press('Enter');
  assert.match(await (await answer(page)).innerText(), /What is on it\?/);
  assert.equal(await page.locator('.question img').count(), 1);
  await watcher.isClean();
});

for (const look of TWO_LOOKS) {
  test(`how it looks, ${look.name}`, async (t) => {
    const { page } = await person(t, look.settings);
    await attach(page, ['photo.png', png(800, 600, 2 * MB)], ['song.mp3', Buffer.from('ID3'), 'audio/mpeg'], ['wide.png', png(9_000, 2)]);
    await page.getByRole('alert').waitFor();
    await check(page, look, 'files-refused');
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 100_000 });
    await send(page, 'What is on it?');
    await page.getByRole('progressbar', { name: 'Sending' }).waitFor();
    await check(page, look, 'files-sending');
  });
}
