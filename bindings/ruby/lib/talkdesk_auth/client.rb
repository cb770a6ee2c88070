# frozen_string_literal: true

module TalkdeskAuth
  # generated: Client

  # A registered client, with its parsed private key and its token endpoint.
  #
  # Make one client and keep it, because it holds connections and the trust store. Any number of threads may use it at once. It
  # works on both sides of a fork.
  class Client
    include Closable

    # end of generated

    # Makes a client, as {#initialize} does. With a block, yields it, closes it afterwards and returns the block's value.
    #
    # @return [Client, Object]
    def self.open(**options)
      client = new(**options)
      return client unless block_given?

      begin
        yield client
      ensure
        client.close
      end
    end

    # generated: initialize

    # Makes a client. It checks all options, above all the key. It sends nothing and makes no connection. It reads HTTPS_PROXY,
    # ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR from the environment; later calls do not read them. In a set-user-ID
    # program, or in one with file capabilities, it ignores them. nil means not given.
    #
    # @option options [String] :account The account's name, as in `https://ACCOUNT.talkdeskid.com`; together with `region`, it determines the token endpoint.
    # @option options [String, Symbol] :region The account's region; required with `account`.
    # @option options [String] :token_endpoint The URL of the token endpoint, instead of `account` and `region`; by default, it is also the audience, exactly as given.
    # @option options [String] :client_id The client id (RFC 6749 §2.2); required unless the credentials contain it.
    # @option options [String] :key_id The key id, which is sent as `kid`; required unless the credentials or the JWK contain it.
    # @option options [String, Symbol] :algorithm The signature algorithm (RFC 7518 §3.1); by default, the algorithm that fits the key (PS256 for RSA).
    # @option options [String] :private_key The private key in any common form: the vendor's bare base64, PEM or JWK.
    # @option options [String, Pathname] :private_key_file The path of a file that contains the private key, in a form of `private_key` or as DER.
    # @option options [String] :private_key_passphrase The passphrase of an encrypted private key.
    # @option options [String] :credentials The JSON that the vendor provides: the OAuth client file or the app.installed event.
    # @option options [String, Pathname] :credentials_file The path of a file that contains the JSON of `credentials`.
    # @option options [String] :audience The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given.
    # @option options [String] :assertion_type_header (JWT) The assertion's `typ` header; newer drafts require `client-authentication+jwt`.
    # @option options [Numeric] :assertion_lifetime (300) Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`.
    # @option options [Numeric] :connect_timeout (10) How many seconds making a connection may take (name resolution, TCP and TLS), each time it is tried; the client's `timeout` limits them. All addresses of a name share this time; after 0.3 s, the library also tries the addresses of the other family (IPv4 or IPv6).
    # @option options [Numeric] :timeout (30) How many seconds the whole exchange may take, including waiting.
    # @option options [String] :proxy The URL of an HTTP proxy, instead of HTTPS_PROXY and ALL_PROXY from the environment; it may contain a user and a password. The library never uses a proxy for loopback (localhost, 127.0.0.0/8, ::1).
    # @option options [String] :no_proxy The hosts to reach without a proxy, separated by commas, instead of NO_PROXY from the environment. Each is a name (which includes all names below it), an address, or a range like 10.0.0.0/8; a name or an address may have a port (HOST:PORT); `*` turns proxies off.
    # @option options [String, Pathname] :ca_file The path of a PEM file with certificate authorities to trust in addition to the system's.
    # @option options [String] :user_agent (talkdesk_auth/VERSION) The request's User-Agent header.
    # @option options [Boolean] :clock_correction (true) Whether an assertion that the server refused is signed and sent once more by the server's clock, if this machine's clock is wrong.
    # @option options [Integer] :max_retries (2) How often a call may send its request again after a failure that spends no grant, while its `timeout` lasts. Before each time, it waits: half a second at most at first, then longer, and at least as long as the server asks for (Retry-After).
    # @option options [Boolean] :allow_http (false) Whether a token endpoint outside loopback may use plain HTTP; tokens then cross the network unencrypted.
    # @raise [InvalidOptionError, InvalidKeyError, InternalError]
    def initialize(**options)
      # end of generated
      @handle = Options.lend(options) { |array| Handle.create_waiting { |client| Library.td_client_new(array, client) } }
    end

    # generated: getters

    # The given, resolved or default value of a client option; nil if the option is secret, unset or unknown.
    #
    # `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A value may change if a later
    # version of the library reloads a changed key.
    #
    # @param name [String, Symbol]
    # @return [String, nil]
    def get(name)
      name = Options.name(name)
      read { |client| Library.td_client_get(client, name) }
    end

    # The seconds by which the token endpoint's clock is ahead of this machine's, negative if behind, or 0.
    #
    # The library learns them if the server refuses an assertion because of the clock, and accepts one that was signed by its own
    # clock (see `clock_correction`). It then signs by that clock. All clients of the endpoint in this process share the value.
    #
    # @return [Integer]
    def clock_offset
      @handle.hold { |client| Library.td_client_clock_offset(client) }
    end

    # end of generated

    # generated: assertion

    # Signs a fresh assertion, for a program that sends the token request itself. The program puts two fields into its form (RFC
    # 7523 §2.2): `client_assertion_type`, which is `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, and
    # `client_assertion`, which is the JWT. {Client#exchange} makes its own assertion. nil means not given.
    #
    # @option options [String] :audience The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given.
    # @option options [Numeric] :assertion_lifetime (the client's value) Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`.
    # @option options [Hash{String, Symbol => String, Numeric, Boolean, Array, Hash, nil}] :claims A further claim of the assertion; it can't replace a claim of RFC 7523 §3.
    # @return [Assertion]
    # @raise [InvalidOptionError, InternalError]
    def assertion(**options)
      # end of generated
      return Assertion.sign(@handle, nil) if options.empty?

      Options.lend(options) do |array|
        Handle.undisturbed { Assertion.sign(@handle, array) }
      end
    end

    # generated: exchange

    # Exchanges a grant for a token, and authenticates the client with a fresh assertion (RFC 7523 §2.2). After
    # {OutcomeUnknownError}, a code or a refresh token may be spent. Other threads run meanwhile, and so do the other fibers of a
    # fiber scheduler. A timeout, Thread#kill or Ctrl-C ends the call at once. If the request was out, the cause of the exception
    # is an {OutcomeUnknownError}. nil means not given.
    #
    # @option parameters [String] :audience The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given.
    # @option parameters [Numeric] :assertion_lifetime (the client's value) Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`.
    # @option parameters [Numeric] :timeout (the client's value) How many seconds the whole exchange may take, including waiting.
    # @option parameters [Hash{String, Symbol => String, Numeric, Boolean, Array, Hash, nil}] :claims A further claim of the assertion; it can't replace a claim of RFC 7523 §3.
    # @option parameters [String] :grant_type The grant type: `authorization_code`, `refresh_token`, `client_credentials`, or another one that the server knows; required.
    # @option parameters [String] :code The authorization code (RFC 6749 §4.1.3).
    # @option parameters [String] :redirect_uri The redirect URI; it must be identical to the one in the authorization request.
    # @option parameters [String] :code_verifier The PKCE code verifier (RFC 7636 §4.1): 43 to 128 letters, digits or `-._~`.
    # @option parameters [String] :refresh_token The refresh token (RFC 6749 §6).
    # @option parameters [String, Array<String, Symbol>] :scope The requested scopes, separated by spaces.
    # @option parameters [Hash{String, Symbol => String, nil}] :params A further field of the token request; it can't replace a field that the library sets.
    # @return [Token]
    # @raise [InvalidOptionError, ConnectionFailedError, TlsFailedError, DeadlineExceededError, OutcomeUnknownError, OauthError, InvalidResponseError, InternalError]
    def exchange(**parameters)
      # end of generated
      Options.lend(parameters) do |array|
        @handle.hold { |client| Call.exchange(client, array) }
      end
    end

    # @return [String]
    def inspect
      summary { %w[client_id key_id token_endpoint].to_h { |name| [name, get(name)] } }
    end
  end
end
