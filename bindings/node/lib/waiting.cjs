'use strict';

/** How long a call may wait for its turn, and how long it waited, as marshalled parameters. */

/** How many seconds the call may wait; 0 if a given time is no number, which the library refuses. `timeout` is the client's. */
function patience(pairs, timeout) {
  const seconds = Number(valueOf(pairs, 'timeout') ?? timeout) - Number(valueOf(pairs, 'waited') ?? 0);
  return Math.max(0, seconds || 0);
}

/** The parameters of a call that waited this many seconds. The library adds the `waited` of the caller. */
function afterWait(pairs, seconds) {
  // Rounded up, so that a call that is too late can't seem to be in time.
  return ['waited', (seconds + 1e-6).toFixed(6), ...pairs];
}

function valueOf(pairs, name) {
  for (let at = 0; at < pairs.length; at += 2) if (pairs[at] === name) return pairs[at + 1];
  return undefined;
}

module.exports = { patience, afterWait };
