// Our tokens in Redoc's words. Redoc computes with colours, so it gets their values, not their names.

export function theme() {
  const styles = getComputedStyle(document.documentElement);
  const token = (name) => styles.getPropertyValue(`--${name}`).trim();
  const [surface, sunken, text, muted, line, accent] = ['surface', 'sunken', 'text', 'muted', 'line', 'accent'].map(token);
  const outcome = (name) => ({ color: token(name), tabTextColor: token(`panel-${name}`) });

  return {
    colors: {
      primary: { main: accent },
      success: { main: token('good') },
      warning: { main: token('warn') },
      error: { main: token('bad') },
      gray: { 50: sunken, 100: sunken },
      text: { primary: text, secondary: muted },
      border: { dark: line, light: line },
      responses: {
        success: outcome('good'),
        redirect: outcome('warn'),
        error: outcome('bad'),
        info: { color: muted, tabTextColor: token('panel-text') },
      },
    },
    schema: { linesColor: line, nestedBackground: sunken, typeNameColor: muted, requireLabelColor: token('bad') },
    typography: {
      fontSize: '15px',
      lineHeight: '1.55',
      fontFamily: token('sans'),
      headings: { fontFamily: token('sans'), fontWeight: '650', lineHeight: '1.3' },
      code: { fontSize: '13px', fontFamily: token('mono'), color: text, backgroundColor: sunken },
      links: { color: accent, visited: accent, hover: text },
    },
    sidebar: {
      backgroundColor: surface,
      textColor: text,
      activeTextColor: accent,
      groupItems: { activeBackgroundColor: sunken, activeTextColor: accent, textTransform: 'none' },
      level1Items: { activeBackgroundColor: sunken, activeTextColor: accent },
    },
    rightPanel: {
      backgroundColor: token('panel'),
      textColor: token('panel-text'),
      servers: { overlay: { backgroundColor: surface, textColor: text }, url: { backgroundColor: sunken } },
    },
    codeBlock: { backgroundColor: token('panel-code') },
    fab: { backgroundColor: surface, color: accent },
  };
}
