// An image or document of a message.

import { Icon } from '../ui/icons.js';
import { html, useEffect, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { pictureUrl } from './files.js';

/** @param {{ block: any, name?: string }} props */
export function Attachment({ block, name = '' }) {
  if (block.type === 'image' && block.source.type === 'base64') return html`<${Picture} source=${block.source} name=${name} />`;
  const words = block.title || name || (block.type === 'image' ? t.message.image : t.message.document);
  return html`<span class="file-chip"><${Icon} name=${block.type === 'image' ? 'image' : 'file'} />${words}</span>`;
}

/** @param {{ source: any, name: string }} props */
function Picture({ source, name }) {
  const url = useSignal('');
  useEffect(() => {
    const made = pictureUrl(source);
    url.value = made;
    return () => URL.revokeObjectURL(made);
  }, [source.data]);
  return url.value ? html`<img class="picture" src=${url.value} alt=${name || t.message.image} />` : null;
}
