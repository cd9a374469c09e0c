// Bringing conversations here: the export of another service, unpacked and sent. It goes on while somebody looks elsewhere.

import { call, wasAborted } from '../api.js';
import { load as loadList } from '../chat/list.js';
import { forgetWithUser } from '../session/state.js';
import { signal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { Unreadable, entriesOf, isZip, unpacked } from './unzip.js';

/** What the API says of an import. @typedef {{ imported: number, updated: number, unchanged: number, messages: number, skippedCount: number,
 *   skipped: { title: string | null, reason: string }[], leftOut: Record<string, number> }} Report */
/** @typedef {{ step: 'unpacking' | 'sending' | 'storing', done: number, whole: number } | { step: 'done', report: Report } | { step: 'failed', fault: any, report: Report | null }} Work */

/** The one that is going on, or was last; `null` before the first. */
export const work = signal(/** @type {Work | null} */ (null));

/** Large exports come in several: `conversations-000.json`. */
const CONVERSATIONS = /(?:^|\/)conversations(?:-\d+)?\.json$/;

let abort = new AbortController();

/** Ends it. What has come in stays. */
export const cancel = () => abort.abort();

// What was still to come isn't brought to whoever signs in next.
forgetWithUser(() => {
  cancel();
  abort = new AbortController();
  work.value = null;
});

/** The lists of conversations in a file, each to be opened when it is its turn. @param {File} file @param {AbortSignal} signal */
async function listsIn(file, signal) {
  if (!(await isZip(file))) {
    if (!/^\s*[[{]/.test(await file.slice(0, 64).text())) throw new Unreadable(t.imports.wrongKind(file.name));
    return [async () => file];
  }
  const entries = (await entriesOf(file)).filter((entry) => CONVERSATIONS.test(entry.name)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  if (entries.length === 0) throw new Unreadable(t.imports.missing(file.name));
  return entries.map((entry) => () => unpacked(file, entry, {
    signal,
    onRead: (done) => { work.value = { step: 'unpacking', done, whole: entry.packed }; },
  }));
}

/** @param {Blob} list @param {AbortSignal} signal @returns {Promise<Report>} */
function send(list, signal) {
  work.value = { step: 'sending', done: 0, whole: list.size };
  const onSent = (/** @type {number} */ done, /** @type {number} */ whole) => { work.value = done < whole ? { step: 'sending', done, whole } : { step: 'storing', done, whole }; };
  return call('importConversations', { body: list, onSent, signal });
}

/** @param {Record<string, number>} counts @param {Record<string, number>} more */
const added = (counts, more) => Object.fromEntries([...new Set([...Object.keys(counts), ...Object.keys(more)])].map((key) => [key, (counts[key] ?? 0) + (more[key] ?? 0)]));

/** Two reports as one. @param {Report | null} one @param {Report} other @returns {Report} */
const together = (one, other) => (one === null ? other : {
  imported: one.imported + other.imported,
  updated: one.updated + other.updated,
  unchanged: one.unchanged + other.unchanged,
  messages: one.messages + other.messages,
  skippedCount: one.skippedCount + other.skippedCount,
  skipped: [...one.skipped, ...other.skipped],
  leftOut: added(one.leftOut, other.leftOut),
});

/** Brings what is in a file. @param {File} file */
export async function begin(file) {
  const mine = new AbortController();
  abort = mine;
  /** @type {Report | null} */
  let report = null;
  work.value = { step: 'unpacking', done: 0, whole: file.size };
  try {
    for (const open of await listsIn(file, mine.signal)) report = together(report, await send(await open(), mine.signal));
    work.value = report && { step: 'done', report };
  } catch (fault) {
    if (abort !== mine) return;
    work.value = wasAborted(fault) ? null : { step: 'failed', fault, report };
  }
  loadList();
}
