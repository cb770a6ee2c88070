# frozen_string_literal: true

module TalkdeskAuth
  # What a client, an assertion and a token have in common: each holds a secret, of which there can be no second copy.
  module Closable
    # Wipes and frees what it holds, at once or when the last call that uses it has ended; closing again does nothing. What is
    # not closed ends with its garbage collection. Later uses raise IOError.
    #
    # @return [nil]
    def close
      @handle.close
      nil
    end

    # @return [Boolean] whether {#close} was called
    def closed? = @handle.closed?

    # What YAML makes objects by; one that the library didn't make could do nothing.
    #
    # @private
    def self.included(kind)
      kind.singleton_class.undef_method(:allocate)
    end

    # @private
    def initialize_copy(_other) = refuse_copy

    # @private
    def marshal_dump = refuse_copy

    # @private
    def encode_with(_coder) = refuse_copy

    # Rails writes this into JSON, where it would else write what instance variables hold.
    #
    # @private
    def as_json(*) = inspect

    private

    def refuse_copy
      raise TypeError, "#{self.class} can't be copied: it holds a secret in memory of its own; share it, or make another"
    end

    # The text that a getter of the library answers for this object.
    def read(&getter)
      Library.text(@handle.hold(&getter))
    end

    # The class with what the block says of an object that is not closed.
    def summary
      "#<#{self.class}#{yield.map { |name, value| " #{name}=#{value.inspect}" }.join}>"
    rescue IOError
      "#<#{self.class} (closed)>"
    end
  end
end
