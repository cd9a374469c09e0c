// Of a long list only the rows in view are in the page. Their heights are known, so that the rest is room above and below.

/** Heights, as the stylesheet has them: a heading, a row, a row with the words that were found. */
const HEADING_PX = 34;
const ROW_PX = 35;
const FOUND_PX = 76;
/** So much above and below what is in view is there already. */
const MARGIN_PX = 400;

/** @typedef {import('./list.js').Conversation} Conversation */

/** @param {Conversation} one */
const heightOf = ({ found }) => (found && found.messageId !== null ? FOUND_PX : ROW_PX);

/**
 * The rows of each group that are in view, with the room that the others take.
 * @param {{ title: string, items: Conversation[] }[]} groups @param {{ top: number, height: number }} view
 */
export function inView(groups, { top, height }) {
  let at = 0;
  return groups.map(({ title, items }) => {
    at += HEADING_PX;
    let [above, below] = [0, 0];
    const shown = items.filter((one) => {
      const size = heightOf(one);
      const isAbove = at + size < top - MARGIN_PX;
      const isBelow = at > top + height + MARGIN_PX;
      at += size;
      if (isAbove) above += size;
      if (isBelow) below += size;
      return !isAbove && !isBelow;
    });
    return { title, shown, above, below };
  });
}
