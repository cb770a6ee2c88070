# frozen_string_literal: true

module TalkdeskAuth
  # A signed JWT client assertion (RFC 7523 §2.2): good for one request, until it expires. {Client#assertion} makes it.
  class Assertion
    include Closable

    # Where the library writes what it signs, for who holds the client's handle.
    SIGNED = FFI::MemoryPointer.new(:pointer)
    private_constant :SIGNED

    # What an assertion holds until it is closed.
    #
    # @private
    class Held < Array
      include Closing
    end
    private_constant :Held

    class << self
      # Signs by the client at this address, takes all of it over and leaves nothing with the library.
      #
      # @private
      def sign(client, options)
        error = Native.td_assertion_new(client, options, SIGNED)
        raise Error.take(error) unless error.zero?

        signed = SIGNED.get_uint64(0)
        new(Native.text(Native.td_assertion_get(signed, "all")))
      ensure
        signed ||= SIGNED.get_uint64(0)
        SIGNED.put_uint64(0, 0)
        Native.td_free(signed)
      end

      private :new
    end

    # @private
    def initialize(all)
      @held = Held[all, Handle::UNMOVABLE]
      freeze
    end

    # Forgets what it holds. Closing again does nothing; later uses raise IOError.
    #
    # @return [nil]
    def close
      @held.clear
      nil
    end

    # @return [Boolean] whether {#close} was called
    def closed? = @held.empty?

    # The assertion as it is sent (RFC 7515 §7.1): the value of `client_assertion`. A secret.
    #
    # @return [String]
    def jwt
      lines = all
      lines[lines.rindex("\n") + 1, lines.length].freeze
    end

    # @return [String] its identifier, fresh and random
    def jti = claims["jti"]

    # @return [String] its audience
    def aud = claims["aud"]

    # @return [Integer] when it was issued, in Unix seconds
    def iat = claims["iat"]

    # @return [Integer] when it expires, in Unix seconds
    def exp = claims["exp"]

    # @return [Hash{String => Object}] its header (RFC 7515 §4)
    def header = parsed(0)

    # @return [Hash{String => Object}] its claims (RFC 7519 §4)
    def claims = parsed(1)

    # @return [String]
    def inspect
      summary { { aud: aud, exp: exp } }
    end

    private

    # Its header, its claims and its JWT, a line each.
    def all = @held.first || raise(IOError, "already closed")

    # JSON is loaded here, since that takes long and a signature doesn't need it.
    def parsed(line)
      require "json"
      JSON.parse(all.split("\n")[line], freeze: true)
    end
  end
end
