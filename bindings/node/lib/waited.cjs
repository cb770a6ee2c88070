'use strict';

/** How long a call may wait for its turn and how long it did, in parameters as they were marshalled. */

/** What `timeout` and `waited` may be, in seconds. */
const LEAST = 0.001;
const MOST = 3600;

/** For how many seconds the call may wait; NaN where the library will refuse what was given. `timeout` is the client's. */
function patience(pairs, timeout) {
  return Math.max(0, secondsOf(pairs, 'timeout', Number(timeout)) - secondsOf(pairs, 'waited', 0));
}

/** The parameters of a call that waited for so many seconds, on top of those that its caller tells. */
function afterWait(pairs, seconds) {
  const at = placeOf(pairs, 'waited');
  if (at < 0) return ['waited', written(seconds), ...pairs];
  const earlier = secondsOf(pairs, 'waited');
  // The library refuses it as it is.
  if (Number.isNaN(earlier)) return pairs;
  const changed = [...pairs];
  changed[at] = written(earlier + seconds);
  return changed;
}

/** Rounded up, so that a call that is too late can't seem to be in time. */
function written(seconds) {
  return String(Math.min(Math.max(Math.ceil(seconds * 1000) / 1000, LEAST), MOST));
}

function secondsOf(pairs, name, absent) {
  const at = placeOf(pairs, name);
  if (at < 0) return absent;
  const seconds = /^\d+(\.\d+)?$/.test(pairs[at]) ? Number(pairs[at]) : NaN;
  return seconds >= LEAST && seconds <= MOST ? seconds : NaN;
}

/** Where the value stands; -1 where it is not given. */
function placeOf(pairs, name) {
  for (let at = 0; at < pairs.length; at += 2) if (pairs[at] === name) return at + 1;
  return -1;
}

module.exports = { patience, afterWait };
