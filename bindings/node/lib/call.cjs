'use strict';

const library = require('./library.cjs');
const { CancelledError, OutcomeUnknownError } = require('./generated/errors.cjs');
const { failure, made, out } = require('./failure.cjs');
const { freeNow } = require('./thread.cjs');
const { begin } = require('./queue.cjs');
const { heed } = require('./signal.cjs');

/** Starts a call, waits for its end, and returns the object that it made. If the signal aborts, the call is cancelled. */
async function outcome(start, signal) {
  let call = null;
  const unheed = heed(signal, () => library.call_cancel(call));
  try {
    let ended;
    [call, ended] = begin(start);
    await ended;
  } finally {
    unheed();
  }
  const error = library.call_token(call, out);
  freeNow(call);
  if (error !== null && signal?.aborted) throw rejection(failure(error), signal);
  return made(error);
}

/** The error to throw after an abort: the signal's reason if it ended the call, or an error if a code or a refresh token may be spent. */
function rejection(error, { reason }) {
  const isUnknown = error instanceof OutcomeUnknownError;
  if (isUnknown && !error.retryable) return new OutcomeUnknownError(error.message, { cause: reason });
  return isUnknown || error instanceof CancelledError ? reason : error;
}

module.exports = { outcome };
