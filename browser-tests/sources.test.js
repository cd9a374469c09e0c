// What an answer rests on, and what it took: its sources, and its receipt.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, person, send, visit } from './app.js';
import { TWO_LOOKS, check } from './look.js';


for (const look of TWO_LOOKS) {
  test(`${look.name}: a citation’s number leads to its source, and the receipt opens to the attempts`, async (t) => {
    const { page, watcher } = await person(t, look.settings);
    await send(page, 'What is worth seeing in Rotterdam? [[search]]');
    const cited = await answer(page);
    const number = cited.getByRole('link', { name: 'Source 1: An example' });
    assert.equal(await number.getAttribute('href'), 'https://example.com/');
    assert.equal(await number.getAttribute('rel'), 'noopener noreferrer');
    assert.equal(await number.getAttribute('target'), '_blank');
    assert.equal(await number.innerText(), '1');

    await send(page, '[[fail 1 529]] once more');
    const again = await answer(page, 1);
    await again.locator('.receipt summary').click();
    const attempts = again.locator('.attempts li');
    assert.deepEqual(await attempts.locator('span').allInnerTexts(), ['Anthropic has too much to do', 'Answered']);
    assert.deepEqual(await attempts.locator('small').allInnerTexts(), ['My key …4f2A', 'My key …4f2A']);
    await check(page, look, 'receipt');
    await watcher.isClean();
  });
}

test('a citation of a document leads to the list, as it has no address', async (t) => {
  const { page, watcher } = await visit(t, '/try');
  const made = await page.evaluate(async () => {
    const module = [...document.querySelectorAll('link[rel="modulepreload"]')].map((link) => link.href);
    const load = (name) => import(module.find((href) => href.endsWith(`/chat/${name}.js`)));
    const [{ cite }, { nodes, lexed }, { grouped }] = await Promise.all([load('cite'), load('markdown'), load('parts')]);
    const citation = { type: 'page_location', document_title: 'Report.pdf', start_page_number: 3, cited_text: 'as it says' };
    const { parts, sources } = grouped([{ type: 'text', text: 'It grew', citations: [citation] }]);
    const part = nodes(lexed(parts[0].text));
    cite(part, sources);
    const lead = part.querySelector('.cited').firstElementChild;
    return { tag: lead.tagName, name: lead.getAttribute('aria-label'), title: lead.title };
  });
  assert.deepEqual(made, { tag: 'BUTTON', name: 'Source 1: Report.pdf', title: 'as it says' });
  await watcher.isClean();
});
