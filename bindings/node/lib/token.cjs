'use strict';

const library = require('./library.cjs');
const { Handle, pointerOf } = require('./handle.cjs');
const { checkedName } = require('./options.cjs');

/** What the token endpoint answered. */
class Token extends Handle {
  get access_token() {
    return library.token_access_token(pointerOf(this));
  }

  get token_type() {
    return library.token_type(pointerOf(this));
  }

  get expires_at() {
    return known(library.token_expires_at(pointerOf(this)));
  }

  get seconds_left() {
    return known(library.token_seconds_left(pointerOf(this)));
  }

  get scope() {
    return this.get('scope');
  }

  get refresh_token() {
    return this.get('refresh_token');
  }

  get id_token() {
    return this.get('id_token');
  }

  get json() {
    return library.token_json(pointerOf(this));
  }

  get(name) {
    return library.token_get(pointerOf(this), checkedName(name));
  }

  _shown() {
    return { expires_at: this.expires_at, seconds_left: this.seconds_left };
  }
}

/** The library says -1 where the server did not say. */
function known(seconds) {
  return seconds === -1 ? null : seconds;
}

module.exports = { Token };
