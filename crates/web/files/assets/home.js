// The home page: how this server is, its own address in the examples, and a way to copy them.

const CHECK_EVERY_MS = 15_000;
const GIVE_UP_AFTER_MS = 5_000;

const STATES = {
  checking: { mark: 'unknown', words: 'Checking …' },
  ready: { mark: 'ready', words: 'Ready' },
  stopping: { mark: 'waiting', words: 'Stopping', advice: 'It finishes what it began and takes nothing new.' },
  waiting: { mark: 'waiting', words: 'Not ready', advice: 'It runs, but can’t take requests yet. Its log says why.' },
  odd: { mark: 'broken', words: 'Not well', advice: 'Its answer to /readyz is not one of Latchkey’s. Is something else between you and it?' },
  unreachable: { mark: 'broken', words: 'Unreachable', advice: 'No answer came from this address. Has it been stopped, or is the network gone?' },
};

const status = document.getElementById('status');
const detail = document.getElementById('status-detail');

/** The name of a state, and what is wrong when the server says so. */
async function readiness() {
  try {
    const answer = await fetch('/readyz', { cache: 'no-store', signal: AbortSignal.timeout(GIVE_UP_AFTER_MS) });
    if (answer.ok) return ['ready'];
    if (answer.status !== 503) return ['odd'];
    const { stopping, checks = [] } = await answer.json().catch(() => ({}));
    const failed = checks.filter((check) => !check.ok).map((check) => check.name);
    return stopping ? ['stopping'] : ['waiting', failed.length > 0 && `Not well: ${failed.join(', ')}.`];
  } catch {
    return ['unreachable'];
  }
}

function show(name, fault) {
  const { mark, words, advice } = STATES[name];
  // The region is live: it speaks when its text changes, so it changes only with the state.
  if (status.lastElementChild.textContent !== words) {
    status.dataset.state = mark;
    status.querySelector('use').setAttribute('href', `#mark-${mark}`);
    status.lastElementChild.textContent = words;
  }
  const time = new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  detail.textContent = name === 'checking' ? '' : [fault || advice, `Checked at ${time}.`].filter(Boolean).join(' ');
}

async function check() {
  if (!document.hidden) show(...await readiness());
}

async function keepChecking() {
  await check();
  setTimeout(keepChecking, CHECK_EVERY_MS);
}

/** Takes away what this server doesn't offer. While that isn't known, all of it stays. */
async function offerWhatThereIs() {
  const begin = document.getElementById('begin');
  const answer = await fetch('/api/server').catch(() => null);
  const { signup = 'open', anonymous = true } = answer?.ok ? await answer.json().catch(() => ({})) : {};
  const link = (to) => begin.querySelector(`a[href="${to}"]`);
  if (!anonymous) link('/try').remove();
  if (signup === 'open') return;
  link('/sign-up').remove();
  link('/sign-in').className = 'begin-first';
  begin.append(Object.assign(document.createElement('span'), { textContent: 'No account yet? Ask whoever runs this server for one.' }));
}

function fillInOrigin() {
  for (const place of document.querySelectorAll('[data-origin]')) place.textContent = location.origin;
}

function offerToCopy(sample) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', `Copy: ${sample.getAttribute('aria-label')}`);
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(sample.textContent);
    button.textContent = 'Copied';
    button.dataset.said = '';
    setTimeout(() => { button.textContent = 'Copy'; delete button.dataset.said; }, 2_000);
  });
  const frame = document.createElement('div');
  frame.className = 'sample';
  sample.replaceWith(frame);
  frame.append(sample, button);
}

fillInOrigin();
// Browsers give the clipboard to https and localhost alone.
if (navigator.clipboard) document.querySelectorAll('pre').forEach(offerToCopy);
offerWhatThereIs();
show('checking');
document.addEventListener('visibilitychange', check);
keepChecking();
