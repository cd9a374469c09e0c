// The conversations that this page has open, with what was written in each and not sent.

import { signal } from '../ui/preact.js';

/** @type {Map<string, import('./thread.js').Thread>} */
export const threads = new Map();

/** A conversation that isn't there yet: the same one until its first message is sent. */
export const fresh = signal(/** @type {import('./thread.js').Thread | null} */ (null));

/** The conversation that was open last. */
const last = signal(/** @type {string | null} */ (null));

/** @param {string | null} id */
export function isOpen(id) {
  last.value = id;
}

/** The address of the chat that somebody comes from. */
export const chatAddress = () => (last.value === null ? '/chat' : `/chat/${encodeURIComponent(last.value)}`);

/** Forgets all of it: somebody else may sign in. */
export function forgetThreads() {
  threads.clear();
  fresh.value = null;
  last.value = null;
}
