# frozen_string_literal: true

# Rendered from the tables of the library; `make generate` rewrites it.

module TalkdeskAuth
  # A pointer that must not be NULL was NULL.
  #
  # When it is safe to repeat: never.
  class InvalidArgumentError < Error
    # The stable code.
    CODE = 1
    # The stable name.
    NAME = "invalid_argument"
  end

  # An option or parameter is unknown, missing, malformed, given twice, or contradicts another.
  #
  # When it is safe to repeat: never.
  class InvalidOptionError < Error
    # The stable code.
    CODE = 2
    # The stable name.
    NAME = "invalid_option"
    # The fields, and the methods that convert their text.
    FIELDS = {
      option: :to_s
    }.freeze

    # @return [String, nil] The name of the option or parameter that caused the error, if one did.
    def option
      fields[:option]
    end
  end

  # The private key can't be read, or can't be used with the given options.
  #
  # When it is safe to repeat: never.
  class InvalidKeyError < Error
    # The stable code.
    CODE = 3
    # The stable name.
    NAME = "invalid_key"
    # The fields, and the methods that convert their text.
    FIELDS = {
      option: :to_s
    }.freeze

    # @return [String, nil] The name of the option or parameter that caused the error, if one did.
    def option
      fields[:option]
    end
  end

  # The library could not connect to the token endpoint; nothing was sent.
  #
  # When it is safe to repeat: if no connection was made; not if the proxy refuses or localhost is another machine.
  class ConnectionFailedError < Error
    # The stable code.
    CODE = 4
    # The stable name.
    NAME = "connection_failed"
  end

  # The TLS handshake failed; the server processed no request.
  #
  # When it is safe to repeat: if the handshake broke off; not if one side refused the other.
  class TlsFailedError < Error
    # The stable code.
    CODE = 5
    # The stable name.
    NAME = "tls_failed"
  end

  # The deadline passed before anything was sent.
  #
  # When it is safe to repeat: always.
  class DeadlineExceededError < Error
    # The stable code.
    CODE = 6
    # The stable name.
    NAME = "deadline_exceeded"
  end

  # The request was sent, but no complete answer came; a code or a refresh token may be spent.
  #
  # When it is safe to repeat: with grant_type client_credentials.
  class OutcomeUnknownError < Error
    # The stable code.
    CODE = 7
    # The stable name.
    NAME = "outcome_unknown"
  end

  # The token endpoint refused the request with an OAuth error (RFC 6749 §5.2).
  #
  # When it is safe to repeat: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502, 503
  # and 504.
  class OauthError < Error
    # The stable code.
    CODE = 8
    # The stable name.
    NAME = "oauth_error"
    # The fields, and the methods that convert their text.
    FIELDS = {
      error: :to_s,
      error_description: :to_s,
      error_uri: :to_s,
      http_status: :to_i,
      retry_after: :to_i,
      clock_offset: :to_i
    }.freeze

    # @return [String, nil] The error code of RFC 6749 §5.2, for example `invalid_client`.
    def error
      fields[:error]
    end

    # @return [String, nil] The server's explanation; the library removes the secrets of the request from it.
    def error_description
      fields[:error_description]
    end

    # @return [String, nil] The URI of a page about the error; the library removes the secrets of the request from it.
    def error_uri
      fields[:error_uri]
    end

    # @return [Integer, nil] Seconds by which the server's clock is ahead of this machine's, negative if behind; only if they differ by more than 30.
    def clock_offset
      fields[:clock_offset]
    end
  end

  # The answer is neither a token nor an OAuth error.
  #
  # When it is safe to repeat: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502, 503
  # and 504.
  class InvalidResponseError < Error
    # The stable code.
    CODE = 9
    # The stable name.
    NAME = "invalid_response"
    # The fields, and the methods that convert their text.
    FIELDS = {
      http_status: :to_i,
      retry_after: :to_i
    }.freeze
  end

  # Something failed inside the library, or the operating system refused a resource.
  #
  # When it is safe to repeat: never.
  class InternalError < Error
    # The stable code.
    CODE = 10
    # The stable name.
    NAME = "internal"
  end

  # The call was cancelled before anything was sent.
  #
  # When it is safe to repeat: always.
  class CancelledError < Error
    # The stable code.
    CODE = 11
    # The stable name.
    NAME = "cancelled"
  end

  class Error
    # The class of each code.
    #
    # @private
    CLASSES = [
      InvalidArgumentError,
      InvalidOptionError,
      InvalidKeyError,
      ConnectionFailedError,
      TlsFailedError,
      DeadlineExceededError,
      OutcomeUnknownError,
      OauthError,
      InvalidResponseError,
      InternalError,
      CancelledError
    ].to_h { |kind| [kind::CODE, kind] }.freeze
  end
end
