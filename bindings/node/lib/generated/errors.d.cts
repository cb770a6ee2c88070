// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.

import { ErrorDetails, TalkdeskAuthError } from '../error.cjs';

/**
 * `invalid_argument`: A pointer that must not be NULL was NULL.
 *
 * When it is safe to repeat: never.
 */
export class InvalidArgumentError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `invalid_option`: An option or parameter is unknown, missing, malformed, given twice, or contradicts another.
 *
 * When it is safe to repeat: never.
 */
export class InvalidOptionError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails & { option?: string | null });
  /** The name of the option or parameter that caused the error, if one did. */
  readonly option: string | null;
}

/**
 * `invalid_key`: The private key can't be read, or can't be used with the given options.
 *
 * When it is safe to repeat: never.
 */
export class InvalidKeyError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails & { option?: string | null });
  /** The name of the option or parameter that caused the error, if one did. */
  readonly option: string | null;
}

/**
 * `connection_failed`: The library could not connect to the token endpoint; nothing was sent.
 *
 * When it is safe to repeat: if no connection was made; not if the proxy refuses or localhost is another machine.
 */
export class ConnectionFailedError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `tls_failed`: The TLS handshake failed; the server processed no request.
 *
 * When it is safe to repeat: if the handshake broke off; not if one side refused the other.
 */
export class TlsFailedError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `deadline_exceeded`: The deadline passed before anything was sent.
 *
 * When it is safe to repeat: always.
 */
export class DeadlineExceededError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `outcome_unknown`: The request was sent, but no complete answer came; a code or a refresh token may be spent.
 *
 * When it is safe to repeat: with grant_type client_credentials.
 */
export class OutcomeUnknownError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `oauth_error`: The token endpoint refused the request with an OAuth error (RFC 6749 §5.2).
 *
 * When it is safe to repeat: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502, 503 and 504.
 */
export class OauthError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails & { error?: string | null; error_description?: string | null; error_uri?: string | null; http_status?: number | null; retry_after?: number | null; clock_offset?: number | null });
  /** The error code of RFC 6749 §5.2, for example `invalid_client`. */
  readonly error: string | null;
  /** The server's explanation; the library removes the secrets of the request from it. */
  readonly error_description: string | null;
  /** The URI of a page about the error; the library removes the secrets of the request from it. */
  readonly error_uri: string | null;
  /** Seconds by which the server's clock is ahead of this machine's, negative if behind; only if they differ by more than 30. */
  readonly clock_offset: number | null;
}

/**
 * `invalid_response`: The answer is neither a token nor an OAuth error.
 *
 * When it is safe to repeat: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502, 503 and 504.
 */
export class InvalidResponseError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails & { http_status?: number | null; retry_after?: number | null });
}

/**
 * `internal`: Something failed inside the library, or the operating system refused a resource.
 *
 * When it is safe to repeat: never.
 */
export class InternalError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `cancelled`: The call was cancelled before anything was sent.
 *
 * When it is safe to repeat: always.
 */
export class CancelledError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}
