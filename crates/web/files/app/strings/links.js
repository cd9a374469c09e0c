// The addresses elsewhere that the app's words lead to. Nothing is ever loaded from them.

export const LINKS = {
  anthropicKeys: 'https://console.anthropic.com/settings/keys',
  anthropicBilling: 'https://console.anthropic.com/settings/billing',
  anthropicLimits: 'https://console.anthropic.com/settings/limits',
  anthropicStatus: 'https://status.anthropic.com/',
};
