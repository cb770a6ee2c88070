/// <reference lib="esnext.disposable" />
import type { AssertionOptions, ClientOptions, ExchangeParameters } from './generated/options.cjs';

export type { AssertionOptions, ClientOptions, ExchangeParameters } from './generated/options.cjs';
export { TalkdeskAuthError } from './error.cjs';
export * from './generated/errors.cjs';

/** What a client, an assertion and a token have in common: `close`, or `using`, frees and wipes them; the collector does in time, but not in a worker thread that ends. */
export interface Closable {
  /** Frees it; twice does nothing. A call that is under way ends first. Whatever is used afterwards throws a `ReferenceError`. */
  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
}

/**
 * A registered client: its private key, parsed once, and its token endpoint (RFC 7523 §2.2).
 *
 * Make one and keep it: it holds connections and the trust store. Another thread (`node:worker_threads`) or process makes its own.
 */
export class Client implements Closable {
  /**
   * Checks everything, the key above all; sends nothing. Reads the environment for HTTPS_PROXY, ALL_PROXY, NO_PROXY,
   * SSL_CERT_FILE and SSL_CERT_DIR, which no later call does.
   *
   * @throws {InvalidOptionError} and {InvalidKeyError}
   */
  constructor(options: ClientOptions);

  /**
   * A client option as given, resolved or by default; null where it is secret, unset or unknown.
   *
   * @throws {InvalidOptionError} for a name that no C string holds
   */
  get(name: string): string | null;

  /**
   * Signs a fresh assertion, for a program that sends the token request itself.
   *
   * @throws {InvalidOptionError}
   */
  assertion(options?: AssertionOptions): Assertion;

  /**
   * Exchanges a grant for a token, authenticated by a fresh assertion, on a thread of libuv's. It ends by its deadline (`timeout`).
   *
   * `signal` ends the wait and not the call: aborted before anything was sent, it rejects with the signal's reason; during the call
   * it rejects with {@link OutcomeUnknownError}, never `retryable`, for a code or a refresh token may be spent.
   *
   * Rejects with a {@link TalkdeskAuthError}, whose `retryable` tells whether to repeat it.
   */
  exchange(parameters: ExchangeParameters, options?: { signal?: AbortSignal | undefined }): Promise<Token>;

  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
}

/** A signed client assertion (RFC 7523 §2.2): good for one request, until it expires. */
export class Assertion implements Closable {
  private constructor();
  /** What is sent, in JWS compact serialisation (RFC 7515 §7.1). A secret. */
  readonly jwt: string;
  readonly jti: string;
  readonly aud: string;
  /** Unix seconds, 5 before it was signed, since clocks differ. */
  readonly iat: number;
  /** Unix seconds. */
  readonly exp: number;
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;

  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
}

/** What the token endpoint answered (RFC 6749 §5.1). Everything in it is secret. */
export class Token implements Closable {
  private constructor();
  /** Never empty. */
  readonly access_token: string;
  /** As the server wrote it; compare it without case. */
  readonly token_type: string;
  /** Unix seconds, by the wall clock of the exchange; null where the server did not say. */
  readonly expires_at: number | null;
  /**
   * Whole seconds, 0 once it has expired; null where the server did not say. Counts while the machine is suspended, and does not
   * care when somebody sets the clock.
   */
  readonly seconds_left: number | null;
  /** The scope granted; where the server left it out, the one asked for. */
  readonly scope: string | null;
  readonly refresh_token: string | null;
  readonly id_token: string | null;
  /** The whole response, JSON as the server wrote it. */
  readonly json: string;

  /**
   * Any member of the response: a string as it is, anything else as JSON; null where it is absent.
   *
   * @throws {InvalidOptionError} for a name that no C string holds
   */
  get(name: string): string | null;

  close(): void;
  readonly closed: boolean;
  [Symbol.dispose](): void;
}
