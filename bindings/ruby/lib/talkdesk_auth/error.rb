# frozen_string_literal: true

module TalkdeskAuth
  # generated: base

  # The reason why a call failed.
  #
  # It holds no key, assertion, token, code or other secret, so you may log it. Each code has a class of its own. If this version
  # does not know a code, its errors have this base class.
  class Error < StandardError
    # The fields, and the methods that convert their text.
    FIELDS = {
      http_status: :to_i,
      retry_after: :to_i
    }.freeze

    # @return [Integer, nil] The HTTP status code of the answer.
    def http_status
      fields[:http_status]
    end

    # @return [Integer, nil] Seconds to wait, from the answer's Retry-After header (RFC 9110 §10.2.3).
    def retry_after
      fields[:retry_after]
    end

    # end of generated

    # The code of each subclass; this base class has none.
    CODE = nil
    # The name of each subclass; this base class has none.
    NAME = nil

    # @return [Integer] the stable code
    attr_reader :code
    # @return [String] the stable name, the same in every language
    attr_reader :name
    # @return [Hash{Symbol => String, Integer}] further details; the subclasses have a method for each
    attr_reader :fields

    # @private
    def initialize(message = nil, code: self.class::CODE, name: self.class::NAME, retryable: false, **fields)
      super(message)
      @code = code
      @name = name
      @retryable = retryable
      @fields = fields.freeze
    end

    # @return [String] what happened and what to do, in English, on one line
    def message = super.to_s

    # @return [Boolean] whether you may repeat the call, because that can't spend a grant twice
    def retryable? = @retryable
  end
end
