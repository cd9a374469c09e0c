// Each state of a key: what its row says, and what the composer says of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, composer, newKey, person, send, signUp, visit } from './app.js';
import { LATCHKEY } from './browser.js';
import { LOOKS, check } from './look.js';


const HOUR = 3_600_000;
const CHECKED = /checked 2 hours ago/;

/** What each state says: word, mark, reason, whether a time belongs to it, where it can be mended, and whether the key still pays. */
const STATES = {
  valid: { word: 'Ready', mark: 'good', why: null, isChecked: true, pays: true },
  unverified: { word: 'Not checked', mark: 'unknown', why: 'Anthropic hasn’t been asked yet.', isChecked: false, pays: true },
  invalid: { word: 'Rejected', mark: 'bad', why: 'Anthropic doesn’t accept it.', isChecked: true, way: 'Open Anthropic’s keys page', pays: true, doubt: true },
  no_credit: { word: 'No credit', mark: 'bad', why: 'Add credit in the Anthropic Console.', isChecked: true, way: 'Add credit', pays: true, doubt: true },
  restricted: { word: 'Restricted', mark: 'warning', why: 'Anthropic doesn’t allow it what was asked.', isChecked: true, way: 'Open Anthropic’s keys page', pays: true, doubt: true },
  rate_limited: { word: 'Slowed down', mark: 'wait', why: 'Its rate limit was reached.', isChecked: true, pays: true, doubt: true },
  unreachable: { word: 'Unknown', mark: 'unknown', why: 'Anthropic couldn’t be reached', isChecked: true, pays: true, doubt: true },
  expired: { word: 'Expired', mark: 'wait', why: 'Its day has come.', isChecked: false, pays: false },
  unreadable: { word: 'Unreadable', mark: 'bad', why: 'The server can’t open it any more.', isChecked: true, pays: true, doubt: true },
  disabled: { word: 'Disabled', mark: 'off', why: 'You switched it off.', isChecked: false, pays: false },
};

/** Has the server's list of keys say this of the only one. */
async function has(page, state) {
  await page.route('**/api/api-keys', async (route) => {
    const got = await route.fetch();
    const { items: [key] } = await got.json();
    const past = new Date(Date.now() - 2 * HOUR).toISOString();
    const said = { status: state === 'disabled' ? 'valid' : state, isActive: state !== 'disabled', lastVerifiedAt: past, lastUsedAt: past, expiresAt: state === 'expired' ? past : null, statusDetail: state === 'invalid' ? 'invalid x-api-key' : null };
    await route.fulfill({ response: got, json: { items: [{ ...key, ...said }], nextCursor: null } });
  });
}

for (const [state, says] of Object.entries(STATES)) {
  test(`${state}: the row and the composer say it`, async (t) => {
    const { page, watcher } = await person(t);
    await has(page, state);
    await page.goto(`${LATCHKEY}/settings/keys`);
    const row = page.locator(`.key-row[data-state="${state}"]`);
    await row.locator('.state', { hasText: says.word }).waitFor();
    assert.equal(await row.locator('.state .icon').getAttribute('data-icon'), says.mark, 'not by colour alone');
    const text = await row.innerText();
    assert.match(text, /Used 2 hours ago/);
    assert.equal(CHECKED.test(text), says.isChecked, text);
    if (says.why) assert.ok(text.includes(says.why), text);
    if (state === 'invalid') assert.match(text, /invalid x-api-key/, 'in Anthropic’s own words, too');
    assert.equal(await row.getByText('Pays now').count(), says.pays ? 1 : 0);
    if (says.way) assert.match(await row.getByRole('link', { name: says.way }).getAttribute('href'), /^https:\/\/console\.anthropic\.com\//);
    else assert.equal(await row.getByRole('link').count(), 0);

    await page.getByRole('link', { name: 'Back to chat' }).click();
    const payer = page.locator('.payer');
    if (says.pays) {
      await payer.getByText('My key').waitFor();
      assert.equal(await payer.locator('.payer-state').count(), says.doubt ? 1 : 0);
      if (says.doubt) await payer.getByText(says.word).waitFor();
      await send(page, 'Hello');
      await answer(page);
    } else {
      await page.getByText(`Of those you have, none can be used: My key: ${says.word}.`).waitFor();
      await send(page, 'Hello?');
      assert.equal(await composer(page).inputValue(), 'Hello?', 'nothing is lost');
      await page.getByRole('button', { name: 'Add a key' }).waitFor();
      await page.getByRole('link', { name: 'See your keys' }).click();
      await row.waitFor();
    }
    await watcher.isClean();
  });
}

test('no key at all: the list and the composer lead to where one is added', async (t) => {
  const { page, watcher } = await visit(t, '/sign-up');
  await signUp(page);
  await page.goto(`${LATCHKEY}/settings/keys`);
  await page.getByText('No keys yet').waitFor();
  await page.getByRole('link', { name: 'Back to chat' }).click();
  await page.getByText('You have no key yet.').waitFor();
  await page.getByRole('button', { name: 'Add a key' }).click();
  await page.getByRole('heading', { name: 'Add your Anthropic key' }).waitFor();
  await watcher.isClean();
});

test('what Anthropic says of a key comes into its row', async (t) => {
  const { page, watcher } = await person(t);
  await page.goto(`${LATCHKEY}/settings/keys`);
  await page.getByText('Pays now').waitFor();
  // What the fake says stands in the key itself, so that such keys are stored past the check.
  for (const [word, state] of [['FORBIDDEN', 'restricted'], ['RATELIMITED', 'rate_limited'], ['OVERLOADED', 'unreachable']]) {
    await page.getByRole('button', { name: 'Add key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Anthropic key').fill(newKey(word));
    await dialog.getByLabel('Name').fill(word);
    await dialog.getByRole('button', { name: 'Add key' }).click();
    const row = page.locator('.key-row', { hasText: word });
    await row.or(dialog.getByRole('alert')).first().waitFor();
    if (await row.count() === 0) await dialog.getByRole('button', { name: 'Save without checking' }).click();
    await row.waitFor();
    await page.getByRole('button', { name: `Actions for ${word}` }).click();
    await page.getByRole('menuitem', { name: 'Test' }).click();
    await row.and(page.locator(`[data-state="${state}"]`)).locator('.state', { hasText: STATES[state].word }).waitFor();
    await row.getByText('checked now').waitFor();
  }
  await watcher.isClean();
});

test('a key without credit is found out by its first answer, and said where it pays', async (t) => {
  const { page, watcher } = await visit(t, '/sign-up');
  await signUp(page);
  await page.getByLabel('Anthropic key').fill(newKey('NOCREDIT'));
  await page.getByRole('button', { name: 'Check and start chatting' }).click();
  await send(page, 'Hello');
  await page.getByRole('alert').getByText('This key has no credit left').waitFor();
  assert.match(await page.getByRole('link', { name: 'Add credit' }).getAttribute('href'), /billing/);
  await page.locator('.payer').getByText('No credit').waitFor();
  await page.goto(`${LATCHKEY}/settings/keys`);
  await page.locator('.key-row[data-state="no_credit"]').getByText('Add credit in the Anthropic Console.').waitFor();
  await watcher.isClean();
});

for (const look of LOOKS) {
  test(`${look.name}: keys in all states`, async (t) => {
    const { page, watcher } = await person(t, look.settings);
    await page.route('**/api/api-keys', async (route) => {
      const got = await route.fetch();
      const { items: [key] } = await got.json();
      const items = Object.keys(STATES).map((state, position) => ({ ...key, id: `${key.id.slice(0, -2)}${10 + position}`, name: `Key ${position}`, position, status: state === 'disabled' ? 'valid' : state, isActive: state !== 'disabled', lastVerifiedAt: key.createdAt }));
      await route.fulfill({ response: got, json: { items, nextCursor: null } });
    });
    await page.goto(`${LATCHKEY}/settings/keys`);
    await page.locator('.key-row').nth(9).waitFor();
    await check(page, look, 'keys-states');
    await page.getByRole('button', { name: 'Actions for Key 0' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
    await check(page, look, 'keys-menu');
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').waitFor();
    await check(page, look, 'keys-delete');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Actions for Key 0' }).click();
    await page.getByRole('menuitem', { name: 'Set expiry' }).click();
    await check(page, look, 'keys-expiry');
    await watcher.isClean();
  });
}
