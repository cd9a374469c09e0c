// The list of conversations: read page by page, kept in order of last change.

import * as api from '../api.js';
import { noticed } from '../connection.js';
import { keyIn } from './guard.js';
import { forgetThreads, threads } from './threads.js';
import { signal } from '../ui/preact.js';
import { daysAgo } from '../ui/time.js';
import { t } from '../strings/index.js';

/** @typedef {{ id: string, title: string | null, model: string | null, system: string | null, keyId: string | null, updatedAt: string, pinned: boolean,
 *   found: Found | null }} Conversation */
/** @typedef {{ messageId: string | null, snippet: { text: string, hit: boolean }[] }} Found what a search found; `messageId` is `null` for the title */

const PAGE = 60;

/** `null` until the first page is there. */
export const conversations = signal(/** @type {Conversation[] | null} */ (null));
/** Where the next page begins; `null` after the last. */
export const nextCursor = signal(/** @type {string | null} */ (null));
/** What is searched for. */
export const words = signal('');
export const listFault = signal(/** @type {unknown} */ (null));

let asked = 0;
let loadsMore = false;

/** A page: of all that is found, or of what isn't pinned. @param {string | null} cursor */
function read(cursor) {
  const q = words.value.trim();
  return api.call('conversations', { query: { limit: PAGE, cursor, ...(q ? { q } : { pinned: 'false' }) } });
}

/** All that is pinned, since it stands on top. @returns {Promise<Conversation[]>} */
async function readPinned() {
  /** @type {Conversation[]} */
  const items = [];
  if (words.value.trim()) return items;
  let cursor = null;
  do {
    const page = await api.call('conversations', { query: { limit: 100, pinned: 'true', cursor } });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

/** Reads the first page. Only the last question's answer counts. */
export async function load() {
  const question = ++asked;
  // A key that was pasted here goes nowhere.
  if (keyIn(words.value)) return;
  listFault.value = null;
  try {
    const [pinned, page] = await Promise.all([readPinned(), read(null)]);
    if (question !== asked) return;
    conversations.value = [...pinned, ...page.items];
    nextCursor.value = page.nextCursor;
  } catch (fault) {
    if (question !== asked) return;
    noticed(fault);
    listFault.value = fault;
  }
}

/** Reads the next page. */
export async function loadMore() {
  if (nextCursor.value === null || loadsMore) return;
  loadsMore = true;
  try {
    await append(asked);
  } catch (fault) {
    noticed(fault);
    listFault.value = fault;
  } finally {
    loadsMore = false;
  }
}

/** @param {number} question */
async function append(question) {
  const page = await read(nextCursor.value);
  if (question !== asked) return;
  const known = new Set((conversations.value ?? []).map((one) => one.id));
  conversations.value = [...(conversations.value ?? []), ...page.items.filter((/** @type {Conversation} */ one) => !known.has(one.id))];
  nextCursor.value = page.nextCursor;
}

/** Forgets them: somebody else may sign in. */
export function forget() {
  asked += 1;
  conversations.value = null;
  nextCursor.value = null;
  words.value = '';
  forgetThreads();
}

/** Puts what is now known of a conversation into the list, on top when it got a message. @param {Conversation} conversation */
export function put(conversation, { onTop = false } = {}) {
  const open = threads.get(conversation.id);
  if (open) open.conversation.value = conversation;
  const list = conversations.value;
  // A list that nobody has read yet will have it.
  if (list === null) return;
  const at = list.findIndex((one) => one.id === conversation.id);
  if (at === -1 && words.value.trim()) return;
  if (at === -1 || onTop) conversations.value = [conversation, ...list.filter((one) => one.id !== conversation.id)];
  else conversations.value = list.map((one) => (one.id === conversation.id ? { ...conversation, found: one.found } : one));
}

/** @param {string} id @param {string} title */
export async function rename(id, title) {
  put(await api.call('changeConversation', { params: { id }, body: { title } }));
}

/** Keeps a conversation on top, or no longer. @param {Conversation} conversation */
export async function pin({ id, pinned }) {
  put(await api.call('changeConversation', { params: { id }, body: { pinned: !pinned } }));
}

/** @param {string} id */
export async function remove(id) {
  await api.call('deleteConversation', { params: { id } });
  conversations.value = conversations.value?.filter((one) => one.id !== id) ?? null;
}

const MONTH = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric' });

/** The heading that a conversation stands under. @param {string} updatedAt */
function heading(updatedAt, now = new Date()) {
  const date = new Date(updatedAt);
  const days = daysAgo(date, now);
  if (days <= 0) return t.chat.days.today;
  if (days === 1) return t.chat.days.yesterday;
  if (days < 8) return t.chat.days.week;
  if (days < 31) return t.chat.days.month;
  return MONTH.format(date);
}

/** Conversations under their headings: what is pinned, then the days. A search has what it found by day alone. @param {Conversation[]} list */
export function byDay(list) {
  const isPinned = (/** @type {Conversation} */ one) => one.pinned && !one.found;
  const newestFirst = list.toSorted((one, other) => (one.updatedAt < other.updatedAt ? 1 : one.updatedAt > other.updatedAt ? -1 : 0));
  /** @type {{ title: string, items: Conversation[] }[]} */
  const groups = [];
  for (const one of [...newestFirst.filter(isPinned), ...newestFirst.filter((other) => !isPinned(other))]) {
    const title = isPinned(one) ? t.chat.pinned : heading(one.updatedAt);
    if (groups.at(-1)?.title !== title) groups.push({ title, items: [] });
    groups.at(-1)?.items.push(one);
  }
  return groups;
}
