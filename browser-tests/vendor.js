// Fetches what `crates/web/vendor.json` lists from npm, makes the changes that it names, and writes files and checksums.
//
//   npm run vendor                       everything again, as listed: git must show no difference
//   npm run vendor -- marked@18.2.2      another version of a package: its files get new names, so pages and modules
//                                        that name them have to be changed, too

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WEB = new URL('../crates/web/', import.meta.url).pathname;
const LIST = join(WEB, 'vendor.json');

/** A package's name as it stands in the names of files. */
const stem = (name) => name.replace(/^@/, '').replace('/', '-');

/** Unpacks a package into a folder of its own, and says where it is. */
function unpacked(name, version, folder) {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, `${name}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  execFileSync('tar', ['xzf', join(folder, archive), '-C', folder]);
  return folder;
}

/** The text with each change made, which must be possible exactly once. */
function changed(text, { file, changes }) {
  return changes.reduce((before, { from, to }) => {
    if (before.split(from).length !== 2) throw new Error(`${file}: ${from} doesn't stand there once`);
    return before.replace(from, () => to);
  }, text);
}

const wanted = new Map(process.argv.slice(2).map((word) => [word.slice(0, word.lastIndexOf('@')), word.slice(word.lastIndexOf('@') + 1)]));
const folders = new Map();
const list = JSON.parse(readFileSync(LIST, 'utf8'));
try {
  for (const entry of list) {
    const version = wanted.get(entry.package) ?? entry.version;
    const id = `${entry.package}@${version}`;
    if (!folders.has(id)) folders.set(id, unpacked(entry.package, version, mkdtempSync(join(tmpdir(), 'latchkey-vendor-'))));
    const published = readFileSync(join(folders.get(id), entry.source), 'utf8');
    rmSync(join(WEB, 'files', entry.file), { force: true });
    entry.file = entry.file.replace(`${stem(entry.package)}-${entry.version}.`, `${stem(entry.package)}-${version}.`);
    entry.version = version;
    entry.sha256 = createHash('sha256').update(published).digest('hex');
    writeFileSync(join(WEB, 'files', entry.file), changed(published, entry));
  }
  writeFileSync(LIST, `${JSON.stringify(list, null, 2)}\n`);
} finally {
  for (const folder of folders.values()) rmSync(folder, { recursive: true });
}
