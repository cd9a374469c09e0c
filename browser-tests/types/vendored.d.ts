// The vendored modules by the addresses that the app has them under.

declare module '*/preact-11.2.0.mjs' {
  export * from 'preact';
}
declare module '*/preact-11.2.0.hooks.mjs' {
  export * from 'preact/hooks';
}
declare module '*/preact-signals-2.11.4.mjs' {
  export * from '@preact/signals';
}
declare module '*/htm-3.1.1.mjs' {
  type Value = ((first: any, ...more: any[]) => any) | object | string | number | boolean | bigint | symbol | null | undefined;
  const htm: { bind(h: Function): (strings: TemplateStringsArray, ...values: Value[]) => any };
  export default htm;
}
declare module '*/marked-18.2.1.esm.js' {
  export const Lexer: any;
  export const Marked: any;
}
declare module '*/dompurify-3.4.18.min.js';
declare module '*/katex-0.19.1.min.js';
declare module '*/highlightjs-cdn-assets-11.12.0.min.js' {
  const highlight: any;
  export default highlight;
}
