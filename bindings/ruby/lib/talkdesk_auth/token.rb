# frozen_string_literal: true

module TalkdeskAuth
  # What the token endpoint answered: an access token and all that came with it. {Client#exchange} makes it.
  #
  # Everything in it is secret.
  class Token
    include Closable

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

    # @return [String] the access token (RFC 6749 §1.4)
    def access_token
      read { |token| Native.td_token_access_token(token) }
    end

    # @return [String] its type (RFC 6749 §7.1) as the server wrote it; compare it without case
    def token_type
      read { |token| Native.td_token_type(token) }
    end

    # @return [Time, nil] when the access token expires, by the wall clock of the exchange; nil where the server didn't say
    def expires_at
      seconds = known { |token| Native.td_token_expires_at(token) }
      seconds && Time.at(seconds)
    end

    # Counts while the machine is suspended, and doesn't care when somebody sets the clock.
    #
    # @return [Integer, nil] whole seconds until the access token expires, 0 once it has; nil where the server didn't say
    def seconds_left
      known { |token| Native.td_token_seconds_left(token) }
    end

    # @return [String, nil] the scopes granted, separated by spaces
    def scope = get("scope")

    # @return [String, nil] what the next exchange takes to renew the token
    def refresh_token = get("refresh_token")

    # @return [String, nil] the ID token (OpenID Connect Core §2), not checked
    def id_token = get("id_token")

    # Any member of the response: a string as it is, anything else as JSON.
    #
    # @param name [String, Symbol]
    # @return [String, nil] nil where it is absent or null, or holds a NUL
    def get(name)
      name = Options.name(name)
      read { |token| Native.td_token_get(token, name) }
    end

    # @return [String] the whole response, JSON as the server wrote it
    def json
      read { |token| Native.td_token_json(token) }
    end

    # @return [String]
    def inspect
      summary { { seconds_left: seconds_left } }
    end

    private

    # The library answers -1 for what the server didn't say.
    def known(&getter)
      seconds = @handle.hold(&getter)
      seconds unless seconds.negative?
    end
  end
end
