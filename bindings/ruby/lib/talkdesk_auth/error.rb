# frozen_string_literal: true

module TalkdeskAuth
  # generated: base

  # The reason why a call failed.
  #
  # It holds no key, assertion, token, code or other secret, so you may log it. Each code has a class of its own. If this version
  # does not know a code, its errors have this base class.
  class Error < StandardError
    # end of generated

    # The code of each subclass; this base class has none.
    CODE = nil
    # The name of each subclass; this base class has none.
    NAME = nil
    # The fields of each subclass, and the method that converts each field's text.
    FIELDS = {}.freeze

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

    # @return [Boolean] whether you may repeat the call, because that can't spend a grant twice
    def retryable? = @retryable
  end
end
