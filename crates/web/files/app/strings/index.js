// The words of the app. A language is one file like `en.js` and one like `errors-en.js`.

import { en } from './en.js';
import { errorsEn } from './errors-en.js';

export const t = en;
export const errorWords = errorsEn;

/** The language that dates and numbers are written in. */
export const LOCALE = 'en';
