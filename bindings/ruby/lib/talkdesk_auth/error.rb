# frozen_string_literal: true

module TalkdeskAuth
  # Why a call failed. Each name has a subclass. If this version doesn't know the code, the error has this base class.
  #
  # It holds no key, assertion, token, code or other secret: log it freely.
  class Error < StandardError
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
