'use strict';

const library = require('./library.cjs');
const { Handle, pointerOf } = require('./handle.cjs');
const { checkedName } = require('./options.cjs');

// generated: Token
/** The answer of the token endpoint: an access token and everything that came with it. */
class Token extends Handle {
  get access_token() {
    return library.token_access_token(pointerOf(this));
  }

  get token_type() {
    return library.token_type(pointerOf(this));
  }

  get expires_at() {
    const seconds = library.token_expires_at(pointerOf(this));
    return seconds < 0 ? null : seconds;
  }

  get seconds_left() {
    const seconds = library.token_seconds_left(pointerOf(this));
    return seconds < 0 ? null : seconds;
  }

  get scope() {
    return library.token_get(pointerOf(this), 'scope');
  }

  get refresh_token() {
    return library.token_get(pointerOf(this), 'refresh_token');
  }

  get id_token() {
    return library.token_get(pointerOf(this), 'id_token');
  }

  get(name) {
    return library.token_get(pointerOf(this), checkedName(name));
  }

  get json() {
    return library.token_json(pointerOf(this));
  }
  // end of generated

  static uncopied = Symbol("a Token can't be copied, because it holds secrets; copy token.json");

  _shown() {
    return { expires_at: this.expires_at, seconds_left: this.seconds_left };
  }
}

module.exports = { Token };
