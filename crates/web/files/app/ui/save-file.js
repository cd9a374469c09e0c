// Hands a file to the browser, which saves it as it does with every download.

/** Long enough for a browser to take it. */
const TAKEN_AFTER_MS = 60_000;

/** @param {{ blob: Blob, name: string }} file */
export function saveFile({ blob, name }) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TAKEN_AFTER_MS);
}
