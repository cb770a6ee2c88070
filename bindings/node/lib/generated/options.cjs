'use strict';

// Rendered from src/options/table.rs; `make generate` rewrites it.

/** The options whose value is a mapping, and the prefix of the names in it. */
const families = new Map([
  ['claims', 'claim.'],
  ['params', 'param.'],
]);

/** The prefix of a family, and the prefix of the names whose values are JSON. */
const jsonFamilies = new Map([
  ['claim.', 'claim_json.'],
]);

/** The options that may be a list of words. */
const lists = new Set(['scope']);

/** The options that may be an object, as JSON, or bytes that are no text. */
const documents = new Set(['private_key', 'credentials']);

/** The options that are paths. */
const paths = new Set(['private_key_file', 'credentials_file', 'ca_file']);

/** The options that are URIs. */
const uris = new Set(['token_endpoint', 'audience', 'proxy', 'redirect_uri']);

/** The options that are seconds, and may have a fraction. */
const times = new Set(['connect_timeout', 'timeout']);

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
  'max_retries',
  'allow_http',
];

module.exports = { documents, families, jsonFamilies, lists, paths, shown, times, uris };
