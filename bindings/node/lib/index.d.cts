/// <reference lib="esnext.disposable" />
// generated: option types
import type { AssertionOptions, ClientOptions, ExchangeParameters } from './generated/options.cjs';
export type { AssertionOptions, ClientOptions, ExchangeParameters } from './generated/options.cjs';
// end of generated
export { TalkdeskAuthError } from './error.cjs';
export * from './generated/errors.cjs';

/**
 * What a client, an assertion and a token have in common. `close`, or `using`, wipes and frees them. The garbage collector frees those
 * that you don't close, except when a worker thread ends.
 */
export interface Closable {
  /**
   * Wipes and frees the object. If calls are still running, they end first. Closing again does nothing; later uses throw a
   * `ReferenceError`.
   */
  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
}

/**
 * A registered client: its private key, parsed once, and its token endpoint (RFC 7523 §2.2).
 *
 * Make one and keep it: it holds open connections and the trust store. Each thread (`node:worker_threads`) and each process makes
 * its own.
 */
export class Client implements Closable {
  /**
   * Checks everything, above all the key. Sends nothing. Reads HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR
   * from the environment; no later call reads them.
   *
   * @throws {InvalidOptionError} and {InvalidKeyError}
   */
  constructor(options: ClientOptions);

  // generated: getters of Client
  /**
   * The value of a client option: given, resolved or by default; null where the option is secret, unset or unknown.
   *
   * `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A later version may reload a changed
   * key, and a value may change then; a string that was answered stays as it is.
   *
   * @throws {InvalidOptionError} for a name that no C string holds
   */
  get(name: string): string | null;
  // end of generated

  // generated: assertion
  /**
   * Signs a fresh assertion, for a program that sends the token request itself.
   *
   * {@link Client.exchange} needs none.
   *
   * @throws {InvalidOptionError | InternalError}
   */
  assertion(options?: AssertionOptions): Assertion;
  // end of generated

  // generated: exchange
  /**
   * Exchanges a grant for a token, authenticated by a fresh assertion (RFC 7523 §2.2).
   *
   * After {@link OutcomeUnknownError} a code or refresh token may be spent.
   *
   * The call runs on a thread of libuv's, and ends by its deadline (`timeout`).
   *
   * `signal` ends the wait and not the call. If it aborts before anything was sent, the promise rejects with the signal's reason.
   * If it aborts during the call, the promise rejects with an {@link OutcomeUnknownError} that is never `retryable`, for a code or
   * a refresh token may be spent.
   *
   * Rejects with InvalidOptionError, ConnectionFailedError, TlsFailedError, DeadlineExceededError, OutcomeUnknownError, OauthError,
   * InvalidResponseError and InternalError, whose `retryable` tells whether to repeat the call.
   */
  exchange(parameters: ExchangeParameters, call?: { signal?: AbortSignal | undefined }): Promise<Token>;
  // end of generated

  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
}

// generated: Assertion
/**
 * A signed JWT client assertion (RFC 7523 §2.2): good for one request, until it expires.
 *
 * It is a secret. {@link Client.assertion} makes it.
 */
export class Assertion implements Closable {
  private constructor();

  /**
   * The assertion as it is sent, in JWS compact serialisation (RFC 7515 §7.1).
   *
   * It is the value of `client_assertion`, and a secret.
   */
  readonly jwt: string;

  /** The assertion's identifier, fresh and random. */
  readonly jti: string;

  /** The audience. */
  readonly aud: string;

  /**
   * When the assertion was issued, in Unix seconds.
   *
   * It is 5 s in the past, since clocks differ.
   */
  readonly iat: number;

  /** When the assertion expires, in Unix seconds. */
  readonly exp: number;

  /** The whole header (RFC 7515 §4). */
  readonly header: Record<string, unknown>;

  /** All claims (RFC 7519 §4). */
  readonly claims: Record<string, unknown>;

  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
}
// end of generated

// generated: Token
/**
 * What the token endpoint answered: an access token and all that came with it.
 *
 * Everything in it is secret. {@link Client.exchange} makes it.
 */
export class Token implements Closable {
  private constructor();

  /** The access token (RFC 6749 §1.4); never empty. */
  readonly access_token: string;

  /**
   * The token's type (RFC 6749 §7.1) as the server wrote it, `Bearer` where it said nothing.
   *
   * Compare it without case.
   */
  readonly token_type: string;

  /**
   * When the access token expires, in Unix seconds; null where the server did not say.
   *
   * It is a time by the wall clock of the exchange.
   */
  readonly expires_at: number | null;

  /**
   * Whole seconds until the access token expires, 0 once it has; null where the server did not say.
   *
   * It counts while the machine is suspended, and does not change when somebody sets the clock.
   */
  readonly seconds_left: number | null;

  /**
   * The granted scopes, separated by spaces; null where nobody named any.
   *
   * Where the server left the scope out, they are the requested ones (RFC 6749 §5.1).
   */
  readonly scope: string | null;

  /** The refresh token (RFC 6749 §6); null where none came. */
  readonly refresh_token: string | null;

  /** The ID token (OpenID Connect Core §2), unchecked; null where none came. */
  readonly id_token: string | null;

  /**
   * Any member of the response: a string as it is, anything else as JSON; null where it is absent, null or holds a NUL.
   *
   * An omitted `scope` reads as the requested one (RFC 6749 §5.1).
   *
   * @throws {InvalidOptionError} for a name that no C string holds
   */
  get(name: string): string | null;

  /** The whole response, JSON as the server wrote it. */
  readonly json: string;

  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
}
// end of generated
