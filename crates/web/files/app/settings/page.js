// Settings: one page with sections, each with an address of its own.

import { place } from '../router.js';
import { Icon } from '../ui/icons.js';
import { html, useEffect, useLayoutEffect, useRef, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { chatAddress } from '../chat/threads.js';
import { KeysSection } from '../keys/list.js';
import { AccountSection, ChatSection } from './account.js';
import { AppearanceSection } from './appearance.js';
import { DataSection } from './data.js';
import { DeleteSection } from './delete.js';
import { PasswordSection } from './password.js';
import { SessionsSection } from './sessions.js';
import { SharesSection } from './shares.js';
import { TokensSection } from './tokens.js';

/** @type {[string, string, any][]} */
const SECTIONS = [
  ['keys', t.keys.title, KeysSection],
  ['chat', t.settings.chat, ChatSection],
  ['shares', t.shares.title, SharesSection],
  ['appearance', t.settings.appearance, AppearanceSection],
  ['account', t.settings.account, AccountSection],
  ['password', t.settings.password, PasswordSection],
  ['sessions', t.settings.sessions, SessionsSection],
  ['tokens', t.tokens.title, TokensSection],
  ['data', t.data.title, DataSection],
  ['delete', t.settings.danger, DeleteSection],
];

/** The reader's own moves end ours. */
const MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'];
/** A section that has come so near the top is the one that is read. */
const READ_PX = 160;

/** Keeps a section in view while what stands above it is still being read. @param {HTMLElement} target @param {HTMLElement} page */
function keepInView(target, page) {
  const grown = new ResizeObserver(() => target.scrollIntoView());
  for (const part of page.children) grown.observe(part);
  const end = () => {
    grown.disconnect();
    for (const move of MOVES) removeEventListener(move, end);
  };
  for (const move of MOVES) addEventListener(move, end, { passive: true });
  return end;
}

export function SettingsPage() {
  const section = place.value?.params.section;
  const read = useSignal(section ?? SECTIONS[0][0]);
  const page = useRef(/** @type {HTMLElement | null} */ (null));
  const nav = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { document.title = t.title(t.settings.title); }, []);
  useLayoutEffect(() => {
    read.value = section ?? SECTIONS[0][0];
    const target = section && section !== SECTIONS[0][0] ? document.getElementById(section) : null;
    // Whoever came by a menu goes on from the top.
    if (!target && document.activeElement === document.body) page.current?.focus({ preventScroll: true });
    if (!target || !page.current) return undefined;
    target.scrollIntoView();
    target.focus({ preventScroll: true });
    return keepInView(target, page.current);
  }, [section]);
  useEffect(() => nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }), [read.value]);
  const scrolled = (/** @type {any} */ { currentTarget: at }) => {
    const isAtEnd = at.scrollHeight - at.scrollTop - at.clientHeight < 2;
    const near = isAtEnd ? SECTIONS.at(-1) : SECTIONS.findLast(([id]) => (document.getElementById(id)?.getBoundingClientRect().top ?? Infinity) < READ_PX);
    read.value = (near ?? SECTIONS[0])[0];
  };
  return html`<div class="settings">
    <nav ref=${nav} class="settings-nav" aria-label=${t.settings.sections}>
      <a class="back" href=${chatAddress()}><${Icon} name="left" /><span>${t.settings.back}</span></a>
      <ul>${SECTIONS.map(([id, title]) => html`<li><a href="/settings/${id}" aria-current=${id === read.value ? 'true' : null}>${title}</a></li>`)}</ul>
    </nav>
    <main ref=${page} tabindex="-1" class="settings-main" onScroll=${scrolled}><h1>${t.settings.title}</h1>${SECTIONS.map(([id, , Part]) => html`<${Part} key=${id} />`)}</main>
  </div>`;
}
