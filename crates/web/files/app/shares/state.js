// Links to conversations: read, made, brought up to date, ended.

import * as api from '../api.js';
import { signal } from '../ui/preact.js';

/** @typedef {{ id: string, conversationId: string, title: string | null, createdAt: string, updatedAt: string, expiresAt: string | null }} Share */

const DAY_MS = 86_400_000;

/** `null` until they are read. */
export const shares = signal(/** @type {Share[] | null} */ (null));

/** Reads them. */
export async function load() {
  shares.value = (await api.call('shares')).items;
}

/** Forgets them: somebody else may sign in. */
export function forget() {
  shares.value = null;
}

/** Makes a link, and gives its address: the only time that it is known. @param {string} conversationId @param {string} days a number, or `never` */
export async function share(conversationId, days) {
  const expiresAt = days === 'never' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString();
  const { token, ...made } = await api.call('share', { params: { id: conversationId }, body: { expiresAt } });
  shares.value = [made, ...(shares.value ?? [])];
  // Browsers keep what follows the `#` to themselves: no log on the way has it.
  return `${location.origin}/shared#${token}`;
}

/** Has a link show the conversation as it is now. @param {string} id */
export async function refresh(id) {
  const changed = await api.call('changeShare', { params: { id }, body: { refresh: true } });
  shares.value = (shares.value ?? []).map((one) => (one.id === id ? changed : one));
}

/** Ends a link. @param {string} id */
export async function end(id) {
  await api.call('endShare', { params: { id } });
  shares.value = (shares.value ?? []).filter((one) => one.id !== id);
}
