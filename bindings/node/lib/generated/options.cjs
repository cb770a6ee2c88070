'use strict';

// Rendered from src/options/table.rs; `make generate` rewrites it.

/** The options whose value is a mapping, and the prefix of the names in it. */
const families = new Map([
  ['claims', 'claim.'],
  ['params', 'param.'],
]);

/** The options of a client that are not secret. */
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
  'clock_correction',
  'allow_http',
];

module.exports = { families, shown };
