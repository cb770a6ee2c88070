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

    # Holds the JWT until the assertion is closed.
    #
    # @private
    class Held < Array
      include Closing

      def inspect
        "[hidden]"
      end
      alias to_s inspect

      def pretty_print(printer)
        printer.text(inspect)
      end
    end
    private_constant :Held

    # The parts of a JWT, before its signature.
    PARTS = %w[header claims].freeze
    private_constant :PARTS

    class << self
      # Signs with the client of this handle, copies the JWT and frees the library's object, even if an exception arrives
      # meanwhile: Ruby checks for one at each return. If one arrives while the library returns an error, that error is leaked,
      # unless the caller defers exceptions. Without options, the library returns an error only if the crypto library fails.
      #
      # @private
      def sign(handle, options)
        handle.hold do |client, out|
          # Removes the address of an earlier call, in case this call ends before it signs.
          out.put_uint64(0, 0)
          begin
            error = Library.td_assertion_new(client, options, out)
            raise Failure.take(error) unless error.zero?

            signed = out.get_uint64(0)
            new(Library.text(Library.td_assertion_jwt(signed)))
          ensure
            # Ruby also checks for exceptions at jumps, so the usual path to the free has no jump.
            if signed # rubocop:disable Style/RedundantCondition
              Library.td_free(signed)
            else
              Library.td_free(out.get_uint64(0))
            end
          end
        end
      end

      # Loads JSON on first use, because loading takes long and signing doesn't need it. If JSON is already loaded, this skips
      # `require`: an exception that arrives there can break RubyGems, and a signal handler can't call it.
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

    # Forgets the JWT. Closing again does nothing; later uses raise IOError.
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
    rescue ThreadError # a signal handler can't load a library
      "#<#{self.class}>"
    end

    private

    def held = @held.first || raise(IOError, "already closed")

    # A part of the JWT, which is JSON in base64url (RFC 7515 §3.1). It is parsed only on request. To read it from the library
    # at each signature would cost more than anything else here.
    def parsed(part)
      json = held.split(".")[PARTS.index(part)].tr("-_", "+/").unpack1("m")
      self.class.json.parse(Library.text(json), freeze: true)
    end
  end
end
