'use strict';

const library = require('./library.cjs');
const { Assertion } = require('./assertion.cjs');
const { Token } = require('./token.cjs');
const { KEY, Handle, pointerOf, borrow, giveBack } = require('./handle.cjs');
const { failure, made, out } = require('./failure.cjs');
const { marshal, checkedName } = require('./options.cjs');
const { inTurn } = require('./turns.cjs');
const { shown } = require('./generated/options.cjs');

/** A registered client: its private key, parsed once, and its token endpoint. */
class Client extends Handle {
  constructor(options) {
    const pairs = marshal(options);
    super(KEY, made(library.client_new(pairs, out)));
  }

  get(name) {
    return library.client_get(pointerOf(this), checkedName(name));
  }

  assertion(options) {
    const client = pointerOf(this);
    const pairs = options === undefined ? null : marshal(options);
    return new Assertion(KEY, made(library.assertion_new(client, pairs, out)));
  }

  async exchange(parameters, { signal } = {}) {
    signal?.throwIfAborted();
    const pairs = marshal(parameters);
    const seconds = Number(parameters?.timeout ?? this.get('timeout'));
    const client = borrow(this);
    const [error, token] = await inTurn({
      start: (left) => call(client, left === undefined ? pairs : marshal({ ...parameters, timeout: left / 1000 })),
      end: () => giveBack(this),
      discard: (late) => late.forEach((object) => library.free(object)),
      seconds,
      signal,
    });
    if (error !== null) throw failure(error);
    return new Token(KEY, token);
  }

  _shown() {
    return Object.fromEntries(shown.map((name) => [name, this.get(name)]).filter(([, value]) => value !== null));
  }
}

/** The exchange on a thread of libuv's: a `td_error *` and a `td_token *`, one of which is null. */
function call(client, pairs) {
  return new Promise((resolve, reject) => {
    const token = [null];
    library.token_exchange.async(client, pairs, token, (problem, error) => {
      if (problem) reject(problem);
      else resolve([error, token[0]]);
    });
  });
}

module.exports = { Client };
