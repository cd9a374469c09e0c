// How a page is looked at: by axe-core, for its width, and in a picture where SCREENSHOTS names a folder.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const AXE = await readFile(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** How pages are shown: two themes, two widths. `settings` are the browser's. */
export const LOOKS = [
  look('light', 1280, 860),
  look('dark', 1280, 860),
  look('light', 360, 740),
  look('dark', 360, 740),
];
/** Two of them, in which everything occurs once. */
export const TWO_LOOKS = [LOOKS[0], LOOKS[3]];

function look(colorScheme, width, height) {
  return { name: `${colorScheme}-${width}`, settings: { colorScheme, viewport: { width, height }, reducedMotion: 'reduce' } };
}

/** Looks at the page as it is now. @returns how many rules were held */
export async function check(page, look, name) {
  // Nothing is judged while it fades in; what shows that something goes on doesn't end by itself.
  await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity).map((one) => one.finished.catch(() => {}))));
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}-${look.name}.png`) });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} pixels wider than the window`);
  // By the debugger, past the page's own policy.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
  const told = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')}`);
  assert.deepEqual(told, [], `${name}, ${look.name}`);
  return found.passes.length;
}
