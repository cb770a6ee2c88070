(ns talkdesk-auth.options
  "The keywords that the functions of `talkdesk-auth.core` take and return, with their documentation.

  Rendered from the tables of the library; `make generate` rewrites it.")

(def client
  "The options of `talkdesk-auth.core/client`."
  {:account "The account's name, as in `https://ACCOUNT.talkdeskid.com`; together with `region`, it determines the token endpoint. (one label of a domain name)"
   :region "The account's region; required with `account`. (`us`, `eu`, `ca`, `au`)"
   :token-endpoint "The URL of the token endpoint, instead of `account` and `region`; by default, it is also the audience, exactly as given. (text on one line)"
   :client-id "The client id (RFC 6749 §2.2); required unless the credentials contain it. (text on one line)"
   :key-id "The key id, which is sent as `kid`; required unless the credentials or the JWK contain it. (text on one line)"
   :algorithm "The signature algorithm (RFC 7518 §3.1); by default, the algorithm that fits the key (PS256 for RSA). (`ES256`, `ES384`, `ES512`, `PS256`, `PS384`, `PS512`, `RS256`, `RS384`, `RS512`, `EdDSA`, `Ed25519`)"
   :private-key "The private key in any common form: the vendor's bare base64, PEM or JWK. (text; secret)"
   :private-key-file "The path of a file that contains the private key, in a form of `private_key` or as DER. (path of a file)"
   :private-key-passphrase "The passphrase of an encrypted private key. (any text, which may be empty; secret)"
   :credentials "The JSON that the vendor provides: the OAuth client file or the app.installed event. (text; secret)"
   :credentials-file "The path of a file that contains the JSON of `credentials`. (path of a file)"
   :audience "The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given. (text on one line)"
   :assertion-type-header "The assertion's `typ` header; newer drafts require `client-authentication+jwt`. (text on one line; by default `JWT`)"
   :assertion-lifetime "Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`. (whole seconds, 1 to 3600; by default `300`)"
   :connect-timeout "How many seconds making a connection may take (name resolution, TCP and TLS), each time it is tried; the client's `timeout` limits them. All addresses of a name share this time; after 0.3 s, the library also tries the addresses of the other family (IPv4 or IPv6). (seconds, 0.001 to 3600; by default `10`)"
   :timeout "How many seconds the whole exchange may take, including waiting. (seconds, 0.001 to 3600; by default `30`)"
   :proxy "The URL of an HTTP proxy, instead of HTTPS_PROXY and ALL_PROXY from the environment; it may contain a user and a password. The library never uses a proxy for loopback (localhost, 127.0.0.0/8, ::1). (text on one line; secret)"
   :no-proxy "The hosts to reach without a proxy, separated by commas, instead of NO_PROXY from the environment. Each is a name (which includes all names below it), an address, or a range like 10.0.0.0/8; a name or an address may have a port (HOST:PORT); `*` turns proxies off. (any text, which may be empty)"
   :ca-file "The path of a PEM file with certificate authorities to trust in addition to the system's. (path of a file)"
   :user-agent "The request's User-Agent header. (text on one line; by default `talkdesk_auth/VERSION`)"
   :clock-correction "Whether an assertion that the server refused is signed and sent once more by the server's clock, if this machine's clock is wrong. (`true` or `false`; by default `true`)"
   :max-retries "How often a call may send its request again after a failure that spends no grant, while its `timeout` lasts. Before each time, it waits: half a second at most at first, then longer, and at least as long as the server asks for (Retry-After). (whole number, 0 to 10; by default `2`)"
   :allow-http "Whether a token endpoint outside loopback may use plain HTTP; tokens then cross the network unencrypted. (`true` or `false`; by default `false`)"})

(def assertion
  "The options of `talkdesk-auth.core/assertion`."
  {:audience "The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given. (text on one line)"
   :assertion-lifetime "Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`. (whole seconds, 1 to 3600; by default the client's value)"
   :claims "A further claim of the assertion; it can't replace a claim of RFC 7523 §3. (a map of names to text, a number, true or false, a list or a map)"})

(def exchange
  "The parameters of `talkdesk-auth.core/exchange` and `exchange-async`."
  {:audience "The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given. (text on one line)"
   :assertion-lifetime "Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`. (whole seconds, 1 to 3600; by default the client's value)"
   :timeout "How many seconds the whole exchange may take, including waiting. (seconds, 0.001 to 3600; by default the client's value)"
   :claims "A further claim of the assertion; it can't replace a claim of RFC 7523 §3. (a map of names to text, a number, true or false, a list or a map)"
   :grant-type "The grant type: `authorization_code`, `refresh_token`, `client_credentials`, or another one that the server knows; required. (text on one line)"
   :code "The authorization code (RFC 6749 §4.1.3). (text on one line; secret)"
   :redirect-uri "The redirect URI; it must be identical to the one in the authorization request. (text on one line)"
   :code-verifier "The PKCE code verifier (RFC 7636 §4.1): 43 to 128 letters, digits or `-._~`. (text on one line; secret)"
   :refresh-token "The refresh token (RFC 6749 §6). (text on one line; secret)"
   :scope "The requested scopes, separated by spaces. (words on one line, separated by spaces, or a list of them)"
   :params "A further field of the token request; it can't replace a field that the library sets. (a map of names to any text, which may be empty; secret)"})

(def families
  "Each keyword that takes a map, and the prefix of the names in it."
  {:claims "claim."
   :params "param."})

(def assertion-keys
  "The keys of the map that stands for an assertion."
  {:jwt "The JWT as it is sent, in JWS compact serialisation (RFC 7515 §7.1). It is the value of `client_assertion`. It is a secret. (text)"
   :jti "The assertion's identifier, fresh and random. (text)"
   :aud "The audience. (text)"
   :iat "The time at which the assertion was issued. It is 5 s in the past, because clocks differ. (instant)"
   :exp "The time at which the assertion expires. (instant)"
   :header "The whole header (RFC 7515 §4). (JSON text)"
   :claims "All claims (RFC 7519 §4). (JSON text)"})

(def token-keys
  "The keys of the map that stands for a token."
  {:access-token "The access token (RFC 6749 §1.4); it is never empty. (text)"
   :token-type "The token's type (RFC 6749 §7.1) as the server wrote it, or `Bearer` if the answer has none. Ignore case when you compare it. (text)"
   :expires-at "The time at which the access token expires; nil if the server did not say. It is computed from the wall clock at the exchange. (instant)"
   :scope "The granted scopes, separated by spaces; nil if neither the answer nor the request has any. If the server left the scope out, they are the requested ones (RFC 6749 §5.1). (text)"
   :refresh-token "The refresh token (RFC 6749 §6); nil if the answer has none. (text)"
   :id-token "The ID token (OpenID Connect Core §2), which the library does not check; nil if the answer has none. (text)"
   :json "The whole response, as the JSON text that the server wrote. (JSON text)"})

(def error-fields
  "Each field that an error may have, and the function that reads its text."
  {"option" identity
   "error" identity
   "error_description" identity
   "error_uri" identity
   "http_status" parse-long
   "retry_after" parse-long
   "clock_offset" parse-long})
