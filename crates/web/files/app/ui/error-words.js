// An error as a person reads it.

import { ApiError } from '../api.js';
import { errorWords, t } from '../strings/index.js';

/** @typedef {{ code: string, title: string, text: string, way: import('../strings/errors-en.js').Way | undefined }} Told */

/** What went wrong, in words, with the way out. @param {unknown} fault @returns {Told} */
export function told(fault) {
  const error = fault instanceof ApiError ? fault : new ApiError({ code: 'app_fault' });
  if (!(fault instanceof ApiError)) console.error(fault);
  const words = errorWords[error.code] ?? { title: error.more.title ?? t.errors.unknown, text: '', quote: true };
  const parts = [words.text];
  if (words.quote) parts.push(error.errors.length > 0 ? error.errors.map((one) => one.detail).join(' ') : error.detail);
  if (error.code === 'internal_error' && error.requestId) parts.push(error.requestId);
  if (error.retryAfter) parts.push(t.errors.again(error.retryAfter));
  return { code: error.code, title: words.title, text: parts.filter(Boolean).join(' '), way: words.way };
}
