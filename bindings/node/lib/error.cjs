'use strict';

/** The base of every error that a call of the library ends with; also the class of a code that this version doesn't know. */
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

/** Says which code a class stands for, its name, and how to read the text of its fields. */
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
