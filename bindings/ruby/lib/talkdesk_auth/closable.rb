# frozen_string_literal: true

module TalkdeskAuth
  # What a client, an assertion and a token have in common: each holds a secret, so it can be closed but not copied.
  module Closable
    # Wipes and frees the object. If calls still use it, they end first. Closing again does nothing; later uses raise IOError.
    # The garbage collector frees what you don't close.
    #
    # @return [nil]
    def close
      @handle.close
      nil
    end

    # @return [Boolean] whether {#close} was called
    def closed? = @handle.closed?

    # YAML makes objects with `allocate`. Such an object would hold nothing of the library.
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

    # Rails writes this into JSON; otherwise it would write the instance variables.
    #
    # @private
    def as_json(*) = inspect

    private

    def refuse_copy
      raise TypeError, "#{self.class} can't be copied, because it holds a secret; share it, or make another"
    end

    # Calls a getter of the library with this object; its text.
    def read(&getter)
      Library.text(@handle.hold(&getter))
    end

    # The class name, and the values from the block unless the object is closed.
    def summary
      "#<#{self.class}#{yield.map { |name, value| " #{name}=#{value.inspect}" }.join}>"
    rescue IOError
      "#<#{self.class} (closed)>"
    end
  end
end
