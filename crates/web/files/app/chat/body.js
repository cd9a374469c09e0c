// The body of a message: what is sent, and what is estimated.

/** @typedef {import('./thread.js').Thread} Thread */
/** @typedef {{ model: string | null, system: string, thinking: string, effort: string, maxTokens: string, keyId: string | null }} Options */

/** The members that the options make. @param {Options} options */
export function asked({ model, thinking, effort, maxTokens, keyId }) {
  /** @type {any} */
  const body = {};
  if (model) body.model = model;
  if (keyId) body.keyId = keyId;
  if (thinking !== 'auto') body.thinking = { type: thinking === 'off' ? 'disabled' : thinking };
  if (effort !== 'auto') body.options = { output_config: { effort } };
  if (Number(maxTokens) > 0) body.maxTokens = Number(maxTokens);
  return body;
}

/** What stays above a new message: all, or what stands before the one that it changes. @param {Thread} thread @param {any} edited */
export function keptBy(thread, edited) {
  const items = thread.items.value;
  return edited ? items.slice(0, items.findIndex((item) => item.message.value.id === edited.parentId) + 1) : items;
}

/** A message with this content. @param {Thread} thread @param {any[]} content @param {any} edited */
export function bodyOf(thread, content, edited) {
  const { system } = thread.options.value;
  const body = { content, ...asked(thread.options.value) };
  if (thread.state.value === 'new' && system) body.system = system;
  if (thread.state.value === 'new' && thread.temporary.value) body.temporary = true;
  if (edited) body.parentId = edited.parentId;
  return thread.bodyOf(body, keptBy(thread, edited));
}
