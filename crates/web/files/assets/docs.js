// Lays out /openapi.json with Redoc, in our colours, and says so when it can't.

import { theme } from '/assets/theme.js';

const message = document.getElementById('message');

async function description() {
  const answer = await fetch('/openapi.json', { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`/openapi.json was answered with status ${answer.status}.`);
  return answer.json();
}

function options() {
  return {
    theme: theme(),
    scrollYOffset: '.bar',
    hideDownloadButton: true,
    nativeScrollbars: true,
    sortRequiredPropsFirst: true,
    expandResponses: '200,201',
  };
}

message.textContent = 'Reading the description of the API …';
try {
  const place = document.getElementById('api');
  window.Redoc.init(await description(), options(), place, () => { message.hidden = true; });
  // Redoc takes its colours once.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => location.reload());
} catch (fault) {
  message.textContent = `The description of the API can’t be shown. ${fault.message}`;
}
