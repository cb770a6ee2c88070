# frozen_string_literal: true

module TalkdeskAuth
  # Why a call failed. There is a subclass for each name; a name that this version doesn't know comes as this class.
  #
  # It holds no key, assertion, token, code or other secret: log it freely.
  class Error < StandardError
    # The code of a class; this one has none of its own.
    CODE = nil
    # The name of a class; this one has none of its own.
    NAME = nil
    # The fields of a class, and how their text is read.
    FIELDS = {}.freeze

    # @return [Integer] the stable code
    attr_reader :code
    # @return [String] the stable name, the same in every language
    attr_reader :name
    # @return [Hash{Symbol => String, Integer}] what else is known; the subclasses have a method for each
    attr_reader :fields

    # @private
    def initialize(message = nil, code: self.class::CODE, name: self.class::NAME, retryable: false, **fields)
      super(message)
      @code = code
      @name = name
      @retryable = retryable
      @fields = fields.freeze
    end

    # @return [Boolean] whether repeating the call is safe, because it can't spend a grant twice
    def retryable? = @retryable
  end
end
