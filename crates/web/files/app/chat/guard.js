// Stops a key before it is sent as a message.

/** What looks like an Anthropic key. Shorter ones are talked about, not used. */
const KEY = /sk-ant-[A-Za-z0-9_-]{16,}/;

/** The key in a text, if there is one. @param {string} text */
export const keyIn = (text) => KEY.exec(text)?.[0] ?? null;

/** The text without it. @param {string} text */
export const withoutKey = (text) => text.replace(new RegExp(KEY, 'g'), '').trim();
