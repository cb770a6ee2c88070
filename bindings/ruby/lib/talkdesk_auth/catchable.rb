# frozen_string_literal: true

module TalkdeskAuth
  # Runs a block so that `rescue` sees each exception that arrives in it.
  #
  # Up to Ruby 3.1, Timeout throws if it can. No `rescue` sees that, and what Timeout then raises outside can't be given a cause.
  # As nothing can be thrown out of a fiber, Timeout raises in a fiber of its own.
  #
  # @private
  module Catchable
    class << self
      def run(&block)
        # A fiber scheduler must see the caller's own fiber wait.
        return yield if !timeouts_throw? || scheduled?

        value, exception = outcome_of(&block)
        raise raisable(exception) if exception

        value
      end

      private

      def timeouts_throw? = defined?(::Timeout::Error) && ::Timeout::Error.method_defined?(:thread)

      def scheduled? = Fiber.scheduler && !Fiber.blocking?

      def outcome_of
        fiber = Fiber.new(blocking: true) do
          [yield, nil]
        rescue Exception => e # rubocop:disable Lint/RescueException -- `run` raises it
          [nil, e]
        end
        fiber.resume
      end

      # The exception to raise outside of that fiber. What the handler of a signal threw is thrown.
      def raisable(exception)
        throw(exception.tag, exception.value) if exception.is_a?(UncaughtThrowError)
        # Another one, because Timeout's own would throw again.
        return exception.class.new(exception.message) if exception.is_a?(::Timeout::Error) && exception.thread

        exception.tap { exception.set_backtrace([*exception.backtrace, *caller(2)]) }
      end
    end
  end
  private_constant :Catchable
end
