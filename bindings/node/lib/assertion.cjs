'use strict';

const library = require('./library.cjs');
const { Handle, pointerOf } = require('./handle.cjs');

/** A signed client assertion: good for one request, until it expires. */
class Assertion extends Handle {
  get jwt() {
    return library.assertion_jwt(pointerOf(this));
  }

  get jti() {
    return this.#get('jti');
  }

  get aud() {
    return this.#get('aud');
  }

  get iat() {
    return Number(this.#get('iat'));
  }

  get exp() {
    return Number(this.#get('exp'));
  }

  get header() {
    return JSON.parse(this.#get('header'));
  }

  get claims() {
    return JSON.parse(this.#get('claims'));
  }

  #get(name) {
    return library.assertion_get(pointerOf(this), name);
  }

  _shown() {
    return { aud: this.aud, exp: this.exp };
  }
}

module.exports = { Assertion };
