'use strict';

const library = require('./library.cjs');
const { classOf } = require('./error.cjs');

/** Turns a `td_error *` into an error to throw, and frees it. */
function failure(pointer) {
  try {
    const code = library.error_code(pointer);
    const Class = classOf(code);
    const details = { code, name: library.error_name(pointer), retryable: library.error_is_retryable(pointer) === 1 };
    for (const [field, read] of Object.entries(Class.fields)) {
      const text = library.error_get(pointer, field);
      details[field] = text === null ? null : read(text);
    }
    return new Class(library.error_message(pointer), details);
  } finally {
    library.free(pointer);
  }
}

/** Where a synchronous call puts the object that it makes. */
const out = new BigUint64Array(1);

/** The object that the call put into `out`; throws if the call returned a `td_error *`. */
function made(error) {
  if (error !== null) throw failure(error);
  return out[0];
}

module.exports = { failure, made, out };
