'use strict';

const library = require('./library.cjs');
const { Assertion } = require('./assertion.cjs');
const { Token } = require('./token.cjs');
const { KEY, Handle, pointerOf } = require('./handle.cjs');
const { made, out } = require('./failure.cjs');
const { marshal, checkedName } = require('./options.cjs');
const { signalOf } = require('./signal.cjs');
const { outcome } = require('./call.cjs');
const { shown } = require('./generated/options.cjs');

// generated: Client
/** A registered client, with its parsed private key and its token endpoint. */
class Client extends Handle {
  // end of generated

  static uncopied = Symbol("a Client can't be copied, because it holds a key; make another one from the same options");

  constructor(options) {
    const pairs = marshal(options);
    super(KEY, made(library.client_new(pairs, out)));
  }

  // generated: getters
  get(name) {
    return library.client_get(pointerOf(this), checkedName(name));
  }

  get clock_offset() {
    return library.client_clock_offset(pointerOf(this));
  }
  // end of generated

  assertion(options) {
    const pairs = options === undefined ? null : marshal(options);
    // Getters of the options ran, and may have closed this client.
    return new Assertion(KEY, made(library.assertion_new(pointerOf(this), pairs, out)));
  }

  async exchange(parameters, options) {
    return new Token(KEY, await this.#outcome(library.token_exchange_start, parameters, options));
  }

  /** Starts a call by one of the library's functions; the object that the call makes. */
  async #outcome(start, parameters, options) {
    const signal = signalOf(options);
    if (signal?.aborted) throw signal.reason;
    const pairs = marshal(parameters);
    // Getters of the parameters ran, and may have aborted the call or closed this client.
    if (signal?.aborted) throw signal.reason;
    const client = pointerOf(this);
    return outcome((queue, tag, call) => start(client, pairs, queue, tag, call), signal);
  }

  _shown() {
    return Object.fromEntries(shown.map((name) => [name, this.get(name)]).filter(([, value]) => value !== null));
  }
}

module.exports = { Client };
