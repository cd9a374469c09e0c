// Editing an earlier message: what the composer held before is laid aside, and comes back.

/** @typedef {import('./thread.js').Thread} Thread */

/** @type {WeakMap<Thread, { draft: string, files: any[] }>} */
const asides = new WeakMap();

/** Puts a message into the composer. @param {Thread} thread @param {any} message @param {any[]} [content] what it is changed to so far */
export function edit(thread, message, content = message.content) {
  if (!asides.has(thread)) asides.set(thread, { draft: thread.draft.value, files: thread.files.value });
  thread.takeBack();
  thread.editing.value = message;
  thread.giveBack(content);
}

/** Ends that: the message stays as it is, or is on its way. @param {Thread} thread */
export function endEdit(thread) {
  const { draft = '', files = [] } = asides.get(thread) ?? {};
  asides.delete(thread);
  thread.editing.value = null;
  thread.draft.value = draft;
  thread.files.value = files;
}
