# frozen_string_literal: true

module TalkdeskAuth
  # Turns an error of the library into an exception.
  #
  # @private
  module Failure
    class << self
      # The exception for the error at this address; frees the error.
      def take(address)
        code = Library.td_error_code(address)
        kind = Error::CLASSES.fetch(code, Error)
        kind.new(
          Library.text(Library.td_error_message(address)),
          code: code,
          name: Library.text(Library.td_error_name(address)),
          retryable: Library.td_error_is_retryable(address) == 1,
          **fields(kind, address)
        )
      ensure
        Library.td_free(address)
      end

      private

      def fields(kind, address)
        kind::FIELDS.filter_map do |name, conversion|
          text = Library.text(Library.td_error_get(address, name.name))
          [name, text.public_send(conversion)] if text
        end.to_h
      end
    end
  end
  private_constant :Failure
end
