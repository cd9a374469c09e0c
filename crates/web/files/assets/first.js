// Before anything is painted: the chosen appearance, and from the front page straight to the chat for who is signed in.

(() => {
  try {
    const theme = localStorage.getItem('latchkey.theme');
    if (theme) document.documentElement.dataset.theme = theme;
    if (location.pathname === '/' && !location.search && localStorage.getItem('latchkey.signed-in')) location.replace('/chat');
  } catch {
    // Without storage everything is as the device says.
  }
})();
