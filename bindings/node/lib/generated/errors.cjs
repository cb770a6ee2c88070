'use strict';

// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.

const { TalkdeskAuthError, define } = require('../error.cjs');

TalkdeskAuthError.fields = { http_status: Number, retry_after: Number };
TalkdeskAuthError.prototype.http_status = null;
TalkdeskAuthError.prototype.retry_after = null;

/** A pointer that must not be NULL was NULL. */
class InvalidArgumentError extends TalkdeskAuthError {}
define(InvalidArgumentError, 1, 'invalid_argument', {});

/** An option or parameter is unknown, missing, malformed, given twice, or contradicts another. */
class InvalidOptionError extends TalkdeskAuthError {}
define(InvalidOptionError, 2, 'invalid_option', { option: String });

/** The private key can't be read, or can't be used with the given options. */
class InvalidKeyError extends TalkdeskAuthError {}
define(InvalidKeyError, 3, 'invalid_key', { option: String });

/** The library could not connect to the token endpoint; nothing was sent. */
class ConnectionFailedError extends TalkdeskAuthError {}
define(ConnectionFailedError, 4, 'connection_failed', {});

/** The TLS handshake failed; the server processed no request. */
class TlsFailedError extends TalkdeskAuthError {}
define(TlsFailedError, 5, 'tls_failed', {});

/** The deadline passed before anything was sent. */
class DeadlineExceededError extends TalkdeskAuthError {}
define(DeadlineExceededError, 6, 'deadline_exceeded', {});

/** The request was sent, but no complete answer came; a code or a refresh token may be spent. */
class OutcomeUnknownError extends TalkdeskAuthError {}
define(OutcomeUnknownError, 7, 'outcome_unknown', {});

/** The token endpoint refused the request with an OAuth error (RFC 6749 §5.2). */
class OauthError extends TalkdeskAuthError {}
define(OauthError, 8, 'oauth_error', { error: String, error_description: String, error_uri: String, http_status: Number, retry_after: Number, clock_offset: Number });

/** The answer is neither a token nor an OAuth error. */
class InvalidResponseError extends TalkdeskAuthError {}
define(InvalidResponseError, 9, 'invalid_response', { http_status: Number, retry_after: Number });

/** Something failed inside the library, or the operating system refused a resource. */
class InternalError extends TalkdeskAuthError {}
define(InternalError, 10, 'internal', {});

/** The call was cancelled before anything was sent. */
class CancelledError extends TalkdeskAuthError {}
define(CancelledError, 11, 'cancelled', {});

module.exports = {
  InvalidArgumentError,
  InvalidOptionError,
  InvalidKeyError,
  ConnectionFailedError,
  TlsFailedError,
  DeadlineExceededError,
  OutcomeUnknownError,
  OauthError,
  InvalidResponseError,
  InternalError,
  CancelledError,
};
