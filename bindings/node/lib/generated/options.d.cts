// Rendered from src/options.rs; `make generate` rewrites it.

/** The options of a client. What is undefined or null is not given. */
export interface ClientOptions {
  /** The account's name, as in `https://ACCOUNT.talkdeskid.com`; with `region` it gives the token endpoint. */
  account?: string | null | undefined;
  /** The account's region; needed with `account`. */
  region?: 'us' | 'eu' | 'ca' | 'au' | (string & {}) | null | undefined;
  /** The URL of the token endpoint, in place of `account` and `region`; used as the audience exactly as given. */
  token_endpoint?: string | null | undefined;
  /** The client identifier (RFC 6749 §2.2); required unless the credentials hold it. */
  client_id?: string | null | undefined;
  /** The key's identifier, sent as `kid`; required unless the credentials or the JWK hold it. */
  key_id?: string | null | undefined;
  /** The signature algorithm (RFC 7518 §3.1); by default the one that fits the key, PS256 for RSA. */
  algorithm?: 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'RS256' | 'RS384' | 'RS512' | 'EdDSA' | (string & {}) | null | undefined;
  /** The private key in any usual form: the vendor's bare base64, PEM, or JWK. */
  private_key?: string | null | undefined;
  /** The path of a file that holds the private key, as for `private_key` or as DER. */
  private_key_file?: string | null | undefined;
  /** The passphrase of an encrypted private key. */
  private_key_passphrase?: string | null | undefined;
  /** The JSON that the vendor hands out: the OAuth client file or the app.installed event. */
  credentials?: string | null | undefined;
  /** The path of a file that holds such JSON. */
  credentials_file?: string | null | undefined;
  /** The assertion's `aud`; where neither the call nor the client gives one, the token endpoint exactly as given. */
  audience?: string | null | undefined;
  /** The assertion's `typ` header; newer drafts want `client-authentication+jwt`. @default JWT */
  assertion_type_header?: string | null | undefined;
  /** Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`. @default 300 */
  assertion_lifetime?: number | null | undefined;
  /** Seconds within which a connection must stand: name, TCP and TLS; never more than the client's `timeout`. The addresses of a name share this time; those of its other family are tried after 0.3 s. @default 10 */
  connect_timeout?: number | null | undefined;
  /** Seconds for a whole exchange, all waiting included; the call ends by then. @default 30 */
  timeout?: number | null | undefined;
  /** The URL of an HTTP proxy, in place of HTTPS_PROXY and ALL_PROXY from the environment; may hold user and password. Loopback (localhost, 127.0.0.0/8, ::1) is never proxied. */
  proxy?: string | null | undefined;
  /** Hosts to reach without a proxy, separated by commas, in place of NO_PROXY from the environment: names, which also stand for all names below them, addresses, and ranges like 10.0.0.0/8; `*` turns proxies off. */
  no_proxy?: string | null | undefined;
  /** The path of a PEM file of certificate authorities to trust beside the system's. */
  ca_file?: string | null | undefined;
  /** The request's User-Agent header. @default talkdesk_auth/VERSION */
  user_agent?: string | null | undefined;
  /** Whether the token endpoint may be plain HTTP beyond loopback; tokens then cross the network unencrypted. @default false */
  allow_http?: boolean | null | undefined;
}

/** The options of an assertion. What is undefined or null is not given. */
export interface AssertionOptions {
  /** The assertion's `aud`; where neither the call nor the client gives one, the token endpoint exactly as given. */
  audience?: string | null | undefined;
  /** Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`. By default the client's. */
  assertion_lifetime?: number | null | undefined;
  /** A further claim of the assertion, a string; the claims of RFC 7523 §3 can't be replaced. */
  claims?: Record<string, string | number | bigint | boolean | null | undefined> | null | undefined;
}

/** The parameters of an exchange. What is undefined or null is not given. */
export interface ExchangeParameters {
  /** The assertion's `aud`; where neither the call nor the client gives one, the token endpoint exactly as given. */
  audience?: string | null | undefined;
  /** Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`. By default the client's. */
  assertion_lifetime?: number | null | undefined;
  /** Seconds for a whole exchange, all waiting included; the call ends by then. By default the client's. */
  timeout?: number | null | undefined;
  /** A further claim of the assertion, a string; the claims of RFC 7523 §3 can't be replaced. */
  claims?: Record<string, string | number | bigint | boolean | null | undefined> | null | undefined;
  /** `authorization_code`, `refresh_token`, `client_credentials`, or another that the server knows; required. */
  grant_type?: string | null | undefined;
  /** The authorization code (RFC 6749 §4.1.3). */
  code?: string | null | undefined;
  /** The redirect URI, identical to that of the authorization request. */
  redirect_uri?: string | null | undefined;
  /** The PKCE code verifier (RFC 7636 §4.1): 43 to 128 of its characters. */
  code_verifier?: string | null | undefined;
  /** The refresh token (RFC 6749 §6). */
  refresh_token?: string | null | undefined;
  /** Seconds that the call has already waited in a queue of the caller's; they count as part of `timeout`. */
  waited?: number | null | undefined;
  /** The requested scopes, separated by spaces. */
  scope?: string | null | undefined;
  /** A further field of the token request; the fields that the library sets can't be replaced. */
  params?: Record<string, string | number | bigint | boolean | null | undefined> | null | undefined;
}
