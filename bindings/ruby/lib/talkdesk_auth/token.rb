# frozen_string_literal: true

module TalkdeskAuth
  # generated: Token

  # The answer of the token endpoint: an access token and everything that came with it.
  #
  # Everything in it is secret. {Client#exchange} makes it.
  class Token
    include Closable

    # The access token (RFC 6749 §1.4); it is never empty.
    #
    # @return [String]
    def access_token
      read { |token| Library.td_token_access_token(token) }
    end

    # The token's type (RFC 6749 §7.1) as the server wrote it, or `Bearer` if the answer has none.
    #
    # Ignore case when you compare it.
    #
    # @return [String]
    def token_type
      read { |token| Library.td_token_type(token) }
    end

    # The time at which the access token expires; nil if the server did not say.
    #
    # It is computed from the wall clock at the exchange.
    #
    # @return [Time, nil]
    def expires_at
      seconds = @handle.hold { |token| Library.td_token_expires_at(token) }
      Time.at(seconds) unless seconds.negative?
    end

    # The whole seconds until the access token expires, or 0 if it has expired; nil if the server did not say.
    #
    # The countdown continues while the machine is suspended. It does not change when somebody sets the clock.
    #
    # @return [Integer, nil]
    def seconds_left
      seconds = @handle.hold { |token| Library.td_token_seconds_left(token) }
      seconds unless seconds.negative?
    end

    # The granted scopes, separated by spaces; nil if neither the answer nor the request has any.
    #
    # If the server left the scope out, they are the requested ones (RFC 6749 §5.1).
    #
    # @return [String, nil]
    def scope = get("scope")

    # The refresh token (RFC 6749 §6); nil if the answer has none.
    #
    # @return [String, nil]
    def refresh_token = get("refresh_token")

    # The ID token (OpenID Connect Core §2), which the library does not check; nil if the answer has none.
    #
    # @return [String, nil]
    def id_token = get("id_token")

    # A member of the response: a string as it is, anything else as JSON; nil if it is absent or null, or has a NUL.
    #
    # @param name [String, Symbol]
    # @return [String, nil]
    def get(name)
      name = Options.name(name)
      read { |token| Library.td_token_get(token, name) }
    end

    # The whole response, as the JSON text that the server wrote.
    #
    # @return [String]
    def json
      read { |token| Library.td_token_json(token) }
    end

    # end of generated

    class << self
      # @private
      alias own new
      private :new
    end

    # @private
    def initialize(handle)
      @handle = handle
      freeze
    end

    # @return [String]
    def inspect
      summary { { seconds_left: seconds_left } }
    end
  end
end
