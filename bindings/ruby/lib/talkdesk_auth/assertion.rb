# frozen_string_literal: true

module TalkdeskAuth
  # A signed JWT client assertion (RFC 7523 §2.2): good for one request, until it expires. {Client#assertion} makes it.
  class Assertion
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

    # The assertion as it is sent (RFC 7515 §7.1): the value of `client_assertion`. A secret.
    #
    # @return [String]
    def jwt
      Native.text(@handle.hold { |assertion| Native.td_assertion_jwt(assertion) })
    end

    # @return [String] its identifier, fresh and random
    def jti = get("jti")

    # @return [String] its audience
    def aud = get("aud")

    # @return [Integer] when it was issued, in Unix seconds
    def iat = Integer(get("iat"), 10)

    # @return [Integer] when it expires, in Unix seconds
    def exp = Integer(get("exp"), 10)

    # @return [Hash{String => Object}] its header (RFC 7515 §4)
    def header = parsed("header")

    # @return [Hash{String => Object}] its claims (RFC 7519 §4)
    def claims = parsed("claims")

    # @return [String]
    def inspect
      summary { { aud: aud, exp: exp } }
    end

    private

    # JSON is loaded here, since that takes long and a signature doesn't need it.
    def parsed(name)
      require "json"
      JSON.parse(get(name), freeze: true)
    end

    def get(name)
      read { |assertion| Native.td_assertion_get(assertion, name) }
    end
  end
end
