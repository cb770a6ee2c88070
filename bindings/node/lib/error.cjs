'use strict';

/** The base of every error of the library. An error with a code that this version doesn't know has this class. */
class TalkdeskAuthError extends Error {
  static fields = {};

  constructor(message, { cause, name = new.target.prototype.name, code = new.target.code, retryable = false, ...fields } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
    Object.assign(this, { code, retryable });
    for (const field of Object.keys(new.target.fields)) this[field] = fields[field] ?? null;
  }
}
TalkdeskAuthError.prototype.name = 'TalkdeskAuthError';

const classes = new Map();

/** Sets a class's code and name, and the functions that read the text of its fields. */
function define(Class, code, name, fields) {
  Class.code = code;
  Class.fields = fields;
  Class.prototype.name = name;
  classes.set(code, Class);
}

function classOf(code) {
  return classes.get(code) ?? TalkdeskAuthError;
}

module.exports = { TalkdeskAuthError, define, classOf };
