// Money and counts. Amounts come in billionths of a US dollar.

import { LOCALE } from '../strings/index.js';

const NANO = 1e9;
const count = new Intl.NumberFormat(LOCALE);

/** An amount with as many digits as say something: `$0.0042`, `$1.28`. @param {number} nano */
export function dollars(nano) {
  const amount = nano / NANO;
  if (amount === 0) return '$0.00';
  if (amount < 0.0001) return '<$0.0001';
  const digits = amount < 0.01 ? 4 : amount < 1 ? 3 : 2;
  return `$${amount.toFixed(digits)}`;
}

/** What a million tokens cost. @param {number} nanoEach */
export function perMillion(nanoEach) {
  const amount = nanoEach * 1e6 / NANO;
  return `$${Number.isInteger(amount) ? amount : amount.toFixed(2)}`;
}

/** `1,204` @param {number} number */
export const counted = (number) => count.format(number);
