# frozen_string_literal: true

module TalkdeskAuth
  # generated: Assertion

  # A signed JWT client assertion (RFC 7523 §2.2), for one request before it expires.
  #
  # It is a secret. {Client#assertion} makes it.
  class Assertion
    include Closable

    # The JWT as it is sent, in JWS compact serialisation (RFC 7515 §7.1).
    #
    # It is the value of `client_assertion`. It is a secret.
    #
    # @return [String]
    def jwt = held

    # The assertion's identifier, fresh and random.
    #
    # @return [String]
    def jti = claims["jti"]

    # The audience.
    #
    # @return [String]
    def aud = claims["aud"]

    # The time at which the assertion was issued, in Unix seconds.
    #
    # It is 5 s in the past, because clocks differ.
    #
    # @return [Integer]
    def iat = claims["iat"]

    # The time at which the assertion expires, in Unix seconds.
    #
    # @return [Integer]
    def exp = claims["exp"]

    # The whole header (RFC 7515 §4).
    #
    # @return [Hash{String => Object}]
    def header = parsed("header")

    # All claims (RFC 7519 §4).
    #
    # @return [Hash{String => Object}]
    def claims = parsed("claims")

    # end of generated

    # What an assertion holds until it is closed.
    #
    # @private
    class Held < Array
      include Closing

      def inspect = "[hidden]"
      alias to_s inspect
      def pretty_print(printer) = printer.text(inspect)
    end
    private_constant :Held

    # The parts of a JWT, before its signature.
    PARTS = %w[header claims].freeze
    private_constant :PARTS

    class << self
      # Signs by the client of this handle, takes all of it over and leaves nothing with the library, whatever arrives meanwhile:
      # Ruby looks for it at each return. An error that the library answers at such a moment is lost unless the caller holds back
      # what arrives; without options there is none, except where the crypto library fails.
      #
      # @private
      def sign(handle, options)
        handle.hold do |client, out|
          # Nothing of an earlier call, should this one not come to sign.
          out.put_uint64(0, 0)
          begin
            error = Library.td_assertion_new(client, options, out)
            raise Failure.take(error) unless error.zero?

            signed = out.get_uint64(0)
            new(Library.text(Library.td_assertion_jwt(signed)))
          ensure
            # Ruby looks for what arrives where it jumps, too: the usual way to the freeing has no jump.
            if signed # rubocop:disable Style/RedundantCondition
              Library.td_free(signed)
            else
              Library.td_free(out.get_uint64(0))
            end
          end
        end
      end

      # Loaded here, since that takes long and a signature doesn't need it, and not where it is loaded: what arrives in `require`
      # can break RubyGems, and in a signal's handler there is none.
      #
      # @private
      def json
        @json ||= begin
          require "json" unless defined?(::JSON::Parser)
          ::JSON
        end
      end

      private :new
    end

    # @private
    def initialize(jwt)
      @held = Held[jwt, Handle::UNMOVABLE]
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

    # @return [String]
    def inspect
      summary { { aud: aud, exp: exp } }
    rescue ThreadError # in a signal's handler, which may not load a library
      "#<#{self.class}>"
    end

    private

    def held = @held.first || raise(IOError, "already closed")

    # This part of the JWT, which is base64url of JSON (RFC 7515 §3.1): it is taken apart for who asks alone, since a second text
    # from the library would cost each signature more than anything else here does.
    def parsed(part)
      json = held.split(".")[PARTS.index(part)].tr("-_", "+/").unpack1("m")
      self.class.json.parse(Library.text(json), freeze: true)
    end
  end
end
