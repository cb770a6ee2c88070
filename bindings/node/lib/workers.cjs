'use strict';

/**
 * An exchange occupies one of libuv's threads until it ends, and the program's file access and name resolution need threads, too.
 * So exchanges take at most half of the threads, and at most half of the asynchronous calls that koffi allows. Further calls wait,
 * first come, first served.
 */

const library = require('./library.cjs');
const { OutcomeUnknownError } = require('./generated/errors.cjs');

/** The longest time that Node's timers accept, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

const waiting = new Set();
let free = Math.max(1, Math.floor(Math.min(threads(), library.asynchronous_calls) / 2));

/** The number of threads, read from the environment as libuv reads it. */
function threads() {
  const given = process.env.UV_THREADPOOL_SIZE;
  return given === undefined ? 4 : Math.min(Number.parseInt(given, 10) || 1, 1024);
}

/**
 * Calls `start` when its turn comes; the result of its promise. If the turn has not come after `seconds`, it calls `late` instead.
 * Both get the number of seconds that the call waited.
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

/** If `run` throws, the promise rejects, as for any other failure of a call. */
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

/** The calls that each signal aborts. A signal gets one listener, because Node warns of a leak at more than ten. */
const heeded = new WeakMap();

/** Calls `abort` when the signal aborts. Returns a function that cancels this. */
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
  const message = 'aborted during the call, which goes on; a code or a refresh token may be spent';
  return new OutcomeUnknownError(message, { cause });
}

module.exports = { inTurn };
