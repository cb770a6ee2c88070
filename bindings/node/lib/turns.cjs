'use strict';

/**
 * An exchange keeps one of libuv's threads until it ends, and the host's files and host names need threads too: at most half of
 * them are taken, and whoever comes later waits, first come, first served.
 */

const { DeadlineExceededError, OutcomeUnknownError } = require('./generated/errors.cjs');

const LONGEST_TIMER = 2 ** 31 - 1;

const waiting = new Set();
let free = Math.max(1, Math.floor(threads() / 2));

/** As many as libuv makes of it. */
function threads() {
  const given = process.env.UV_THREADPOOL_SIZE;
  return given === undefined ? 4 : Math.min(Number.parseInt(given, 10) || 1, 1024);
}

/**
 * Calls `start` in its turn, and answers what its promise does. A call that had to wait starts with the milliseconds that are left
 * of its `seconds`, for the time that a call has includes the wait.
 *
 * `signal` aborts it: while it waits, nothing is sent; once it runs, the promise is rejected at once, and `discard` gets the late
 * result. `end` is called when the call is over or will never start.
 */
function inTurn({ start, end, discard, seconds, signal }) {
  return new Promise((resolve, reject) => {
    const begin = (left) => {
      const call = start(left).finally(() => {
        handOn();
        end();
      });
      resolve(signal ? unlessAborted(call, signal, discard) : call);
    };
    if (free > 0) {
      free -= 1;
      begin();
    } else {
      const giveUp = (error) => {
        reject(error);
        end();
      };
      wait({ begin, giveUp, seconds, signal });
    }
  });
}

function wait({ begin, giveUp, seconds, signal }) {
  // What is no number of seconds is for the library to refuse, in due turn.
  const limited = seconds > 0 && seconds * 1000 <= LONGEST_TIMER;
  const deadline = performance.now() + seconds * 1000;
  const leaveTo = (go) => () => {
    waiting.delete(next);
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    go();
  };
  const next = leaveTo(() => begin(limited ? Math.max(1, Math.floor(deadline - performance.now())) : undefined));
  const late = leaveTo(() => giveUp(outOfTime()));
  const abort = leaveTo(() => giveUp(signal.reason));
  const timer = limited ? setTimeout(late, seconds * 1000) : undefined;
  signal?.addEventListener('abort', abort);
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
      reject(aborted(signal.reason));
    };
    signal.addEventListener('abort', abort, { once: true });
    call.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject);
  });
}

function outOfTime() {
  const message = 'The time ran out while the call waited for other exchanges to end; nothing was sent.';
  return new DeadlineExceededError(message, { retryable: true });
}

function aborted(cause) {
  const message = 'Aborted during the call, which goes on to its end unheard: what it sends may be spent.';
  return new OutcomeUnknownError(message, { cause });
}

module.exports = { inTurn };
