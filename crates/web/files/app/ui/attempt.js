// Something that is tried: whether it goes on, and what went wrong with it last.

import { useSignal } from './preact.js';

/** `attempt` does the work; what it throws is `fault` until the next attempt. */
export function useAttempt() {
  const busy = useSignal(false);
  const fault = useSignal(/** @type {unknown} */ (null));
  const attempt = async (/** @type {() => Promise<void>} */ work) => {
    busy.value = true;
    fault.value = null;
    try {
      await work();
    } catch (thrown) {
      fault.value = thrown;
    } finally {
      busy.value = false;
    }
  };
  return { busy, fault, attempt };
}
