// Lays out /openapi.json with Redoc, in our colours, and says so when it can't.

const message = document.getElementById('message');
const place = document.getElementById('api');

async function description() {
  const answer = await fetch('/openapi.json', { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`/openapi.json was answered with status ${answer.status}.`);
  return answer.json();
}

function options() {
  return {
    scrollYOffset: '.bar',
    hideDownloadButton: true,
    nativeScrollbars: true,
    sortRequiredPropsFirst: true,
    expandResponses: '200,201',
  };
}

try {
  const spec = await description();
  Redoc.init(spec, options(), place, () => { message.hidden = true; });
} catch (fault) {
  message.textContent = `The description of the API can’t be shown. ${fault.message}`;
}
