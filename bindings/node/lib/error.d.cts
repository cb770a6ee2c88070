/** The details that every error of the library has. */
export interface ErrorDetails {
  /** The stable code. */
  code?: number;
  /** The name of the code, the same in every language. */
  name?: string;
  retryable?: boolean;
  cause?: unknown;
}

/**
 * The base of every error of the library. An error with a code that this version doesn't know has this class.
 *
 * It holds no key, assertion, code, token or other secret: log it freely.
 */
export class TalkdeskAuthError extends Error {
  constructor(message: string, details?: ErrorDetails);
  /** The stable code. Later versions may add codes. */
  readonly code: number;
  /** The name of the code, for example `invalid_option`: the same in every language. */
  readonly name: string;
  /** Whether you may repeat the call, because that can't spend a grant twice. */
  readonly retryable: boolean;
}
