'use strict';

/**
 * An exchange keeps one of libuv's threads until it ends, and the host's files and host names need threads too: at most half of
 * them are taken, nor more than half of the asynchronous calls that koffi allows. Whoever comes later waits, first come, first served.
 */

const library = require('./library.cjs');
const { OutcomeUnknownError } = require('./generated/errors.cjs');

/** What the timers of Node take, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

const waiting = new Set();
let free = Math.max(1, Math.floor(Math.min(threads(), library.asynchronous_calls) / 2));

/** As many as libuv makes of it. */
function threads() {
  const given = process.env.UV_THREADPOOL_SIZE;
  return given === undefined ? 4 : Math.min(Number.parseInt(given, 10) || 1, 1024);
}

/**
 * Calls `start` in its turn, and answers what its promise does. Where the turn hasn't come when `seconds` are over, it answers what
 * `late` does. Both are told for how many seconds the call waited.
 *
 * `signal` aborts it: while it waits, nothing is sent; once it runs, the promise is rejected at once, and `discard` gets the late
 * result. `end` is called when the call is over or will never start.
 */
function inTurn({ start, late, end, discard, seconds, signal }) {
  return new Promise((resolve, reject) => {
    const begin = (waited) => {
      const call = attempt(start, waited).finally(() => {
        handOn();
        end();
      });
      resolve(signal ? unlessAborted(call, signal, discard) : call);
    };
    if (free > 0) {
      free -= 1;
      begin(0);
      return;
    }
    const expire = (waited) => resolve(attempt(late, waited).finally(end));
    const abort = () => {
      reject(signal.reason);
      end();
    };
    wait({ begin, expire, abort, seconds, signal });
  });
}

/** What it throws rejects, like everything else that goes wrong with a call. */
async function attempt(run, waited) {
  return run(waited);
}

function wait({ begin, expire, abort, seconds, signal }) {
  const since = performance.now();
  const waited = () => (performance.now() - since) / 1000;
  const leaveTo = (go) => () => {
    waiting.delete(next);
    clearTimeout(timer);
    unheed();
    go();
  };
  const next = leaveTo(() => begin(waited()));
  // A timer may be early by a little.
  const expired = leaveTo(() => expire(Math.max(waited(), seconds)));
  const timer = setTimeout(expired, Math.min(seconds * 1000, LONGEST_TIMER));
  const unheed = signal ? heed(signal, leaveTo(abort)) : () => {};
  waiting.add(next);
}

function handOn() {
  const [next] = waiting;
  if (next) next();
  else free += 1;
}

function unlessAborted(call, signal, discard) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      call.then(discard, () => {});
      reject(outcomeUnknown(signal.reason));
    };
    call.finally(heed(signal, abort)).then(resolve, reject);
  });
}

/** What each signal ends, by one listener, since Node warns of a leak at more than ten. */
const heeded = new WeakMap();

/** Calls `abort` when the signal does, unless the function that it answers was called before. */
function heed(signal, abort) {
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

function outcomeUnknown(cause) {
  const message = 'Aborted during the call, which goes on to its end unheard: what it sends may be spent.';
  return new OutcomeUnknownError(message, { cause });
}

module.exports = { inTurn };
