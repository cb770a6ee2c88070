# frozen_string_literal: true

module TalkdeskAuth
  # A registered client: its private key, parsed once, and its token endpoint.
  #
  # Make one and keep it: it holds connections. Any number of threads may use it at once, and so may both sides of a fork.
  class Client
    include Closable

    # Makes a client as {#initialize} does. With a block, yields it, closes it afterwards and answers what the block does.
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

    # Makes a client. It checks everything, above all the key. It sends nothing and makes no connection. A value that is nil is
    # not given.
    #
    # @option options [String] :account The account's name, as in `https://ACCOUNT.talkdeskid.com`; with `region` it gives the token endpoint.
    # @option options [String, Symbol] :region The account's region; needed with `account`.
    # @option options [String] :token_endpoint The URL of the token endpoint, in place of `account` and `region`; used as the audience exactly as given.
    # @option options [String] :client_id The client identifier (RFC 6749 §2.2); required unless the credentials hold it.
    # @option options [String] :key_id The key's identifier, sent as `kid`; required unless the credentials or the JWK hold it.
    # @option options [String, Symbol] :algorithm The signature algorithm (RFC 7518 §3.1); by default the one that fits the key, PS256 for RSA.
    # @option options [String] :private_key The private key in any usual form: the vendor's bare base64, PEM, or JWK.
    # @option options [String, Pathname] :private_key_file The path of a file that holds the private key, as for `private_key` or as DER.
    # @option options [String] :private_key_passphrase The passphrase of an encrypted private key.
    # @option options [String] :credentials The JSON that the vendor hands out: the OAuth client file or the app.installed event.
    # @option options [String, Pathname] :credentials_file The path of a file that holds such JSON.
    # @option options [String] :audience The assertion's `aud`; unless it is given here or to the client, the token endpoint exactly as given.
    # @option options [String] :assertion_type_header (JWT) The assertion's `typ` header; newer drafts want `client-authentication+jwt`.
    # @option options [Numeric] :assertion_lifetime (300) Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`.
    # @option options [Numeric] :connect_timeout (10) Seconds within which a connection must stand: name, TCP and TLS. A name's other family of addresses is tried after 0.3 s; several of one family share the client's time.
    # @option options [Numeric] :timeout (30) Seconds for a whole exchange with all its waits; the call ends by then.
    # @option options [String] :proxy The URL of an HTTP proxy, in place of HTTPS_PROXY and ALL_PROXY from the environment; may hold user and password. Loopback (localhost, 127.0.0.0/8, ::1) is never proxied.
    # @option options [String] :no_proxy Hosts to reach without a proxy, separated by commas, in place of NO_PROXY from the environment: names, which stand for those below them too, addresses, and ranges like 10.0.0.0/8; `*` turns proxies off.
    # @option options [String, Pathname] :ca_file The path of a PEM file of certificate authorities to trust beside the system's.
    # @option options [String] :user_agent (talkdesk_auth/VERSION) The request's User-Agent header.
    # @option options [Boolean] :allow_http (false) Whether the token endpoint may be plain HTTP beyond loopback; tokens then cross the network in the clear.
    # @raise [InvalidOptionError, InvalidKeyError, InternalError]
    def initialize(**options)
      # end of generated
      @handle = Options.lend(options) { |array| Handle.create_waiting { |client| Library.td_client_new(array, client) } }
    end

    # generated: getters

    # The value of a client option: given, resolved or by default; nil where the option is secret, unset or unknown.
    #
    # `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. It never changes.
    #
    # @param name [String, Symbol]
    # @return [String, nil]
    def get(name)
      name = Options.name(name)
      read { |client| Library.td_client_get(client, name) }
    end

    # end of generated

    # generated: assertion

    # Signs a fresh assertion, for a program that sends the token request itself. {Client#exchange} needs none. A value that is
    # nil is not given.
    #
    # @option options [String] :audience The assertion's `aud`; unless it is given here or to the client, the token endpoint exactly as given.
    # @option options [Numeric] :assertion_lifetime (the client's) Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`.
    # @option options [Hash{String, Symbol => String, nil}] :claims A further claim of the assertion, a string; the claims of RFC 7523 §3 can't be replaced.
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

    # Exchanges a grant for a token, authenticated by a fresh assertion (RFC 7523 §2.2). After {OutcomeUnknownError} a code or
    # refresh token may be spent. Other Ruby threads run meanwhile. The call ends by its deadline and nothing ends it sooner: a
    # timeout, Thread#kill or Ctrl-C takes effect when it has ended. A value that is nil is not given.
    #
    # @option parameters [String] :audience The assertion's `aud`; unless it is given here or to the client, the token endpoint exactly as given.
    # @option parameters [Numeric] :assertion_lifetime (the client's) Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`.
    # @option parameters [Numeric] :connect_timeout (the client's) Seconds within which a connection must stand: name, TCP and TLS. A name's other family of addresses is tried after 0.3 s; several of one family share the client's time.
    # @option parameters [Numeric] :timeout (the client's) Seconds for a whole exchange with all its waits; the call ends by then.
    # @option parameters [Hash{String, Symbol => String, nil}] :claims A further claim of the assertion, a string; the claims of RFC 7523 §3 can't be replaced.
    # @option parameters [String] :grant_type `authorization_code`, `refresh_token`, `client_credentials`, or another that the server knows; required.
    # @option parameters [String] :code The authorization code (RFC 6749 §4.1.3).
    # @option parameters [String] :redirect_uri The redirect URI, identical to that of the authorization request.
    # @option parameters [String] :code_verifier The PKCE code verifier (RFC 7636 §4.1): 43 to 128 of its characters.
    # @option parameters [String] :refresh_token The refresh token (RFC 6749 §6).
    # @option parameters [Numeric] :waited Seconds that the call waited for its turn, in a queue of the caller's; they count as part of `timeout`.
    # @option parameters [String] :scope The scopes asked for, separated by spaces.
    # @option parameters [Hash{String, Symbol => String, nil}] :params A further field of the token request; the fields that the library sets can't be replaced.
    # @return [Token]
    # @raise [InvalidOptionError, ConnectionFailedError, TlsFailedError, DeadlineExceededError, OutcomeUnknownError, OauthError, InvalidResponseError, InternalError]
    def exchange(**parameters)
      # end of generated
      Options.lend(parameters) do |array|
        @handle.hold do |client|
          Token.own(Handle.create_waiting { |token| Library.td_token_exchange(client, array, token) })
        end
      end
    end

    # @return [String]
    def inspect
      summary { %w[client_id key_id token_endpoint].to_h { |name| [name, get(name)] } }
    end
  end
end
