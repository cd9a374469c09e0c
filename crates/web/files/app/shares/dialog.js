// Sharing a conversation: what a link shows and to whom, one more link, and those that there are.

import { Form } from '../session/form.js';
import { Button, CopyButton, Select, copied } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { html, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { ShareList } from './list.js';
import { share, shares } from './state.js';

/** @param {{ one: import('../chat/list.js').Conversation, onClose: () => void }} props */
export function ShareDialog({ one, onClose }) {
  const days = useSignal('never');
  const address = useSignal('');
  const isCopied = useSignal(false);
  const submit = async () => {
    address.value = await share(one.id, days.value);
    // Where the browser allows it without another click.
    isCopied.value = await copied(address.value).then(() => true, () => false);
  };
  const hasLinks = shares.value?.some((link) => link.conversationId === one.id);
  return html`<${Dialog} title=${t.shares.shareTitle(one.title ?? t.chat.untitled)} onClose=${onClose}>
    ${address.value
      ? html`<div class="share-made"><p>${isCopied.value ? t.shares.isCopied : t.shares.once}</p>
          <p class="secret"><code>${address.value}</code><${CopyButton} text=${() => address.value} label=${t.shares.copy} /></p>
          <p class="hint">${t.shares.onceHint}</p></div>`
      : html`<div class="share-about"><p>${t.shares.about}</p><p class="hint">${t.shares.leftOut}</p></div>
          <${Form} submit=${submit}>${({ busy }) => html`
            <${Select} label=${t.shares.expiry} value=${days.value} options=${t.shares.expiries} onChange=${(/** @type {string} */ value) => { days.value = value; }} />
            <div class="form-foot"><${Button} type="submit" kind="primary" icon="link" busy=${busy}>${t.shares.make}<//></div>`}<//>`}
    <section class="share-links" hidden=${!hasLinks}><h3>${t.shares.links}</h3><${ShareList} conversationId=${one.id} /></section>
    ${address.value && html`<div class="form-foot"><${Button} kind="primary" onClick=${onClose}>${t.shares.done}<//></div>`}
  <//>`;
}
