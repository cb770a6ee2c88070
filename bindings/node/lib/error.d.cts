/** The details that every error of the library has. */
export interface ErrorDetails {
  /** The stable code. */
  code?: number;
  /** The name of the code, the same in every language. */
  name?: string;
  retryable?: boolean;
  cause?: unknown;
}

// generated: base
/**
 * The reason why a call failed.
 *
 * It holds no key, assertion, token, code or other secret, so you may log it. Each code has a class of its own. If this version
 * does not know a code, its errors have this base class.
 */
export class TalkdeskAuthError extends Error {
  /** The HTTP status code of the answer. */
  readonly http_status: number | null;
  /** Seconds to wait, from the answer's Retry-After header (RFC 9110 §10.2.3). */
  readonly retry_after: number | null;
  // end of generated

  constructor(message: string, details?: ErrorDetails);
  /** The stable code. Later versions may add codes. */
  readonly code: number;
  /** The name of the code, for example `invalid_option`: the same in every language. */
  readonly name: string;
  /** Whether you may repeat the call, because that can't spend a grant twice. */
  readonly retryable: boolean;
}
