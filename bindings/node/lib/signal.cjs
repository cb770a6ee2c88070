'use strict';

/** The signal among the options of a call, if there is one. */
function signalOf(options = {}) {
  if (options === null || typeof options !== 'object' || isSignal(options)) {
    throw new TypeError('The options of a call must be an object, like { signal }');
  }
  if (Object.keys(options).some((name) => name !== 'signal')) throw new TypeError('signal is the only option of a call');
  const signal = options.signal ?? undefined;
  if (signal !== undefined && !isSignal(signal)) throw new TypeError('signal must be an AbortSignal');
  return signal;
}

/** Accepts signals of another realm or of a polyfill, too. */
function isSignal({ aborted, addEventListener, removeEventListener }) {
  return typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function';
}

/** The calls that each signal aborts. A signal gets one listener, because Node warns of a leak at more than ten. */
const heeded = new WeakMap();

/** Calls `abort` when the signal aborts. Returns a function that cancels this. */
function heed(signal, abort) {
  if (signal === undefined) return () => {};
  if (!heeded.has(signal)) {
    const aborts = new Set();
    const listener = () => aborts.forEach((each) => each());
    heeded.set(signal, { aborts, listener });
    signal.addEventListener('abort', listener, { once: true });
  }
  const { aborts, listener } = heeded.get(signal);
  aborts.add(abort);
  return () => {
    aborts.delete(abort);
    if (aborts.size > 0) return;
    heeded.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}

module.exports = { signalOf, heed };
