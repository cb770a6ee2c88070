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
  /** Throws. An object can't be copied, neither by `JSON.stringify` nor by `structuredClone`; the error says what to copy instead. */
  toJSON(): never;
}

// generated: Client
/**
 * A registered client, with its parsed private key and its token endpoint.
 *
 * Make one client and keep it, because it holds connections and the trust store. Each thread (`node:worker_threads`) and each
 * process makes its own.
 */
export class Client implements Closable {
  // end of generated

  // generated: td_client_new
  /**
   * Makes a client.
   *
   * It checks all options, above all the key. It sends nothing and makes no connection. It reads HTTPS_PROXY, ALL_PROXY, NO_PROXY,
   * SSL_CERT_FILE and SSL_CERT_DIR from the environment; later calls do not read them. In a set-user-ID program, or in one with
   * file capabilities, it ignores them.
   *
   * @throws {InvalidOptionError | InvalidKeyError | InternalError}
   */
  constructor(options: ClientOptions);
  // end of generated

  // generated: getters of Client
  /**
   * The given, resolved or default value of a client option; null if the option is secret, unset or unknown.
   *
   * `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A value may change if a later version
   * of the library reloads a changed key.
   *
   * @throws {InvalidOptionError} if a C string can't hold the name
   */
  get(name: string): string | null;

  /**
   * The seconds by which the token endpoint's clock is ahead of this machine's, negative if behind, or 0.
   *
   * The library learns them if the server refuses an assertion because of the clock, and accepts one that was signed by its own
   * clock (see `clock_correction`). It then signs by that clock. All clients of the endpoint in this process share the value.
   */
  readonly clock_offset: number;
  // end of generated

  // generated: td_assertion_new
  /**
   * Signs a fresh assertion, for a program that sends the token request itself.
   *
   * The program puts two fields into its form (RFC 7523 §2.2): `client_assertion_type`, which is
   * `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, and `client_assertion`, which is the JWT. {@link Client.exchange}
   * makes its own assertion.
   *
   * @throws {InvalidOptionError | InternalError}
   */
  assertion(options?: AssertionOptions): Assertion;
  // end of generated

  // generated: td_token_exchange
  /**
   * Exchanges a grant for a token, and authenticates the client with a fresh assertion (RFC 7523 §2.2).
   *
   * After {@link OutcomeUnknownError}, a code or a refresh token may be spent.
   *
   * The call occupies no thread of libuv, and ends by its deadline (`timeout`).
   *
   * If `signal` aborts, the call ends at once, and the promise rejects with the signal's reason. If the request was sent before,
   * and a code or a refresh token may be spent, the promise rejects with an {@link OutcomeUnknownError}, and the reason is its
   * `cause`.
   *
   * The promise rejects with InvalidOptionError, ConnectionFailedError, TlsFailedError, DeadlineExceededError, OutcomeUnknownError,
   * OauthError, InvalidResponseError and InternalError. The error's `retryable` says whether it is safe to repeat the call.
   */
  exchange(parameters: ExchangeParameters, call?: { signal?: AbortSignal | undefined }): Promise<Token>;
  // end of generated

  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
  toJSON(): never;
}

// generated: Assertion
/**
 * A signed JWT client assertion (RFC 7523 §2.2), for one request before it expires.
 *
 * It is a secret. {@link Client.assertion} makes it.
 */
export class Assertion implements Closable {
  private constructor();

  /**
   * The JWT as it is sent, in JWS compact serialisation (RFC 7515 §7.1).
   *
   * It is the value of `client_assertion`. It is a secret.
   */
  readonly jwt: string;

  /** The assertion's identifier, fresh and random. */
  readonly jti: string;

  /** The audience. */
  readonly aud: string;

  /**
   * The time at which the assertion was issued, in Unix seconds.
   *
   * It is 5 s in the past, because clocks differ.
   */
  readonly iat: number;

  /** The time at which the assertion expires, in Unix seconds. */
  readonly exp: number;

  /** The whole header (RFC 7515 §4). */
  readonly header: Record<string, unknown>;

  /** All claims (RFC 7519 §4). */
  readonly claims: Record<string, unknown>;

  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
  toJSON(): never;
}
// end of generated

// generated: Token
/**
 * The answer of the token endpoint: an access token and everything that came with it.
 *
 * Everything in it is secret. {@link Client.exchange} makes it.
 */
export class Token implements Closable {
  private constructor();

  /** The access token (RFC 6749 §1.4); it is never empty. */
  readonly access_token: string;

  /**
   * The token's type (RFC 6749 §7.1) as the server wrote it, or `Bearer` if the answer has none.
   *
   * Ignore case when you compare it.
   */
  readonly token_type: string;

  /**
   * The time at which the access token expires, in Unix seconds; null if the server did not say.
   *
   * It is computed from the wall clock at the exchange.
   */
  readonly expires_at: number | null;

  /**
   * The whole seconds until the access token expires, or 0 if it has expired; null if the server did not say.
   *
   * The countdown continues while the machine is suspended. It does not change when somebody sets the clock.
   */
  readonly seconds_left: number | null;

  /**
   * The granted scopes, separated by spaces; null if neither the answer nor the request has any.
   *
   * If the server left the scope out, they are the requested ones (RFC 6749 §5.1).
   */
  readonly scope: string | null;

  /** The refresh token (RFC 6749 §6); null if the answer has none. */
  readonly refresh_token: string | null;

  /** The ID token (OpenID Connect Core §2), which the library does not check; null if the answer has none. */
  readonly id_token: string | null;

  /**
   * A member of the response: a string as it is, anything else as JSON; null if it is absent or null, or has a NUL.
   *
   * @throws {InvalidOptionError} if a C string can't hold the name
   */
  get(name: string): string | null;

  /** The whole response, as the JSON text that the server wrote. */
  readonly json: string;

  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
  toJSON(): never;
}
// end of generated
