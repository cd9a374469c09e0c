// What can be done with a conversation: its menu, in the list and above its messages, and what the menu's items ask.

import { keyFault } from '../keys/key-fault.js';
import { navigate } from '../router.js';
import { Form } from '../session/form.js';
import { forgetWithUser } from '../session/state.js';
import { Button, Field } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { laterDialog } from '../ui/later.js';
import { Menu } from '../ui/menu.js';
import { Fault } from '../ui/notice.js';
import { html, signal, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { ExportState, exportConversation } from './export.js';
import { pin, remove, rename } from './list.js';

/** @typedef {import('./list.js').Conversation} Conversation */

const ShareDialog = laterDialog(() => import('../shares/dialog.js').then((module) => module.ShareDialog));

/** What is being asked, about which conversation; `fault` when it couldn't be done. */
const asking = signal(/** @type {{ about: 'share' | 'rename' | 'delete' | 'fault', one: Conversation, fault?: any } | null} */ (null));

forgetWithUser(() => { asking.value = null; });

/** Does what needs no question. @param {Conversation} one @param {() => Promise<void>} act */
async function doIt(one, act) {
  try {
    await act();
    // The row may stand elsewhere now.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (document.querySelector(`[data-conversation="${CSS.escape(one.id)}"] .icon-button`))?.focus();
    });
  } catch (fault) {
    asking.value = { about: 'fault', one, fault };
  }
}

/** @param {{ one: Conversation, label: string }} props */
export function ConversationMenu({ one, label }) {
  const ask = (/** @type {'share' | 'rename' | 'delete'} */ about) => () => { asking.value = { about, one }; };
  return html`<${Menu} label=${label} items=${[
    { words: one.pinned ? t.chat.unpin : t.chat.pin, icon: 'pin', onChoose: () => doIt(one, () => pin(one)) },
    { words: t.shares.share, icon: 'link', onChoose: ask('share') },
    { words: t.chat.rename, icon: 'edit', onChoose: ask('rename') },
    { words: t.chat.exportMarkdown, icon: 'file', hint: t.chat.exportMarkdownHint, onChoose: () => doIt(one, () => exportConversation(one.id, 'markdown')) },
    { words: t.chat.exportJson, icon: 'file', hint: t.chat.exportJsonHint, onChoose: () => doIt(one, () => exportConversation(one.id, 'json')) },
    { words: t.delete, icon: 'trash', danger: true, onChoose: ask('delete') },
  ]} />`;
}

/** The question that stands open. @param {{ current: string | null }} props */
export function ConversationQuestion({ current }) {
  if (!asking.value) return html`<${ExportState} />`;
  const { about, one, fault } = asking.value;
  const onClose = () => { asking.value = null; };
  if (about === 'share') return html`<${ShareDialog} one=${one} onClose=${onClose} />`;
  if (about === 'rename') return html`<${Rename} one=${one} onClose=${onClose} />`;
  if (about === 'delete') return html`<${Delete} one=${one} isCurrent=${one.id === current} onClose=${onClose} />`;
  return html`<${Dialog} title=${one.title ?? t.chat.untitled} onClose=${onClose}><${Fault} fault=${fault} /><//>`;
}

/** @param {{ one: import('./list.js').Conversation, onClose: () => void }} props */
function Rename({ one, onClose }) {
  const title = useSignal(one.title ?? '');
  const submit = async () => { await rename(one.id, title.value.trim()); onClose(); };
  return html`<${Dialog} title=${t.chat.renameTitle} onClose=${onClose}><${Form} submit=${submit} faults=${{ '/title': title.value.trim() ? keyFault(title.value) : t.session.missing }}>${({ busy, at }) => html`
    <${Field} label=${t.chat.titleField} value=${title} fault=${at('/title')} maxlength="200" autofocus />
    <div class="form-foot"><${Button} type="submit" kind="primary" busy=${busy}>${t.save}<//><${Button} kind="link" onClick=${onClose}>${t.cancel}<//></div>`}<//><//>`;
}

/** @param {{ one: import('./list.js').Conversation, isCurrent: boolean, onClose: () => void }} props */
function Delete({ one, isCurrent, onClose }) {
  const submit = async () => { await remove(one.id); onClose(); if (isCurrent) navigate('/chat', { replace: true }); };
  return html`<${Dialog} title=${t.chat.deleteTitle(one.title ?? t.chat.untitled)} onClose=${onClose}><${Form} submit=${submit}>${({ busy }) => html`
    <p>${t.chat.deleteText}</p>
    <div class="form-foot"><${Button} type="submit" kind="danger" busy=${busy}>${t.delete}<//><${Button} kind="link" autofocus onClick=${onClose}>${t.cancel}<//></div>`}<//><//>`;
}
