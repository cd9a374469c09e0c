// The stored keys of who is signed in.

import * as api from '../api.js';
import { computed, signal } from '../ui/preact.js';
import { t } from '../strings/index.js';

/** @typedef {{ id: string, name: string, hint: string, status: string, statusDetail: string | null, isActive: boolean, position: number,
 *   createdAt: string, lastUsedAt: string | null, lastVerifiedAt: string | null, expiresAt: string | null }} ApiKey */

/** In order of use; `null` until they are known. */
export const keys = signal(/** @type {ApiKey[] | null} */ (null));
/** A key that somebody was about to send as a message, on its way to the form that adds one. In memory alone. */
export const foundKey = signal('');

/** What a row says of a key: what its owner did counts before what Anthropic said. @param {ApiKey} key */
export const stateOf = (key) => (key.isActive ? key.status : 'disabled');

/** That in a word. @param {ApiKey} key */
export const wordOf = (key) => t.keys.states[/** @type {keyof typeof t.keys.states} */ (stateOf(key))]?.word ?? stateOf(key);

/** Whether a key is used: it is active and not expired. @param {ApiKey} key */
export const isUsable = (key) => key.isActive && key.status !== 'expired';

/** The key that pays for the next answer; `undefined` while that isn't known, `null` if there is none. */
export const payingKey = computed(() => (keys.value === null ? undefined : keys.value.find(isUsable) ?? null));

/** Reads them. */
export async function load() {
  keys.value = (await api.call('keys')).items;
}

/** Forgets them: somebody else may sign in. */
export function forget() {
  keys.value = null;
  foundKey.value = '';
}

/** @param {{ apiKey: string, name: string, allowUnverified?: boolean }} body */
export async function add(body) {
  const key = await api.call('addKey', { body });
  await load();
  return key;
}

/** Puts what the server now says of a key into the list. @param {ApiKey} key */
const replace = (key) => { keys.value = (keys.value ?? []).map((one) => (one.id === key.id ? key : one)); };

/** @param {string} id @param {{ name?: string, isActive?: boolean, expiresAt?: string | null }} body */
export const change = async (id, body) => replace(await api.call('changeKey', { params: { id }, body }));

/** One change after another, as they were made. @type {Promise<unknown>} */
let ordered = Promise.resolve();

/** Puts them into this order: it is seen at once, and taken back if the server doesn't take it. @param {string[]} ids */
export async function order(ids) {
  const before = keys.value ?? [];
  const wanted = ids.map((id) => /** @type {ApiKey} */ (before.find((key) => key.id === id)));
  keys.value = wanted;
  ordered = ordered.catch(() => {}).then(() => api.call('orderKeys', { body: { ids } }));
  try {
    await ordered;
  } catch (fault) {
    if (keys.value === wanted) keys.value = before;
    throw fault;
  }
}

/** Asks Anthropic what it thinks of it. @param {string} id */
export const test = async (id) => replace(await api.call('testKey', { params: { id } }));

/** @param {string} id */
export async function remove(id) {
  await api.call('deleteKey', { params: { id } });
  keys.value = (keys.value ?? []).filter((key) => key.id !== id);
}
