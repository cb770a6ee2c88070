'use strict';

const library = require('./library.cjs');
const { Handle, pointerOf } = require('./handle.cjs');

// generated: Assertion
/** A signed JWT client assertion (RFC 7523 §2.2), for one request before it expires. */
class Assertion extends Handle {
  get jwt() {
    return library.assertion_jwt(pointerOf(this));
  }

  get jti() {
    return library.assertion_get(pointerOf(this), 'jti');
  }

  get aud() {
    return library.assertion_get(pointerOf(this), 'aud');
  }

  get iat() {
    return Number(library.assertion_get(pointerOf(this), 'iat'));
  }

  get exp() {
    return Number(library.assertion_get(pointerOf(this), 'exp'));
  }

  get header() {
    return JSON.parse(library.assertion_get(pointerOf(this), 'header'));
  }

  get claims() {
    return JSON.parse(library.assertion_get(pointerOf(this), 'claims'));
  }
  // end of generated

  static uncopied = Symbol("an Assertion can't be copied, because it is a secret; copy assertion.jwt");

  _shown() {
    return { aud: this.aud, exp: this.exp };
  }
}

module.exports = { Assertion };
