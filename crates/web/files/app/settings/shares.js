// The links to conversations that anybody who has them can read.

import { html } from '../ui/preact.js';
import { ShareList } from '../shares/list.js';
import { t } from '../strings/index.js';
import { Section } from './section.js';

export const SharesSection = () => html`<${Section} id="shares" title=${t.shares.title} lead=${t.shares.lead}><${ShareList} none=${t.shares.none} /><//>`;
