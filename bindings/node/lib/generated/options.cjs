'use strict';

// Rendered from src/options.rs; `make generate` rewrites it.

/** The options that hold a further mapping, and what the names in it begin with. */
const families = new Map([
  ['claims', 'claim.'],
  ['params', 'param.'],
]);

/** The options of a client that are no secret. */
const shown = [
  'account',
  'region',
  'token_endpoint',
  'client_id',
  'key_id',
  'algorithm',
  'private_key_file',
  'credentials_file',
  'audience',
  'assertion_type_header',
  'assertion_lifetime',
  'connect_timeout',
  'timeout',
  'no_proxy',
  'ca_file',
  'user_agent',
  'allow_http',
];

module.exports = { families, shown };
