'use strict';

/** Loads the shared library beside this file, and declares the functions of its C ABI. */

const { join } = require('node:path');
const koffi = require('koffi');
const { version } = require('../package.json');

const file = join(__dirname, 'libtalkdesk_auth.so');
const library = load();

function load() {
  try {
    return koffi.load(file);
  } catch (cause) {
    throw new Error(`talkdesk-auth can't load its library ${file}: ${cause.message}`, { cause });
  }
}

const OBJECT = 'void *';
/** A `BigUint64Array`, into which the function writes the address of an object. */
const BUFFER = 'void *';
/** The array that `marshal` makes, or null. Strings in a JavaScript array would crash a thread that `worker.terminate()` ends. */
const PAIRS = 'void *';

const found = library.func('td_version', 'str', [])();
if (found !== version) {
  throw new Error(`talkdesk-auth ${version} found version ${found} of its library in ${file}; reinstall the package`);
}

module.exports = {
  address_of_free: library.symbol('td_free'),

  // generated: functions
  free: library.func('td_free', 'void', [OBJECT]),

  client_new: library.func('td_client_new', OBJECT, [PAIRS, BUFFER]),
  client_get: library.func('td_client_get', 'str', [OBJECT, 'str']),
  client_clock_offset: library.func('td_client_clock_offset', 'int32_t', [OBJECT]),

  assertion_new: library.func('td_assertion_new', OBJECT, [OBJECT, PAIRS, BUFFER]),
  assertion_jwt: library.func('td_assertion_jwt', 'str', [OBJECT]),
  assertion_get: library.func('td_assertion_get', 'str', [OBJECT, 'str']),

  token_exchange: library.func('td_token_exchange', OBJECT, [OBJECT, PAIRS, BUFFER]),
  token_access_token: library.func('td_token_access_token', 'str', [OBJECT]),
  token_type: library.func('td_token_type', 'str', [OBJECT]),
  token_expires_at: library.func('td_token_expires_at', 'int64_t', [OBJECT]),
  token_seconds_left: library.func('td_token_seconds_left', 'int64_t', [OBJECT]),
  token_get: library.func('td_token_get', 'str', [OBJECT, 'str']),
  token_json: library.func('td_token_json', 'str', [OBJECT]),

  token_exchange_start: library.func('td_token_exchange_start', OBJECT, [OBJECT, PAIRS, OBJECT, 'uintptr_t', BUFFER]),
  call_wait: library.func('td_call_wait', 'int32_t', [OBJECT, 'int64_t']),
  call_fd: library.func('td_call_fd', 'int32_t', [OBJECT]),
  call_token: library.func('td_call_token', OBJECT, [OBJECT, BUFFER]),
  call_cancel: library.func('td_call_cancel', 'void', [OBJECT]),

  queue_new: library.func('td_queue_new', OBJECT, [BUFFER]),
  queue_fd: library.func('td_queue_fd', 'int32_t', [OBJECT]),
  queue_next: library.func('td_queue_next', 'uintptr_t', [OBJECT]),

  error_code: library.func('td_error_code', 'int32_t', [OBJECT]),
  error_name: library.func('td_error_name', 'str', [OBJECT]),
  error_message: library.func('td_error_message', 'str', [OBJECT]),
  error_is_retryable: library.func('td_error_is_retryable', 'int32_t', [OBJECT]),
  error_get: library.func('td_error_get', 'str', [OBJECT, 'str']),
  // end of generated
};
