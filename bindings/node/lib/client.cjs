'use strict';

const library = require('./library.cjs');
const { Assertion } = require('./assertion.cjs');
const { Token } = require('./token.cjs');
const { KEY, Handle, pointerOf, borrow, giveBack } = require('./handle.cjs');
const { failure, made, out } = require('./failure.cjs');
const { marshal, checkedName } = require('./options.cjs');
const { inTurn } = require('./workers.cjs');
const { patience, afterWait } = require('./waiting.cjs');
const { shown } = require('./generated/options.cjs');

/** A registered client: its private key, parsed once, and its token endpoint. */
class Client extends Handle {
  constructor(options) {
    const pairs = marshal(options);
    super(KEY, made(library.client_new(pairs, out)));
  }

  // generated: getters
  get(name) {
    return library.client_get(pointerOf(this), checkedName(name));
  }
  // end of generated

  assertion(options) {
    const pairs = options === undefined ? null : marshal(options);
    // Getters of the options ran, and may have closed this client.
    return new Assertion(KEY, made(library.assertion_new(pointerOf(this), pairs, out)));
  }

  async exchange(parameters, options) {
    return new Token(KEY, await this.#inTurn(library.token_exchange, parameters, options));
  }

  /** Calls a function that waits for the network; the object that it makes. */
  async #inTurn(make, parameters, options) {
    const signal = signalOf(options);
    if (signal?.aborted) throw signal.reason;
    // Read once: later changes of the parameters don't affect this call.
    const pairs = marshal(parameters);
    // Getters of the parameters ran, and may have aborted the call.
    if (signal?.aborted) throw signal.reason;
    const seconds = patience(pairs, this.get('timeout'));
    const client = borrow(this);
    const [error, object] = await inTurn({
      start: (waited) => call(make, client, waited === 0 ? pairs : afterWait(pairs, waited)),
      late: (waited) => callNow(make, client, afterWait(pairs, waited)),
      end: () => giveBack(this),
      discard: (late) => late.forEach((pointer) => library.free(pointer)),
      seconds,
      signal,
    });
    if (error !== null) throw failure(error);
    return object;
  }

  _shown() {
    return Object.fromEntries(shown.map((name) => [name, this.get(name)]).filter(([, value]) => value !== null));
  }
}

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

/** Calls the function on a thread of libuv: a `td_error *` and the object that it made. One of the two is null. */
function call(make, client, pairs) {
  return new Promise((resolve, reject) => {
    const object = [null];
    make.async(client, pairs, object, (problem, error) => {
      if (problem) reject(problem);
      else resolve([error, object[0]]);
    });
  });
}

/** The same on this thread, for a call whose time is over: it returns at once. */
function callNow(make, client, pairs) {
  const object = [null];
  return [make(client, pairs, object), object[0]];
}

module.exports = { Client };
