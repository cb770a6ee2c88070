// Rendered from src/error.rs; `make generate` rewrites it.

import { ErrorDetails, TalkdeskAuthError } from '../error.cjs';

/**
 * `invalid_argument`: A pointer that must not be NULL was NULL.
 *
 * May be repeated: never.
 */
export class InvalidArgumentError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `invalid_option`: An option or parameter is unknown, missing, malformed, given twice, or contradicts another.
 *
 * May be repeated: never.
 */
export class InvalidOptionError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails & { option?: string | null });
  /** The name of the option or parameter at fault, where one is. */
  readonly option: string | null;
}

/**
 * `invalid_key`: The private key can't be read or can't be used as asked.
 *
 * May be repeated: never.
 */
export class InvalidKeyError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails & { option?: string | null });
  /** The name of the option or parameter at fault, where one is. */
  readonly option: string | null;
}

/**
 * `connection_failed`: No connection to the token endpoint came about; nothing was sent.
 *
 * May be repeated: where no connection was made; not where a proxy asks for other credentials.
 */
export class ConnectionFailedError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `tls_failed`: The TLS handshake failed; nothing was sent.
 *
 * May be repeated: where the handshake broke off; not where one side refused the other.
 */
export class TlsFailedError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `deadline_exceeded`: The time ran out before anything was sent.
 *
 * May be repeated: always.
 */
export class DeadlineExceededError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `outcome_unknown`: The request was sent and no complete answer came: a code or refresh token may be spent.
 *
 * May be repeated: with grant_type client_credentials.
 */
export class OutcomeUnknownError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `oauth_error`: The token endpoint refused the request with an OAuth error (RFC 6749 §5.2).
 *
 * May be repeated: for status 429; with grant_type client_credentials also for status 408 and for status 503.
 */
export class OauthError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails & { error?: string | null; error_description?: string | null; error_uri?: string | null; http_status?: number | null; retry_after?: number | null });
  /** The error code of RFC 6749 §5.2, for example `invalid_client`. */
  readonly error: string | null;
  /** The server's explanation; what was secret in the request, as it was sent, is cut out of it. */
  readonly error_description: string | null;
  /** A page about the error; what was secret in the request is cut out of it. */
  readonly error_uri: string | null;
  /** The status code of the answer. */
  readonly http_status: number | null;
  /** Seconds to wait, from the answer's Retry-After header (RFC 9110 §10.2.3). */
  readonly retry_after: number | null;
}

/**
 * `invalid_response`: The answer is neither a token nor an OAuth error.
 *
 * May be repeated: for status 429; with grant_type client_credentials also for status 408 and for status 503.
 */
export class InvalidResponseError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails & { http_status?: number | null; retry_after?: number | null });
  /** The status code of the answer. */
  readonly http_status: number | null;
  /** Seconds to wait, from the answer's Retry-After header (RFC 9110 §10.2.3). */
  readonly retry_after: number | null;
}

/**
 * `internal`: Something failed inside the library, or the operating system refused a resource.
 *
 * May be repeated: never.
 */
export class InternalError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}

/**
 * `cancelled`: The call was cancelled before anything was sent.
 *
 * May be repeated: always.
 */
export class CancelledError extends TalkdeskAuthError {
  constructor(message: string, details?: ErrorDetails);
}
