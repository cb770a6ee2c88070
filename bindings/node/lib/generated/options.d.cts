// Rendered from src/options/table.rs; `make generate` rewrites it.
import type { KeyObject } from 'node:crypto';

/** The value of a claim. A number, a boolean, a list or an object stays one. */
export type Claim = string | number | boolean | readonly unknown[] | { readonly [name: string]: unknown };

/** The options of a client. undefined and null mean not given. */
export interface ClientOptions {
  /** The account's name, as in `https://ACCOUNT.talkdeskid.com`; together with `region`, it determines the token endpoint. */
  account?: string | null | undefined;
  /** The account's region; required with `account`. */
  region?: 'us' | 'eu' | 'ca' | 'au' | null | undefined;
  /** The URL of the token endpoint, instead of `account` and `region`; by default, it is also the audience, exactly as given. */
  token_endpoint?: string | URL | null | undefined;
  /** The client id (RFC 6749 §2.2); required unless the credentials contain it. */
  client_id?: string | null | undefined;
  /** The key id, which is sent as `kid`; required unless the credentials or the JWK contain it. */
  key_id?: string | null | undefined;
  /** The signature algorithm (RFC 7518 §3.1); by default, the algorithm that fits the key (PS256 for RSA). */
  algorithm?: 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'RS256' | 'RS384' | 'RS512' | 'EdDSA' | 'Ed25519' | null | undefined;
  /** The private key in any common form: the vendor's bare base64, PEM or JWK. */
  private_key?: string | Uint8Array | KeyObject | object | null | undefined;
  /** The path of a file that contains the private key, in a form of `private_key` or as DER. */
  private_key_file?: string | URL | Uint8Array | null | undefined;
  /** The passphrase of an encrypted private key. */
  private_key_passphrase?: string | null | undefined;
  /** The JSON that the vendor provides: the OAuth client file or the app.installed event. */
  credentials?: string | Uint8Array | KeyObject | object | null | undefined;
  /** The path of a file that contains the JSON of `credentials`. */
  credentials_file?: string | URL | Uint8Array | null | undefined;
  /** The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given. */
  audience?: string | URL | null | undefined;
  /** The assertion's `typ` header; newer drafts require `client-authentication+jwt`. @default JWT */
  assertion_type_header?: string | null | undefined;
  /** Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`. @default 300 */
  assertion_lifetime?: number | null | undefined;
  /** How many seconds making a connection may take (name resolution, TCP and TLS), each time it is tried; the client's `timeout` limits them. All addresses of a name share this time; after 0.3 s, the library also tries the addresses of the other family (IPv4 or IPv6). @default 10 */
  connect_timeout?: number | null | undefined;
  /** How many seconds the whole exchange may take, including waiting. @default 30 */
  timeout?: number | null | undefined;
  /** The URL of an HTTP proxy, instead of HTTPS_PROXY and ALL_PROXY from the environment; it may contain a user and a password. The library never uses a proxy for loopback (localhost, 127.0.0.0/8, ::1). */
  proxy?: string | URL | null | undefined;
  /** The hosts to reach without a proxy, separated by commas, instead of NO_PROXY from the environment. Each is a name (which includes all names below it), an address, or a range like 10.0.0.0/8; a name or an address may have a port (HOST:PORT); `*` turns proxies off. */
  no_proxy?: string | null | undefined;
  /** The path of a PEM file with certificate authorities to trust in addition to the system's. */
  ca_file?: string | URL | Uint8Array | null | undefined;
  /** The request's User-Agent header. @default talkdesk_auth/VERSION */
  user_agent?: string | null | undefined;
  /** Whether an assertion that the server refused is signed and sent once more by the server's clock, if this machine's clock is wrong. @default true */
  clock_correction?: boolean | null | undefined;
  /** How often a call may send its request again after a failure that spends no grant, while its `timeout` lasts. Before each time, it waits: half a second at most at first, then longer, and at least as long as the server asks for (Retry-After). @default 2 */
  max_retries?: number | null | undefined;
  /** Whether a token endpoint outside loopback may use plain HTTP; tokens then cross the network unencrypted. @default false */
  allow_http?: boolean | null | undefined;
}

/** The options of an assertion. undefined and null mean not given. */
export interface AssertionOptions {
  /** The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given. */
  audience?: string | URL | null | undefined;
  /** Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`. The default is the client's value. */
  assertion_lifetime?: number | null | undefined;
  /** A further claim of the assertion; it can't replace a claim of RFC 7523 §3. */
  claims?: Record<string, Claim | bigint | null | undefined> | null | undefined;
}

/** The parameters of an exchange. undefined and null mean not given. */
export interface ExchangeParameters {
  /** The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given. */
  audience?: string | URL | null | undefined;
  /** Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`. The default is the client's value. */
  assertion_lifetime?: number | null | undefined;
  /** How many seconds the whole exchange may take, including waiting. The default is the client's value. */
  timeout?: number | null | undefined;
  /** A further claim of the assertion; it can't replace a claim of RFC 7523 §3. */
  claims?: Record<string, Claim | bigint | null | undefined> | null | undefined;
  /** The grant type: `authorization_code`, `refresh_token`, `client_credentials`, or another one that the server knows; required. */
  grant_type: string;
  /** The authorization code (RFC 6749 §4.1.3). */
  code?: string | null | undefined;
  /** The redirect URI; it must be identical to the one in the authorization request. */
  redirect_uri?: string | URL | null | undefined;
  /** The PKCE code verifier (RFC 7636 §4.1): 43 to 128 letters, digits or `-._~`. */
  code_verifier?: string | null | undefined;
  /** The refresh token (RFC 6749 §6). */
  refresh_token?: string | null | undefined;
  /** The requested scopes, separated by spaces. */
  scope?: string | readonly string[] | null | undefined;
  /** A further field of the token request; it can't replace a field that the library sets. */
  params?: Record<string, string | number | bigint | boolean | null | undefined> | null | undefined;
}
