// Without a mouse: from the empty page to an answer, an edit, another version, the settings, the end of a key. What has the
// focus is always in view and marked; a screen reader hears of an answer's beginning and end, and not of each word.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, answer, composer, newKey, person, send, visit } from './app.js';
import { LATCHKEY } from './browser.js';

/** Something has the focus, it can be seen, and it is marked. */
async function hasFocus(page, what) {
  const found = await page.evaluate(async () => {
    // Dialogs and menus give it back once they are gone.
    for (let at = 0; at < 3; at += 1) await new Promise(requestAnimationFrame);
    const one = document.activeElement;
    if (!one || one === document.body) return { name: null };
    const { width, height, top, bottom } = one.getBoundingClientRect();
    // A field is marked by its box.
    const marked = [one, one.closest('.field-box, .composer-box, .rail-search'), one.nextElementSibling].filter(Boolean).some((part) => {
      const style = getComputedStyle(part);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none' || (part.closest('.menu') && style.backgroundColor !== 'rgba(0, 0, 0, 0)');
    });
    return { name: one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent.trim().slice(0, 60), isSeen: width > 0 && height > 0 && bottom > 0 && top < innerHeight, marked, isPart: one.matches('section, article, main, [tabindex="-1"]') };
  });
  assert.ok(found.name !== null, `${what}: the focus is lost`);
  assert.ok(found.isSeen, `${what}: ${found.name} has the focus out of view`);
  assert.ok(found.marked || found.isPart, `${what}: ${found.name} has the focus, and nothing shows it`);
  return found.name;
}

/** Goes on by Tab until this has the focus. */
async function tabTo(page, name, { back = false, most = 60 } = {}) {
  const seen = [];
  for (let at = 0; at < most; at += 1) {
    const now = await hasFocus(page, `on the way to ${name}`);
    if (name instanceof RegExp ? name.test(now) : now === name) return;
    seen.push(now);
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    // Past the last one the browser's own buttons would come.
    if (await page.evaluate(() => document.activeElement === document.body)) await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  assert.fail(`${name} isn't reached: ${seen.join(' | ')}`);
}

test('from the empty page to an answer, an edit, another version, the settings and the end of a key', async (t) => {
  const { page, watcher } = await visit(t, '/');
  await page.keyboard.press('Tab');
  await tabTo(page, 'Create account');
  await page.keyboard.press('Enter');
  await page.getByLabel('E-mail address').waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('input'));
  await page.keyboard.type(`${crypto.randomUUID()}@example.org`);
  await tabTo(page, 'Password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Add your Anthropic key' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('input'));
  await page.keyboard.type(newKey());
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.matches('textarea'));

  await page.keyboard.type('First try');
  await page.keyboard.press('Enter');
  await answer(page);
  await hasFocus(page, 'after an answer');
  await page.keyboard.press('ArrowUp');
  assert.equal(await composer(page).inputValue(), 'First try');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Second try');
  await page.keyboard.press('Enter');
  await page.locator('.answer', { hasText: 'You said: Second try' }).waitFor();
  await answer(page);
  await page.locator('.question').getByText('2 / 2').waitFor();
  await tabTo(page, 'Previous version', { back: true });
  await page.keyboard.press('Enter');
  await page.locator('.answer', { hasText: 'You said: First try' }).waitFor();
  assert.equal(await hasFocus(page, 'after another version'), 'Previous version', 'one can go on through the versions');
  await page.keyboard.press('Tab');
  assert.equal(await hasFocus(page, 'beside it'), 'Next version');
  await page.keyboard.press('Enter');
  await page.locator('.answer', { hasText: 'You said: Second try' }).waitFor();
  assert.equal(await hasFocus(page, 'and back'), 'Next version');

  await page.keyboard.press('Control+k');
  await page.waitForFunction(() => document.activeElement?.id === 'search');
  await tabTo(page, /^Actions for/);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Pin' }).waitFor();
  assert.equal(await hasFocus(page, 'in a menu'), 'Pin');
  await page.keyboard.press('Enter');
  await page.locator('.rail-list h2', { hasText: 'Pinned' }).waitFor();
  await hasFocus(page, 'after pinning');
  await tabTo(page, /@example\.org/);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'API keys' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await hasFocus(page, 'after going to the settings');

  await tabTo(page, 'Actions for My key');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Test' }).waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.equal(await hasFocus(page, 'before a deletion'), 'Cancel', 'what can’t be undone isn’t what Enter does');
  await page.keyboard.press('Escape');
  assert.equal(await hasFocus(page, 'after a dialog'), 'Actions for My key');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Test' }).waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, 'Delete', { back: true });
  await page.keyboard.press('Enter');
  await page.getByText('No keys yet').waitFor();
  await hasFocus(page, 'after a deletion');
  await watcher.isClean();
});

test('conversations and tokens: what is deleted leaves the focus beside it', async (t) => {
  const { page, watcher } = await person(t);
  for (const text of ['Apples', 'Bridges']) {
    await page.goto(`${LATCHKEY}/chat`);
    await send(page, text);
    await answer(page);
  }
  await page.keyboard.press('Control+k');
  await page.waitForFunction(() => document.activeElement?.id === 'search');
  for (const [title, isLast] of [['Bridges', false], ['Apples', true]]) {
    await tabTo(page, `Actions for ${title}`);
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, 'Delete', { back: true });
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: title }).waitFor({ state: 'detached' });
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await hasFocus(page, `after ${title} is deleted`);
    if (!isLast) await page.keyboard.press('Control+k');
  }
  await watcher.isClean();
});

test('each dialog gives the focus back', async (t) => {
  const { page, watcher } = await person(t);
  await send(page, 'Hello');
  await answer(page);
  await page.getByRole('button', { name: 'Options' }).focus();
  for (const close of ['Escape', 'Cancel']) {
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Options' }).waitFor();
    await hasFocus(page, 'in the options');
    if (close === 'Escape') await page.keyboard.press('Escape');
    else { await tabTo(page, 'Cancel'); await page.keyboard.press('Enter'); }
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await hasFocus(page, 'after the options'), 'Options');
  }
  await page.getByRole('button', { name: 'What to do with this conversation' }).focus();
  for (const item of ['Share', 'Rename']) {
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: item }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await hasFocus(page, `after ${item}`), 'What to do with this conversation');
  }
  await watcher.isClean();
});

test('the rail as a sheet: the focus goes into it, Esc closes it', async (t) => {
  const { page, watcher } = await person(t, { viewport: { width: 360, height: 740 } });
  await page.getByRole('button', { name: 'Show conversations' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  await hasFocus(page, 'in the sheet');
  assert.ok(await page.evaluate(() => document.activeElement.closest('.rail') !== null), 'the focus is in the sheet');
  await page.keyboard.press('Escape');
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor({ state: 'detached' });
  assert.equal(await hasFocus(page, 'after the sheet'), 'Show conversations');
  await watcher.isClean();
});

test('a screen reader hears when an answer begins and when it is complete, and nothing between', async (t) => {
  const { page, watcher } = await person(t);
  await page.evaluate(() => {
    window.heard = [];
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const region = (target instanceof Element ? target : target.parentElement)?.closest('[aria-live]:not([aria-live="off"]), [role="status"], [role="alert"], [role="log"]');
        const words = region?.textContent.trim();
        if (words && words !== window.heard.at(-1)) window.heard.push(words);
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  });
  await send(page, '[[slow 5ms]] [[events 60]]');
  await answer(page);
  await page.getByRole('status').getByText('The answer is complete.').waitFor({ state: 'attached' });
  assert.deepEqual(await page.evaluate(() => window.heard), ['Claude is writing', 'The answer is complete.']);
  await watcher.isClean();
});

test('with reduced motion nothing moves', async (t) => {
  const { page, watcher } = await person(t, { reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByRole('dialog').waitFor();
  assert.ok(await page.evaluate(() => document.getAnimations().every((one) => (one.effect?.getComputedTiming().duration ?? 0) < 1)), 'no animation takes time');
  await page.keyboard.press('Escape');
  await send(page, '[[slow 100ms]] [[events 20]]');
  await page.locator('.answer').waitFor();
  assert.ok(await page.evaluate(() => document.getAnimations().every((one) => (one.effect?.getComputedTiming().duration ?? 0) < 1)));
  await watcher.isClean();
});
