# frozen_string_literal: true

module TalkdeskAuth
  # generated: Token

  # What the token endpoint answered: an access token and all that came with it.
  #
  # Everything in it is secret. {Client#exchange} makes it.
  class Token
    include Closable

    # The access token (RFC 6749 §1.4); never empty.
    #
    # @return [String]
    def access_token
      read { |token| Library.td_token_access_token(token) }
    end

    # The token's type (RFC 6749 §7.1) as the server wrote it, `Bearer` where it said nothing.
    #
    # Compare it without case.
    #
    # @return [String]
    def token_type
      read { |token| Library.td_token_type(token) }
    end

    # When the access token expires; nil where the server did not say.
    #
    # It is a time by the wall clock of the exchange.
    #
    # @return [Time, nil]
    def expires_at
      seconds = @handle.hold { |token| Library.td_token_expires_at(token) }
      Time.at(seconds) unless seconds.negative?
    end

    # Whole seconds until the access token expires, 0 once it has; nil where the server did not say.
    #
    # It counts while the machine is suspended, and does not change when somebody sets the clock.
    #
    # @return [Integer, nil]
    def seconds_left
      seconds = @handle.hold { |token| Library.td_token_seconds_left(token) }
      seconds unless seconds.negative?
    end

    # The granted scopes, separated by spaces; nil where nobody named any.
    #
    # Where the server left the scope out, they are the requested ones (RFC 6749 §5.1).
    #
    # @return [String, nil]
    def scope = get("scope")

    # The refresh token (RFC 6749 §6); nil where none came.
    #
    # @return [String, nil]
    def refresh_token = get("refresh_token")

    # The ID token (OpenID Connect Core §2), unchecked; nil where none came.
    #
    # @return [String, nil]
    def id_token = get("id_token")

    # Any member of the response: a string as it is, anything else as JSON; nil where it is absent, null or holds a NUL.
    #
    # An omitted `scope` reads as the requested one (RFC 6749 §5.1).
    #
    # @param name [String, Symbol]
    # @return [String, nil]
    def get(name)
      name = Options.name(name)
      read { |token| Library.td_token_get(token, name) }
    end

    # The whole response, JSON as the server wrote it.
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
