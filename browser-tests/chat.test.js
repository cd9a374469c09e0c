// The chat: answers as they come, and everything that is done with them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, newKey, person, send } from './app.js';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF';
const RICH = `[[thinking]]

Cost: $5 and $10, and $E = mc^2$ once.

\`\`\`js
const answer = 42;
\`\`\`

| a | b |
|---|--:|
| 1 | 2 |

$$\\frac{1}{2}$$

- [x] done

[a link](https://example.org/)`;

test('an answer has code, maths, tables and its thinking', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, RICH);
  const rich = await answer(page);
  await rich.locator('.hljs-keyword', { hasText: 'const' }).waitFor();
  await rich.locator('math[display="block"] mfrac').waitFor();
  assert.equal(await rich.locator('math').count(), 2, 'prices are no formulas');
  assert.equal(await rich.locator('td[align="right"]').innerText(), '2');
  const link = rich.getByRole('link', { name: 'a link' });
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
  assert.equal(await link.getAttribute('target'), '_blank');

  const thinking = rich.locator('details.aside-part');
  assert.equal(await thinking.getByText('The user wants').isVisible(), false);
  await thinking.locator('summary').click();
  await thinking.getByText('The user wants').waitFor();

  await rich.locator('.receipt summary').click();
  await rich.getByText('Paid by', { exact: true }).waitFor();
  await watcher.isClean();
});

test('a finished block is never laid out again while the rest comes', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, '[[slow 3ms]] # Title\n\nFirst paragraph.\n\nSecond paragraph that goes on for a while, word by word, until it ends.');
  const first = page.locator('.answer .block').first();
  await page.locator('.answer .block', { hasText: 'Second' }).first().waitFor();
  const element = await first.elementHandle();
  await answer(page);
  assert.equal(await page.evaluate((node) => node.isConnected, element), true, 'the same node is still there');
  await watcher.isClean();
});

test('an answer is stopped, and what came is kept', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, '[[slow 50ms]] [[events 2000]]');
  await page.locator('.answer', { hasText: 'word2' }).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  const stopped = await answer(page);
  await stopped.getByText('You stopped this answer.').waitFor();
  const before = await stopped.locator('.markdown').innerText();
  await page.reload();
  const again = await answer(page);
  assert.equal(await again.locator('.markdown').innerText(), before);
  await watcher.isClean();
});

test('a message written meanwhile waits for its turn', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, '[[slow 30ms]] [[events 120]] first');
  await page.locator('.answer', { hasText: 'word1' }).waitFor();
  await send(page, 'second');
  await page.locator('.composer-line', { hasText: 'second' }).waitFor();
  assert.match(await (await answer(page, 1)).innerText(), /You said: second/);
  await watcher.isClean();
});

test('a key in a message is not sent', async (t) => {
  const { page, watcher } = await person(t);
  const key = newKey();
  const sent = [];
  page.on('request', (request) => sent.push(request.postData() ?? ''));
  await send(page, `Use ${key} please`);
  await page.getByText('There is a key in this message').waitFor();
  assert.equal(sent.some((body) => body.includes(key)), false);
  await page.getByRole('button', { name: 'Save it in Settings' }).click();
  assert.equal(await page.getByLabel('Anthropic key').inputValue(), key);
  await page.getByRole('dialog').getByRole('button', { name: 'Add key' }).click();
  await page.locator('.key-row').nth(1).waitFor();
  await watcher.isClean();
});

test('images and PDFs by button, paste and drop', async (t) => {
  const { page, watcher } = await person(t);
  await page.locator('input[type="file"]').setInputFiles([
    { name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(PIXEL, 'base64') },
    { name: 'paper.pdf', mimeType: 'application/pdf', buffer: Buffer.from(PDF) },
  ]);
  await page.locator('.composer-files li').nth(1).waitFor();
  for (const kind of ['paste', 'drop']) {
    await composer(page).evaluate((field, [kind, data]) => {
      const files = new DataTransfer();
      files.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], `${kind}.png`, { type: 'image/png' }));
      const event = kind === 'paste' ? new ClipboardEvent('paste', { clipboardData: files, bubbles: true, cancelable: true }) : new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true });
      field.dispatchEvent(event);
    }, [kind, PIXEL]);
  }
  await page.locator('.composer-files li').nth(3).waitFor();
  await page.getByRole('button', { name: 'Remove drop.png' }).click();
  await page.locator('input[type="file"]').setInputFiles([{ name: 'song.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('ID3') }]);
  await page.getByText('song.mp3 is neither').waitFor();
  await send(page, 'What is this?');
  await answer(page);
  assert.equal(await page.locator('.question img').count(), 2);
  await page.locator('.question').getByText('paper.pdf').waitFor();
  await watcher.isClean();
});

test('conversations are found, renamed and deleted', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, 'About harbours');
  await answer(page);
  await page.getByRole('link', { name: 'New chat' }).first().click();
  await send(page, 'About lighthouses');
  await answer(page);
  const rows = page.locator('.rail-list li');
  await page.getByLabel('Search conversations').fill('HARB');
  await rows.getByText('About lighthouses').waitFor({ state: 'detached' });
  assert.equal(await rows.count(), 1);
  await page.getByLabel('Search conversations').fill('nothing like it');
  await page.getByText('Nothing found for “nothing like it”.').waitFor();
  await page.getByLabel('Search conversations').fill('');
  await rows.nth(1).waitFor();

  await rows.first().hover();
  await page.getByRole('button', { name: 'Actions for About lighthouses' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByLabel('Title').fill('Towers with lights');
  await page.getByRole('button', { name: 'Save' }).click();
  await rows.getByText('Towers with lights').waitFor();

  await rows.first().hover();
  await page.getByRole('button', { name: 'Actions for Towers with lights' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await rows.getByText('Towers with lights').waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: /^(Good|Still)/ }).waitFor();
  await watcher.isClean();
});

test('what Anthropic refuses is told, with the way out', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, 'poor [[credit]]');
  await page.getByText('This key has no credit left').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Add credit' }).getAttribute('href'), 'https://console.anthropic.com/settings/billing');
  await page.getByRole('link', { name: 'New chat' }).first().click();
  await send(page, 'half [[overloaded after 6]]');
  await page.getByRole('alert').getByText('Anthropic has too much to do').waitFor();
  await watcher.isClean();
});

test('the system prompt and the model belong to the conversation', async (t) => {
  const { page, watcher } = await person(t);
  await page.getByRole('button', { name: /^Model:/ }).click();
  await page.getByRole('menuitemradio', { name: /Haiku 5\.5/ }).click();
  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByLabel('System prompt').fill('You are terse.');
  await page.getByRole('button', { name: 'Save' }).click();
  await send(page, 'Hi');
  assert.match(await (await answer(page)).locator('.receipt').innerText(), /Haiku 5\.5/);
  await page.reload();
  await answer(page);
  await page.getByRole('button', { name: 'Options' }).click();
  assert.equal(await page.getByLabel('System prompt').inputValue(), 'You are terse.');
  await watcher.isClean();
});

test('by keyboard alone', async (t) => {
  const { page, watcher } = await person(t);
  await page.keyboard.type('First line');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('[[slow 50ms]] [[events 2000]]');
  await page.keyboard.press('Enter');
  await page.locator('.answer', { hasText: 'word1' }).waitFor();
  await page.keyboard.press('Escape');
  await answer(page);
  await page.keyboard.press('ArrowUp');
  assert.match(await composer(page).inputValue(), /^First line\n/);
  await page.getByText('You are editing an earlier message.').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('first');
  await page.locator('.rail-list [aria-current]').waitFor();
  await page.keyboard.press('Control+Shift+o');
  await page.getByRole('heading', { name: /^(Good|Still)/ }).waitFor();
  await page.getByRole('link', { name: 'New chat' }).first().press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'detached' });
  await watcher.isClean();
});
