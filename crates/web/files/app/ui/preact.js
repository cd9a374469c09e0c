// What all components are made of. The only place that knows where Preact, its signals and htm lie.

import { h, render, Fragment } from '/assets/preact-11.2.0.mjs';
import htm from '/assets/htm-3.1.1.mjs';

export { useEffect, useLayoutEffect, useRef, useId, useMemo, useCallback } from '/assets/preact-11.2.0.hooks.mjs';
export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } from '/assets/preact-signals-2.11.4.mjs';
export { render, Fragment };

/** Markup as Preact's elements. */
export const html = htm.bind(h);
